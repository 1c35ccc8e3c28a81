//! The checking build, `--paranoid`: what the text names tells the runtime so, wherever it runs. Old
//! code that uses what the admission of a patch promised it would not is stopped there.
//!
//! Each use gets a **touch**, a call that gives zero: `p->f` becomes `p[touch].f`, `a[i].f` becomes
//! `a[i + touch].f`, `variable` becomes `(*(touch, &variable))`, and where a whole object is copied
//! `object` becomes `(touch, object)`. A touch says what is used, as the digest of its key among the
//! effects (`ginseng_analysis::effects`), and the number of the patch that the text belongs to.
//! What has automatic storage and is reached by its name alone has no place for a touch.

use std::collections::BTreeMap;

use ginseng_analysis::diff::is_byte_function;
use ginseng_analysis::effects::{field_key, record_key};
use ginseng_analysis::program::Program;
use ginseng_analysis::records::Records;
use ginseng_frontend::facts::{Member, Role, Span, SymbolKind, Target, Unit};
use ginseng_frontend::lex;
use ginseng_frontend::objects::{Carrier, ObjectKind};

use crate::edits::Edits;

/// What every touch calls.
pub(crate) const DECLARATIONS: &str = "static __inline__ int __ginseng_touch(unsigned key, unsigned version) \
     { extern int ginseng_is_stale(unsigned, unsigned); \
     if (ginseng_is_stale(key, version)) __builtin_trap(); return 0; } ";
/// The runtime's part, which patches reach by its name.
pub(crate) const EXPORT: &str = "ginseng_is_stale";

/// Stands for a key of the effects.
pub(crate) fn digest(key: &str) -> u32 {
    let digest = blake3::hash(key.as_bytes());
    let mut short = [0; 4];
    short.copy_from_slice(&digest.as_bytes()[..4]);
    u32::from_le_bytes(short)
}

/// Where a touch is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// This `->` becomes an index of zero.
    Arrow(Span),
    /// In front of this `]`.
    Index(u32),
    /// In front of the address of the variable, or of the function, that is named here.
    Name(u32),
    /// In front of this expression, whose value is used and not its place.
    Value(Span),
}

/// The touches of one unit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Touches {
    version: u32,
    list: BTreeMap<Place, Vec<u32>>,
}

impl Touches {
    /// Those of a unit, whose text belongs to the patch of this number. `shaped`: the text of whole
    /// objects is changed otherwise.
    pub(crate) fn of(
        program: &Program,
        records: &Records,
        index: usize,
        version: u32,
        shaped: bool,
    ) -> Self {
        let mut finder = Finder {
            unit: &program.units[index].unit,
            program,
            records,
            index,
            names: BTreeMap::new(),
            found: Self {
                version,
                list: BTreeMap::new(),
            },
        };
        finder.names();
        finder.members();
        if !shaped {
            finder.objects();
        }
        finder.found
    }

    fn text(&self, keys: &[u32]) -> String {
        let version = self.version;
        let touch = |key: &u32| format!("__ginseng_touch({key}u, {version}u)");
        keys.iter().map(touch).collect::<Vec<_>>().join(" + ")
    }

    /// The text for `name`, which stands at `at`.
    pub(crate) fn named(&self, at: u32, kind: SymbolKind, name: &str) -> Option<String> {
        let text = self.text(self.list.get(&Place::Name(at))?);
        let address = match kind {
            SymbolKind::Variable => "&",
            SymbolKind::Function => "",
        };
        Some(format!("(*({text}, {address}{name}))"))
    }

    /// All but those of names.
    pub(crate) fn edit(&self, edits: &mut Edits) {
        for (place, keys) in &self.list {
            let text = self.text(keys);
            match place {
                Place::Arrow(operator) => edits.replace(*operator, format!("[{text}].")),
                Place::Index(at) => edits.insert(*at, format!(" + {text}")),
                Place::Name(_) => {}
                Place::Value(value) => {
                    edits.insert(value.start, format!("({text}, "));
                    edits.insert(value.end, ")");
                }
            }
        }
    }
}

struct Finder<'a> {
    unit: &'a Unit,
    program: &'a Program,
    records: &'a Records<'a>,
    index: usize,
    /// Variables with static storage, where they are named.
    names: BTreeMap<u32, u32>,
    found: Touches,
}

