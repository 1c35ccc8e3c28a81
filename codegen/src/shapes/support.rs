//! Declarations that go with shaped records: blocks, kinds, and what fills them.

use std::fmt::Write;

use ginseng_analysis::layout::{Layout, Placed};
use ginseng_analysis::state::Row;
use ginseng_frontend::facts::{TypeDef, TypeKind};

use super::convert::{Value, convert};
use super::fields::Bodies;
use super::{Shaped, UnitShapes, block_name, finder_name, kind_name, plain_name, spelling};
use crate::rewrite::row_name;
use crate::tables::Architecture;
use crate::transformers;

/// What every unit with shaped records declares first.
pub(crate) fn prelude(shapes: &UnitShapes) -> String {
    let mut text = String::from(
        "extern void *ginseng_extension(const volatile void *, const void *) \
         __attribute__((pure)); \
         extern void *ginseng_memmove(void *, const void *, unsigned long); \
         extern void *ginseng_memcpy(void *, const void *, unsigned long); \
         extern void *ginseng_mempcpy(void *, const void *, unsigned long); \
         extern void *ginseng_memset(void *, int, unsigned long); \
         extern void ginseng_forget(const volatile void *, unsigned long); \
         extern void ginseng_fresh(const void *, const void *); \
         static __inline__ void *__ginseng_made(void *object, const void *kind) \
         { if (object) ginseng_fresh(object, kind); return object; } \
         struct __ginseng_kind { unsigned size, object; \
         int (*init)(const void *, void *); unsigned room; }; \
         struct __ginseng_header { const volatile void *owner; unsigned long other[3]; }; \
         static const struct __ginseng_header __ginseng_nobody = \
         { (const volatile void *)-1, { 0, 0, 0 } }; \
         struct __ginseng_scope { const volatile void *start; unsigned long size; }; \
         static __inline__ void __ginseng_close(struct __ginseng_scope *scope) \
         { ginseng_forget(scope->start, scope->size); } \
         static __inline__ struct __ginseng_scope __ginseng_open(const volatile void *start, \
         unsigned long size) { struct __ginseng_scope scope = { start, size }; \
         ginseng_forget(start, size); return scope; } ",
    );
    for (from, to) in CHECKED {
        let fill = *from == "memset";
        let source = if fill { "int b" } else { "const void *b" };
        let _ = write!(
            text,
            "static __inline__ void *{to}(void *a, {source}, unsigned long n, unsigned long size) \
             {{ (void)size; return ginseng_{from}(a, b, n); }} "
        );
    }
    let mut kinds: Vec<_> = shapes
        .types
        .values()
        .flat_map(|shaped| &shaped.layout.blocks)
        .map(|block| block.kind)
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let _ = write!(
            text,
            "extern struct __ginseng_kind {} __asm__(\"{}\") \
             __attribute__((visibility(\"default\"))); ",
            kind_name(kind),
            row_name(kind)
        );
        finder(kind, shapes.architecture, &mut text);
    }
    text
}

/// The function that finds an object's block of a kind. Code mostly asks for the same object again: the
/// block that was found last is looked at first. It needs no telling when blocks come and go, for they
/// are never unmapped and stay blocks of their kind, and one word in front of them says whose they are.
///
/// Another thread may be the one that has just made the block: its bytes are read after that word. Where
/// processors keep to this by themselves a plain read will do, and the compiler need not look twice.
fn finder(kind: Row, architecture: Architecture, text: &mut String) {
    let (name, kind) = (finder_name(kind), kind_name(kind));
    let owner = match architecture {
        Architecture::X86_64 => "last->owner",
        Architecture::Aarch64 => "__atomic_load_n(&last->owner, 2 /* acquire */)",
    };
    let _ = write!(
        text,
        "static const struct __ginseng_header *{name}_last = &__ginseng_nobody; \
         static __attribute__((noinline, unused)) void *{name}_look(const volatile void *object) \
         {{ void *bytes = ginseng_extension(object, &{kind}); \
         {name}_last = (const struct __ginseng_header *)bytes - 1; return bytes; }} \
         static __inline__ __attribute__((always_inline)) void *{name}(const volatile void *object) \
         {{ const struct __ginseng_header *last = {name}_last; \
         if (__builtin_expect({owner} == object, 1)) \
         return (void *)(last + 1); return {name}_look(object); }} "
    );
}

