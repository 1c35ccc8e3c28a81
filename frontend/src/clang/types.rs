//! Types spelled without file positions, and the layouts of tagged types.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use clang_sys::{
    CXCursor_EnumConstantDecl, CXCursor_EnumDecl, CXCursor_UnionDecl, CXType_Bool, CXType_Char_U,
    CXType_ConstantArray, CXType_Enum, CXType_FunctionNoProto, CXType_FunctionProto,
    CXType_IncompleteArray, CXType_Int128, CXType_Pointer, CXType_Record, CXType_UChar,
    CXType_UInt, CXType_UInt128, CXType_ULong, CXType_ULongLong, CXType_UShort, CXType_Unexposed,
    CXType_VariableArray, CXType_Void,
};

use super::raw::{Cursor, Type as Raw};
use super::{Shape, Signature, Type, TypeId};
use crate::facts::{Field, Span, TypeDef, TypeKind};
use crate::place::Places;

/// What a declaration stands in.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    /// File scope, of the program or of a system header.
    File { program: bool },
    /// A function, by name.
    Function(String),
    /// A tagged type, by offset.
    Tag(u32),
}

/// Every type met so far.
pub(super) struct Table<'t, 'j> {
    text: &'j str,
    shift: u32,
    ids: HashMap<usize, TypeId>,
    raws: Vec<Raw<'t>>,
    /// Complete tagged types by the offset of their tag, or of the keyword.
    tags: BTreeMap<u32, Tag<'t>>,
}

/// What a finished table holds.
pub(super) struct Types {
    pub(super) all: Vec<Type>,
    /// The tagged types in order of text, each with the types of its fields.
    pub(super) tagged: Vec<(TypeDef, Vec<TypeId>)>,
}

struct Tag<'t> {
    cursor: Cursor<'t>,
    scope: Scope,
    /// The first typedef name given to the untagged type.
    name: Option<String>,
}

impl<'t, 'j> Table<'t, 'j> {
    pub(super) fn new(text: &'j str, shift: u32) -> Self {
        Self {
            text,
            shift,
            ids: HashMap::new(),
            raws: Vec::new(),
            tags: BTreeMap::new(),
        }
    }

    /// Gives a type its number, and those that its shape speaks of.
    pub(super) fn intern(&mut self, ty: Raw<'t>) -> TypeId {
        if let Some(&known) = self.ids.get(&ty.identity()) {
            return known;
        }
        let id = self.raws.len() as TypeId;
        self.ids.insert(ty.identity(), id);
        self.raws.push(ty);
        let function = ty.pointee().filter(|&ty| is_function(ty)).unwrap_or(ty);
        let parts = match is_function(function) {
            true => function
                .arguments()
                .into_iter()
                .chain(function.result())
                .collect(),
            false => ty
                .element()
                .or(ty.pointee())
                .into_iter()
                .collect::<Vec<_>>(),
        };
        for part in parts {
            self.intern(part);
        }
        id
    }

    fn offset(&self, cursor: Cursor) -> Option<u32> {
        cursor.location()?.checked_sub(self.shift)
    }

    /// Notes a tagged type and returns its offset, unless it is not complete here or known.
    pub(super) fn tag(&mut self, cursor: Cursor<'t>, scope: &Scope) -> Option<u32> {
        let offset = self.offset(cursor)?;
        let complete = self.offset(cursor.definition()?)? == offset;
        if !complete || self.tags.contains_key(&offset) {
            return None;
        }
        let tag = Tag {
            cursor,
            scope: scope.clone(),
            name: None,
        };
        self.tags.insert(offset, tag);
        Some(offset)
    }

    /// Notes that a typedef names an untagged type.
    pub(super) fn name(&mut self, typedef: Cursor<'t>) {
        let ty = typedef.underlying();
        let Some(ty) = ty.filter(|ty| [CXType_Record, CXType_Enum].contains(&ty.kind())) else {
            return;
        };
        let offset = ty.declaration().and_then(|cursor| self.offset(cursor));
        if let Some(tag) = offset.and_then(|offset| self.tags.get_mut(&offset)) {
            tag.name.get_or_insert_with(|| typedef.spelling());
        }
    }