impl Finder<'_> {
    fn add(&mut self, place: Place, key: &str) {
        let keys = self.found.list.entry(place).or_default();
        let key = digest(key);
        if !keys.contains(&key) {
            keys.push(key);
        }
    }

    /// Whether what is known of this function is true.
    fn is_trusted(&self, function: u32) -> bool {
        self.unit.functions[function as usize].gate.is_none()
    }

    fn names(&mut self) {
        for reference in &self.unit.references {
            let (Target::Symbol(symbol), Some(function)) = (&reference.target, reference.function)
            else {
                continue;
            };
            let entity = &self.program.entities[self.program.entity(self.index, *symbol)];
            let facts = &self.unit.symbols[*symbol as usize];
            let used = match facts.kind {
                SymbolKind::Variable => reference.role == Role::Use,
                // The compiler dissolves these by their names.
                SymbolKind::Function => {
                    let inline = facts.attributes.iter().any(|name| name == "always_inline");
                    reference.role == Role::Callee && !inline
                }
            };
            let fixed = reference.in_initialiser_of.is_some() || !self.is_trusted(function);
            if used && !fixed && entity.definition.is_some() {
                if facts.kind == SymbolKind::Variable {
                    self.names.insert(reference.span.start, reference.span.end);
                }
                self.add(Place::Name(reference.span.start), &entity.key);
            }
        }
    }

    fn members(&mut self) {
        let evaluated = |member: &&Member| !member.unevaluated && self.is_trusted(member.function);
        let members: Vec<&Member> = self.unit.members.iter().filter(evaluated).collect();
        let by_span = members.iter().map(|member| (member.span, *member));
        let by_span: BTreeMap<Span, &Member> = by_span.collect();
        for member in members {
            if let Some(place) = self.place(member, &by_span) {
                let record = self.records.key(self.index, &member.type_key);
                self.add(place, &field_key(record, &member.field));
            }
        }
    }

    fn place(&self, member: &Member, all: &BTreeMap<Span, &Member>) -> Option<Place> {
        if member.arrow {
            let rest = Span {
                start: member.base.end,
                end: member.span.end,
            };
            let text = rest.of(&self.unit.text);
            let tokens = lex::tokens(text);
            let arrow = tokens.iter().find(|token| token.of(text) == "->")?;
            return Some(Place::Arrow(Span {
                start: rest.start + arrow.span.start,
                end: rest.start + arrow.span.end,
            }));
        }
        self.object(member.base, all)
    }

    /// Where to touch what stands before a `.`.
    fn object(&self, base: Span, all: &BTreeMap<Span, &Member>) -> Option<Place> {
        let text = base.of(&self.unit.text);
        if let Some(inner) = all.get(&base) {
            return self.place(inner, all);
        }
        if self.names.get(&base.start) == Some(&base.end) {
            return Some(Place::Name(base.start));
        }
        if text.ends_with(']') {
            return Some(Place::Index(base.end - 1));
        }
        let inner = text.strip_prefix('(')?.strip_suffix(')')?.trim_start();
        let cut = (text.len() - 1 - inner.len()) as u32;
        let inner = Span {
            start: base.start + cut,
            end: base.end - 1,
        };
        match inner.of(&self.unit.text).strip_prefix('*') {
            // The pointer is a value.
            Some(pointer) => {
                let end = inner.start + inner.of(&self.unit.text).trim_end().len() as u32;
                let start = end - pointer.trim().len() as u32;
                Some(Place::Value(Span { start, end }))
            }
            None => self.object(inner, all),
        }
    }

    /// Objects that are copied as wholes.
    fn objects(&mut self) {
        for object in &self.unit.objects {
            let value = match &object.kind {
                ObjectKind::Assigned { right, .. } => *right,
                ObjectKind::Argument | ObjectKind::Returned => object.span,
                _ => continue,
            };
            self.whole(value, &object.type_key, object.function);
        }
        for flow in &self.unit.flows {
            if let (Carrier::Record(key), Carrier::Parameter(callee, _), Some(function)) =
                (&flow.from, &flow.to, flow.function)
                && is_byte_function(&self.unit.symbols[*callee as usize].name)
            {
                self.whole(flow.span, key, function);
            }
        }
    }

    fn whole(&mut self, value: Span, key: &str, function: u32) {
        if self.is_trusted(function) {
            for record in self.records.inside(self.records.key(self.index, key)) {
                self.add(Place::Value(value), &record_key(&record));
            }
        }
    }
}