/// Byte functions that `_FORTIFY_SOURCE` calls by other names, and what stands for them.
pub(super) const CHECKED: &[(&str, &str)] = &[
    ("memcpy", "__ginseng_memcpy_chk"),
    ("memmove", "__ginseng_memmove_chk"),
    ("mempcpy", "__ginseng_mempcpy_chk"),
    ("memset", "__ginseng_memset_chk"),
];

/// What goes behind the declaration in which a type is defined.
pub(super) fn behind(bodies: &Bodies, number: usize) -> String {
    let shapes = bodies.shapes;
    let ty = &bodies.unit.types[number];
    let mut text = String::new();
    if let Some(shaped) = shapes.types.get(&number) {
        assert_layout(ty, shaped, &mut text);
        for (index, block) in shaped.layout.blocks.iter().enumerate() {
            let name = block_name(block.kind);
            let body = bodies.block(ty, &shaped.layout, index as u32);
            let _ = write!(
                text,
                " {name} {body}; _Static_assert(sizeof({name}) == {}, \"layout\");",
                block.size
            );
        }
    }
    if shapes.plain.contains(&number) {
        let name = plain_name(ty, number);
        let _ = write!(text, " {name} {};", bodies.plain(ty));
        take(bodies, number, &mut text);
    }
    text
}

/// Kinds that the unit defines, at its end: they need none of its types.
pub(super) fn kinds(shapes: &UnitShapes) -> String {
    let mut text = String::new();
    for shaped in shapes.types.values().filter(|shaped| shaped.home) {
        define_kind(shaped, &mut text);
    }
    text
}

/// The compiler agrees about every number.
fn assert_layout(ty: &TypeDef, shaped: &Shaped, text: &mut String) {
    let Some(name) = spelling(&ty.key) else {
        return;
    };
    let _ = write!(
        text,
        " _Static_assert(sizeof({name}) == {}, \"layout\");",
        shaped.layout.size
    );
    let plain = |place: &&Placed| {
        !place.gone && place.block.is_none() && place.width.is_none() && place.members.is_empty()
    };
    for place in shaped.layout.fields.iter().filter(plain) {
        let _ = write!(
            text,
            " _Static_assert(__builtin_offsetof({name}, {}) == {}, \"layout\");",
            place.name,
            place.offset / 8
        );
    }
}

/// The descriptor of the patch's own kind, with the function that fills its blocks.
fn define_kind(shaped: &Shaped, text: &mut String) {
    let Some(block) = shaped.layout.blocks.last() else {
        return;
    };
    let kind = block.kind;
    let mut init = "0".to_owned();
    if let Some(key) = &shaped.transformer {
        // The types for it; the function itself comes with the user's text, behind this.
        let function = transformers::of_record(key);
        text.push_str(&transformers::types(
            key,
            &shaped.layout,
            &shaped.retyped,
            &block_name(kind),
        ));
        init = format!("__ginseng_fill_{kind}");
        let _ = write!(
            text,
            " static int {init}(const void *object, void *block) {{ \
             extern int __ginseng_user_{kind}(const void *, const void *, void *) \
             __asm__(\"{function}\"); return __ginseng_user_{kind}(object, object, block); }}"
        );
    } else {
        let statements = conversions(shaped);
        if !statements.is_empty() {
            init = format!("__ginseng_fill_{kind}");
            let _ = write!(
                text,
                " static int {init}(const void *object, void *block) {{ \
                 (void)object; (void)block; {statements} return 0; }}"
            );
        }
    }
    let _ = write!(
        text,
        " struct __ginseng_kind {} = {{ {}, {}, (int (*)(const void *, void *)){init}, {} }};",
        kind_name(kind),
        block.size,
        shaped.layout.size,
        block.room
    );
}