    /// Spells all types and lays out the tagged ones.
    pub(super) fn finish(mut self, places: &Places) -> Types {
        let tags = self.tags.values();
        let fields: Vec<_> = tags.map(|tag| fields(tag.cursor)).collect();
        let mut typed = |field: Cursor<'t>| Some((field, self.intern(field.ty()?)));
        let fields: Vec<Vec<_>> = fields
            .into_iter()
            .map(|fields| fields.into_iter().filter_map(&mut typed).collect())
            .collect();
        let keys = self.keys();
        let speller = Speller { table: &self, keys };
        let tags = self.tags.iter().zip(&fields);
        Types {
            all: self.raws.iter().map(|&raw| speller.describe(raw)).collect(),
            tagged: tags
                .map(|((&offset, tag), fields)| {
                    let types = fields.iter().map(|&(_, ty)| ty).collect();
                    (speller.layout(offset, tag.cursor, fields, places), types)
                })
                .collect(),
        }
    }

    /// The tag at `offset`; none if the keyword stands there.
    fn tag_name(&self, offset: u32) -> Option<&'j str> {
        let rest = &self.text[offset as usize..];
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let name = &rest[..rest.find(|c| !word(c)).unwrap_or(rest.len())];
        (!matches!(name, "struct" | "union" | "enum" | "")).then_some(name)
    }

    /// The key of each complete tagged type.
    fn keys(&self) -> HashMap<u32, String> {
        let mut keys = HashMap::new();
        let mut ordinals: BTreeMap<&Scope, u32> = BTreeMap::new();
        let mut used: HashMap<String, u32> = HashMap::new();
        for (&offset, tag) in &self.tags {
            let plain = match (self.tag_name(offset), &tag.name) {
                (Some(name), _) => format!("{} {name}", keyword(tag.cursor)),
                (None, Some(name)) => name.clone(),
                (None, None) => {
                    let ordinal = ordinals.entry(&tag.scope).or_default();
                    *ordinal += 1;
                    match &tag.scope {
                        Scope::File { program: true } => format!("#{ordinal}"),
                        Scope::File { program: false } => format!("system#{ordinal}"),
                        Scope::Function(name) => format!("{name}::#{ordinal}"),
                        // What encloses it starts before it, so its key is known.
                        Scope::Tag(outer) => format!("{}::#{ordinal}", keys[outer]),
                    }
                }
            };
            // Tags may be reused in other scopes.
            let count = used.entry(plain.clone()).or_default();
            *count += 1;
            let key = if *count == 1 {
                plain
            } else {
                format!("{plain}#{count}")
            };
            keys.insert(offset, key);
        }
        keys
    }
}

/// The fields of a struct or union.
fn fields(tag: Cursor<'_>) -> Vec<Cursor<'_>> {
    match kind(tag) {
        TypeKind::Enum => Vec::new(),
        _ => tag.ty().map_or_else(Vec::new, |ty| ty.fields()),
    }
}

/// Whether it is a character, another integer or an enum.
fn is_integer(ty: Raw) -> bool {
    (CXType_Bool..=CXType_Int128).contains(&ty.kind()) || ty.kind() == CXType_Enum
}

fn is_function(ty: Raw) -> bool {
    [CXType_FunctionProto, CXType_FunctionNoProto].contains(&ty.kind())
}

fn keyword(cursor: Cursor) -> &'static str {
    match kind(cursor) {
        TypeKind::Struct => "struct",
        TypeKind::Union => "union",
        TypeKind::Enum => "enum",
    }
}

fn kind(cursor: Cursor) -> TypeKind {
    match cursor.kind() {
        kind if kind == CXCursor_EnumDecl => TypeKind::Enum,
        kind if kind == CXCursor_UnionDecl => TypeKind::Union,
        _ => TypeKind::Struct,
    }
}

/// The enumerators of an enum with their values.
pub(super) fn enumerators<'t>(tag: Cursor<'t>) -> Vec<(Cursor<'t>, i128)> {
    let unsigned = [
        CXType_Bool,
        CXType_Char_U,
        CXType_UChar,
        CXType_UShort,
        CXType_UInt,
        CXType_ULong,
        CXType_ULongLong,
        CXType_UInt128,
    ];
    let unsigned = tag
        .enum_type()
        .is_some_and(|ty| unsigned.contains(&ty.kind()));
    let mut found = Vec::new();
    tag.children(&mut |child| {
        if child.kind() == CXCursor_EnumConstantDecl {
            found.push((child, child.enumerator(unsigned)));
        }
    });
    found
}

struct Speller<'s, 't, 'j> {
    table: &'s Table<'t, 'j>,
    keys: HashMap<u32, String>,
}