/// Takes the retyped fields of a new block from their former places.
fn conversions(shaped: &Shaped) -> String {
    let mut text = String::new();
    for field in &shaped.retyped {
        let before = &field.before;
        let base = base(&shaped.layout, before);
        let to = format!("(char *)block + {}", field.after.offset / 8);
        if before.width.is_some() || field.after.width.is_some() {
            text += &bits(&base, before, &field.after, &to);
            continue;
        }
        let from = format!("{base} + {}", before.offset / 8);
        let converted = convert(Value::of(&from, before), Value::of(&to, &field.after));
        if let Some((statement, _)) = converted {
            text += &statement;
            text.push(' ');
        }
    }
    text
}

/// Where an object has what a field's offset is counted from, as `const char *`.
pub(crate) fn base(layout: &Layout, place: &Placed) -> String {
    match place.block {
        None => "(const char *)object".to_owned(),
        Some(index) => {
            let kind = kind_name(layout.blocks[index as usize].kind);
            format!("(const char *)ginseng_extension(object, &{kind})")
        }
    }
}

/// A number to or from a bit-field.
pub(crate) fn bits(base: &str, before: &Placed, after: &Placed, to: &str) -> String {
    let width = before.width.map_or(8 * before.size, u64::from).min(64);
    let first = before.offset / 8;
    let bytes = ((before.offset % 8 + width).div_ceil(8)).min(8);
    let signed = !before.ty.contains("unsigned") && !before.ty.contains("_Bool");
    let extend = if signed && width < 64 {
        format!("if (bits >> {} & 1) bits |= ~0ul << {width}; ", width - 1)
    } else {
        String::new()
    };
    let mask = if width < 64 {
        format!("bits &= (1ul << {width}) - 1; ")
    } else {
        String::new()
    };
    // A new bit-field has a unit of its own, and starts it.
    let (ty, keep) = match after.width {
        Some(width) if u64::from(width) < 64 => (
            "unsigned long".to_owned(),
            format!(" & ((1ul << {width}) - 1)"),
        ),
        _ => (after.ty.clone(), String::new()),
    };
    let value = if ty == "_Bool" {
        "bits != 0".to_owned()
    } else {
        format!("({ty})(long)bits{keep}")
    };
    let store = match after.width {
        Some(_) => format!(
            "unsigned long value = {value}; __builtin_memcpy({to}, &value, {});",
            after.size.min(8)
        ),
        None => format!("{ty} value = {value}; __builtin_memcpy({to}, &value, sizeof value);"),
    };
    format!(
        "{{ unsigned long bits = 0; __builtin_memcpy(&bits, {base} + {first}, {bytes}); \
         bits >>= {}; {mask}{extend}{store} }} ",
        before.offset % 8
    )
}

/// `__ginseng_take_N(to, from)`: makes the object at `to` from a plain one.
fn take(bodies: &Bodies, number: usize, text: &mut String) {
    let shapes = bodies.shapes;
    let ty = &bodies.unit.types[number];
    let plain = plain_name(ty, number);
    let Some(name) = spelling(&ty.key) else {
        return;
    };
    let mut body = String::new();
    if ty.kind == TypeKind::Union {
        body.push_str(UNION);
    } else {
        take_fields(bodies, ty, shapes.types.get(&number), 0, &mut body);
    }
    // Of a type in a function the functions are nested ones.
    let scope = match ty.function {
        Some(_) => "__attribute__((unused))",
        None => "static __attribute__((unused))",
    };
    let _ = write!(
        text,
        " {scope} void *__ginseng_take_{number}(void *target, \
         const void *source) {{ {name} *to = target; const {plain} *from = source; \
         __builtin_memset(to, 0, sizeof *to); {body}return target; }} \
         {scope} void *__ginseng_take_all_{number}(void *target, \
         unsigned long count, const void *source) {{ for (unsigned long i = 0; i < count; i++) \
         __ginseng_take_{number}(({name} *)target + i, (const {plain} *)source + i); \
         return target; }}"
    );
}

/// `depth`: how many structs without a tag are around the fields, each with its own `to` and `from`.
fn take_fields(
    bodies: &Bodies,
    ty: &TypeDef,
    shaped: Option<&Shaped>,
    depth: usize,
    body: &mut String,
) {
    let shapes = bodies.shapes;
    for field in &ty.fields {
        let inner = field
            .record
            .as_deref()
            .and_then(|key| shapes.index.get(key));
        if field.name.is_empty() {
            // The members of an anonymous struct are the record's own; a union is copied whole.
            if let Some(inner) = inner.map(|number| &bodies.unit.types[*number]) {
                match inner.kind {
                    TypeKind::Union => {
                        if let Some(first) = inner.fields.first() {
                            let size = inner.size;
                            let to = target(shaped, &first.name);
                            let _ = write!(
                                body,
                                "__builtin_memcpy((void *)&{to}, (void *)&from->{}, {size}); ",
                                first.name
                            );
                        }
                    }
                    _ => take_fields(bodies, inner, shaped, depth, body),
                }
            }
            continue;
        }
        let to = target(shaped, &field.name);
        let from = format!("from->{}", field.name);
        let nested = inner.filter(|number| shapes.plain.contains(number));
        let _ = match nested {
            Some(number) if spelling(&bodies.unit.types[*number].key).is_none() => {
                let first = "[0]".repeat(dimensions(&field.ty));
                let next = depth + 1;
                let _ = write!(
                    body,
                    "for (unsigned long i = 0; i < sizeof {from} / sizeof {from}{first}; i++) {{ \
                     __typeof__({to}{first}) *to_{next} = (void *)&{to}; to_{next} += i; \
                     const __typeof__({from}{first}) *from_{next} = (const void *)&{from}; from_{next} += i; "
                );
                let mut inside = String::new();
                let inner = &bodies.unit.types[*number];
                if inner.kind == TypeKind::Union {
                    inside.push_str(UNION);
                } else {
                    take_fields(bodies, inner, shapes.types.get(number), next, &mut inside);
                }
                let _ = write!(
                    body,
                    "{{ __typeof__(to_{next}) to = to_{next}; __typeof__(from_{next}) from = from_{next}; {inside}}} }} "
                );
                Ok(())
            }
            Some(number) => {
                let inner = plain_name(&bodies.unit.types[*number], *number);
                let record = spelling(&bodies.unit.types[*number].key).unwrap_or("char");
                write!(
                    body,
                    "for (unsigned long i = 0; i < sizeof {from} / sizeof({inner}); i++) \
                     __ginseng_take_{number}(({record} *)&{to} + i, (const {inner} *)&{from} + i); "
                )
            }
            None if field.width.is_some() => write!(body, "{to} = {from}; "),
            None if field.size == 0 => Ok(()),
            None => write!(
                body,
                "__builtin_memcpy((void *)&{to}, (const void *)&{from}, sizeof {to}); "
            ),
        };
    }
}

/// How an object of a union is made from a plain one.
const UNION: &str =
    "__builtin_memcpy(to, from, sizeof(*to) < sizeof(*from) ? sizeof(*to) : sizeof(*from)); ";

/// Dimensions of an array, 0 for anything else.
fn dimensions(ty: &str) -> usize {
    let mut rest = ty;
    let mut count = 0;
    while let Some(inner) = rest.strip_suffix(']') {
        rest = inner
            .rsplit_once('[')
            .map_or("", |(head, _)| head)
            .trim_end();
        count += 1;
    }
    count
}

/// The expression for a field of the object at `to`.
fn target(shaped: Option<&Shaped>, name: &str) -> String {
    let place = shaped.and_then(|shaped| Some((shaped, shaped.layout.present(name)?.block?)));
    match place {
        Some((shaped, block)) => {
            let kind = shaped.layout.blocks[block as usize].kind;
            format!(
                "(({} *)ginseng_extension(to, &{}))->{name}",
                block_name(kind),
                kind_name(kind)
            )
        }
        None => format!("to->{name}"),
    }
}