impl Speller<'_, '_, '_> {
    /// Key of a tagged type, complete or not.
    fn key(&self, ty: Raw) -> String {
        let known = ty.declaration().and_then(|declaration| {
            let cursor = declaration.definition().unwrap_or(declaration);
            let offset = self.table.offset(cursor)?;
            let key = self.keys.get(&offset).cloned();
            key.or_else(|| {
                Some(format!(
                    "{} {}",
                    keyword(cursor),
                    self.table.tag_name(offset)?
                ))
            })
        });
        // Types that the compiler knows by itself, such as the one behind `va_list`.
        known.unwrap_or_else(|| {
            let spelling = ty.spelling();
            let unqualified = spelling
                .trim_start_matches("const ")
                .trim_start_matches("volatile ");
            unqualified.to_owned()
        })
    }

    /// C's declarator syntax, with `inner` in the place of the name.
    fn spell(&self, ty: Raw, inner: String) -> String {
        self.qualified(ty, &[], inner)
    }

    /// The same of a type that has more qualifiers.
    #[expect(non_upper_case_globals, reason = "libclang's names")]
    fn qualified(&self, ty: Raw, more: &[&str], inner: String) -> String {
        let own = ty.qualifiers();
        let all = ["const", "volatile", "restrict"].into_iter();
        let mut words: Vec<&str> = all
            .filter(|q| own.contains(q) || more.contains(q))
            .collect();
        // clang puts the qualifiers of elements on the array.
        let array = |words: &[&str], bound: String| {
            let inner = format!("{inner}[{bound}]");
            ty.element()
                .map_or_else(String::new, |element| self.qualified(element, words, inner))
        };
        match ty.kind() {
            CXType_Pointer => {
                let Some(pointee) = ty.pointee() else {
                    return ty.spelling();
                };
                words.extend((!inner.is_empty()).then_some(&*inner));
                let inner = format!("*{}", words.join(" "));
                let tighter = [
                    CXType_FunctionProto,
                    CXType_FunctionNoProto,
                    CXType_ConstantArray,
                    CXType_IncompleteArray,
                    CXType_VariableArray,
                ];
                match tighter.contains(&pointee.kind()) {
                    true => self.spell(pointee, format!("({inner})")),
                    false => self.spell(pointee, inner),
                }
            }
            CXType_ConstantArray => array(&words, ty.array_len().unwrap_or(0).to_string()),
            CXType_IncompleteArray => array(&words, String::new()),
            CXType_VariableArray => array(&words, "*".to_owned()),
            CXType_FunctionProto | CXType_FunctionNoProto => {
                let arguments = ty.arguments().into_iter();
                let mut list: Vec<_> = arguments.map(|ty| self.spell(ty, String::new())).collect();
                if ty.kind() == CXType_FunctionProto {
                    if ty.is_variadic() {
                        list.push("...".to_owned());
                    } else if list.is_empty() {
                        list.push("void".to_owned());
                    }
                }
                let inner = format!("{inner}({})", list.join(", "));
                ty.result()
                    .map_or_else(String::new, |result| self.spell(result, inner))
            }
            kind => {
                let name = match kind {
                    CXType_Record | CXType_Enum => self.key(ty),
                    _ => {
                        words.retain(|word| !own.contains(word));
                        ty.spelling()
                    }
                };
                words.push(&name);
                words.extend((!inner.is_empty()).then_some(&*inner));
                words.join(" ")
            }
        }
    }

    #[expect(non_upper_case_globals, reason = "libclang's names")]
    fn collect(&self, ty: Raw, keys: &mut BTreeSet<String>) {
        match ty.kind() {
            CXType_Record | CXType_Enum => {
                keys.insert(self.key(ty));
            }
            CXType_Pointer => ty.pointee().iter().for_each(|&ty| self.collect(ty, keys)),
            CXType_ConstantArray | CXType_IncompleteArray | CXType_VariableArray => {
                ty.element().iter().for_each(|&ty| self.collect(ty, keys));
            }
            CXType_FunctionProto | CXType_FunctionNoProto => {
                let all = ty.arguments().into_iter().chain(ty.result());
                all.for_each(|ty| self.collect(ty, keys));
            }
            _ => {}
        }
    }

    fn describe(&self, ty: Raw) -> Type {
        let mut keys = BTreeSet::new();
        self.collect(ty, &mut keys);
        let mut object = ty;
        let mut constant = object.is_const();
        while let Some(element) = object.element() {
            object = element;
            constant |= object.is_const();
        }
        let target = match ty.kind() {
            kind if kind == CXType_Pointer => ty.pointee().unwrap_or(ty),
            _ => object,
        };
        let tagged = [CXType_Record, CXType_Enum].contains(&target.kind());
        let callable = [CXType_FunctionProto, CXType_FunctionNoProto].contains(&target.kind());
        // The names of builtins have types that libclang cannot measure.
        let sized = (!callable || ty.kind() == CXType_Pointer) && ty.kind() != CXType_Unexposed;
        Type {
            spelling: self.spell(ty, String::new()),
            keys: keys.into_iter().collect(),
            record: tagged.then(|| self.key(target)),
            function: callable.then(|| self.spell(target, String::new())),
            constant: !callable && constant,
            size: if sized { ty.size() } else { 0 },
            array_len: (ty.kind() == CXType_ConstantArray)
                .then(|| ty.array_len())
                .flatten(),
            shape: self.shape(ty),
        }
    }

    /// Key of a struct or union.
    fn record(&self, ty: Raw) -> Option<String> {
        (ty.kind() == CXType_Record).then(|| self.key(ty))
    }

    fn shape(&self, ty: Raw) -> Shape {
        let id = |ty: Raw| self.table.ids[&ty.identity()];
        if let Some(element) = ty.element() {
            return Shape::Array(id(element));
        }
        if let Some(key) = self.record(ty) {
            return Shape::Record(key);
        }
        let pointee = (ty.kind() == CXType_Pointer)
            .then(|| ty.pointee())
            .flatten();
        let function = pointee.unwrap_or(ty);
        if is_function(function) {
            return Shape::Function(Signature {
                parameters: function.arguments().into_iter().map(id).collect(),
                result: function.result().map(id),
            });
        }
        let Some(pointee) = pointee else {
            let wide = is_integer(ty) && ty.size() >= size_of::<usize>() as u64;
            return if wide { Shape::Integer } else { Shape::Other };
        };
        let untyped = pointee.kind() == CXType_Void || is_integer(pointee);
        let mut target = pointee;
        while let Some(element) = target.element() {
            target = element;
        }
        match self.record(target) {
            Some(key) => Shape::ToRecord(key),
            None if untyped => Shape::Untyped,
            None => Shape::Pointer(id(pointee)),
        }
    }

    fn layout(
        &self,
        offset: u32,
        cursor: Cursor,
        fields: &[(Cursor, TypeId)],
        places: &Places,
    ) -> TypeDef {
        let ty = cursor.ty();
        let kind = kind(cursor);
        let span = cursor.extent().unwrap_or((offset, offset));
        let enumerators = match kind {
            TypeKind::Enum => enumerators(cursor),
            _ => Vec::new(),
        };
        TypeDef {
            key: self.keys[&offset].clone(),
            kind,
            fields: fields.iter().map(|&(field, _)| self.field(field)).collect(),
            enumerators: enumerators
                .iter()
                .map(|(c, value)| (c.spelling(), *value))
                .collect(),
            size: ty.map_or(0, |ty| ty.size()),
            align: ty.map_or(0, |ty| ty.align()),
            span: Span {
                start: span.0.saturating_sub(self.table.shift),
                end: span.1.saturating_sub(self.table.shift),
            },
            body: Span { start: 0, end: 0 },
            statement: 0,
            function: None,
            system: places.is_system(offset),
            loc: places.loc(offset),
        }
    }

    fn field(&self, field: Cursor) -> Field {
        let (offset, width) = field.field();
        // Newer versions describe an anonymous member where its name would be.
        let name = field.spelling();
        let named = name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '$')
            && !name.contains(' ');
        let ty = field.ty();
        let mut object = ty;
        while let Some(element) = object.and_then(|ty| ty.element()) {
            object = Some(element);
        }
        // An array of unknown length has no alignment of its own.
        let align = match field.declared_align() {
            0 => object.map_or(1, |ty| ty.align()),
            align => align,
        };
        Field {
            name: if named { name } else { String::new() },
            ty: ty.map_or_else(String::new, |ty| self.spell(ty, String::new())),
            offset,
            width,
            size: ty.map_or(0, |ty| ty.size()),
            align: align.max(1),
            record: object.and_then(|ty| self.record(ty)),
            text: None,
        }
    }
}
