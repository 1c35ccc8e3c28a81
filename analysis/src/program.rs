//! The program: all units of one link, and what their symbols refer to together.
//!
//! An **entity** is a function or a variable with static storage of the whole program. Its key is
//! stable across versions: `name` for external linkage, `unit:name` for a file-scope static,
//! and for a static local `function:name`, with the unit in front if the function is static (and
//! `#2`, `#3` for further ones of that name).

use ginseng_frontend::facts::{
    Declaration, DeclarationKind, Function, FunctionId, Linkage, Symbol, SymbolId, SymbolKind, Unit,
};
use ginseng_frontend::lex;
use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Serialize};

/// Index into [`Program::entities`].
pub type EntityId = usize;

/// A unit with its stable name and flags.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NamedUnit {
    /// Source path relative to the folder that all units of the program share.
    pub key: String,
    /// Syntax and facts.
    pub unit: Unit,
    /// Compiler flags that change code or meaning.
    pub flags: Vec<String>,
}

/// Where an entity is defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Index into [`Program::units`].
    pub unit: usize,
    /// Its symbol there.
    pub symbol: SymbolId,
    /// Its function there, for a function.
    pub function: Option<FunctionId>,
}

/// A function or a variable of the whole program.
#[derive(Clone, Debug)]
pub struct Entity {
    /// Stable key, see the module's text.
    pub key: String,
    /// C name.
    pub name: String,
    /// Function or variable.
    pub kind: SymbolKind,
    /// Canonical type, as the defining unit spells it (else the first unit that declares it).
    pub ty: String,
    /// External linkage.
    pub global: bool,
    /// Where it is defined; none for what libraries and opaque units provide.
    pub definition: Option<Definition>,
    /// Why a patch can neither replace nor reach it, one sentence without full stop; none for an
    /// ordinary entity.
    pub pinned: Option<String>,
}

/// All units of one link.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// In link order.
    pub units: Vec<NamedUnit>,
    /// In order of first appearance.
    pub entities: Vec<Entity>,
    /// For each unit, the entity of each of its symbols.
    pub symbols: Vec<Vec<EntityId>>,
    /// Entities by key.
    pub by_key: IndexMap<String, EntityId>,
}

impl Program {
    /// Joins the symbols of all units.
    pub fn link(units: Vec<NamedUnit>) -> Self {
        let mut program = Program {
            units,
            ..Program::default()
        };
        for index in 0..program.units.len() {
            let named = &program.units[index];
            let keys = symbol_keys(named);
            let mut functions = vec![None; keys.len()];
            for (id, function) in (0..).zip(&named.unit.functions) {
                functions[function.symbol as usize].get_or_insert(id);
            }
            let ids = keys.into_iter().zip(functions).enumerate();
            let ids = ids
                .map(|(symbol, (key, function))| {
                    program.join(index, symbol as SymbolId, function, key)
                })
                .collect();
            program.symbols.push(ids);
        }
        let aliases = program.aliases();
        for id in program.symbols.iter_mut().flatten() {
            // A weak one may have a definition elsewhere.
            if program.entities[*id].definition.is_none() {
                *id = *aliases.get(id).unwrap_or(id);
            }
        }
        let gated = program.gated_names();
        let symbols = program.symbols_of();
        let pins: Vec<Option<String>> = (0..program.entities.len())
            .map(|id| program.pin(id, &symbols[id], &gated))
            .collect();
        for (entity, pin) in program.entities.iter_mut().zip(pins) {
            entity.pinned = pin;
        }
        for (&alias, &target) in &aliases {
            if program.entities[target].kind != SymbolKind::Function {
                continue;
            }
            // The attribute names a symbol of the same object file: a body, not an entry.
            let why = format!("`{}` is an alias of it", program.entities[alias].name);
            program.entities[target].pinned.get_or_insert(why);
        }
        program
    }

    /// `function` is the symbol's definition, if it has one.
    fn join(
        &mut self,
        unit: usize,
        id: SymbolId,
        function: Option<FunctionId>,
        key: String,
    ) -> EntityId {
        let named = &self.units[unit];
        let symbol = &named.unit.symbols[id as usize];
        let defines = symbol.declarations.iter().any(|declaration| {
            declaration.kind != DeclarationKind::Declares && !declaration.system
        });
        // A C99 inline definition provides no external symbol: another unit does.
        let provides =
            defines && function.is_none_or(|f| !named.unit.functions[f as usize].inline_only);
        let definition = provides.then_some(Definition {
            unit,
            symbol: id,
            function,
        });
        if let Some(&entity) = self.by_key.get(&key) {
            let known = &mut self.entities[entity];
            let strong = |d: &Definition, units: &[NamedUnit]| {
                let symbol = &units[d.unit].unit.symbols[d.symbol as usize];
                let weak = symbol.attributes.iter().any(|a| a == "weak");
                let tentative = symbol
                    .declarations
                    .iter()
                    .all(|d| d.kind != DeclarationKind::Defines);
                !weak && !tentative
            };
            if let Some(new) = definition
                && known
                    .definition
                    .is_none_or(|old| !strong(&old, &self.units) && strong(&new, &self.units))
            {
                known.definition = definition;
                known.ty = symbol.ty.clone();
            }
            return entity;
        }
        let entity = self.entities.len();
        self.entities.push(Entity {
            key: key.clone(),
            name: symbol.name.clone(),
            kind: symbol.kind,
            ty: symbol.ty.clone(),
            global: symbol.linkage == Linkage::External,
            definition,
            pinned: None,
        });
        self.by_key.insert(key, entity);
        entity
    }

    /// By each function or variable that `__attribute__((alias("f")))` declares, the one it stands for: who
    /// uses it uses that one.
    fn aliases(&self) -> IndexMap<EntityId, EntityId> {
        let mut found = IndexMap::new();
        for (named, ids) in self.units.iter().zip(&self.symbols) {
            let symbols = &named.unit.symbols;
            for (symbol, &alias) in symbols.iter().zip(ids) {
                if !symbol.attributes.iter().any(|name| name == "alias") {
                    continue;
                }
                let texts = symbol.declarations.iter().map(|d| d.span);
                let mut names = texts.filter_map(|span| aliased(span.of(&named.unit.text)));
                let target = names.find_map(|name| {
                    let is_it = |other: &Symbol| other.name == name && other.kind == symbol.kind;
                    symbols.iter().position(is_it)
                });
                found.extend(target.map(|target| (alias, ids[target])));
            }
        }
        found
    }

    /// Another name of an entity, by an attribute.
    pub fn alias_of(&self, id: EntityId) -> Option<&str> {
        let ids = self.symbols.iter().flatten();
        let symbols = self.units.iter().flat_map(|named| &named.unit.symbols);
        let mut names = symbols.zip(ids).filter(|(_, other)| **other == id);
        let other = names.find(|(symbol, _)| symbol.name != self.entities[id].name);
        other.map(|(symbol, _)| symbol.name.as_str())
    }

    /// Every identifier inside a function that is left alone: its uses cannot be redirected.
    fn gated_names(&self) -> IndexSet<String> {
        let mut names = IndexSet::new();
        for named in &self.units {
            let gated = named.unit.functions.iter().filter(|f| f.gate.is_some());
            for text in gated.map(|function| function.span.of(&named.unit.text)) {
                let identifiers = lex::tokens(text)
                    .into_iter()
                    .filter(|token| token.kind == lex::Kind::Identifier);
                names.extend(identifiers.map(|token| token.of(text).to_owned()));
            }
        }
        names
    }

    /// By entity: the symbols of all units that stand for it, in order.
    fn symbols_of(&self) -> Vec<Vec<(usize, SymbolId)>> {
        let mut found = vec![Vec::new(); self.entities.len()];
        for (unit, ids) in self.symbols.iter().enumerate() {
            for (symbol, &id) in (0..).zip(ids) {
                found[id].push((unit, symbol));
            }
        }
        found
    }

    /// `symbols` are those of the entity.
    fn pin(
        &self,
        id: EntityId,
        symbols: &[(usize, SymbolId)],
        gated: &IndexSet<String>,
    ) -> Option<String> {
        let entity = &self.entities[id];
        let definition = entity.definition?;
        let unit = &self.units[definition.unit].unit;
        let symbol = &unit.symbols[definition.symbol as usize];
        for attribute in &symbol.attributes {
            match attribute.as_str() {
                "asm" => return Some("it has an asm label of its own".into()),
                "alias" | "ifunc" | "weakref" | "weak" | "naked" | "always_inline"
                | "gnu_inline" | "constructor" | "destructor" => {
                    return Some(format!("it has the attribute `{attribute}`"));
                }
                _ => {}
            }
        }
        if entity.kind == SymbolKind::Variable {
            let providers = self.providers(symbols);
            return (providers > 1).then(|| format!("{providers} units define it"));
        }
        if entity.name == "main" && entity.global {
            return Some("the C library calls it, once".into());
        }
        if let Some(function) = definition.function
            && let Some(gate) = &unit.functions[function as usize].gate
        {
            return Some(gate.message.clone());
        }
        if symbol.system {
            return Some("a system header declares it".into());
        }
        if gated.contains(&entity.name) {
            return Some("a function that is left alone names it".into());
        }
        // An asm label must stand on the first declaration in every unit that uses the function.
        for &(unit, symbol) in symbols {
            let unit = &self.units[unit];
            match unit.unit.symbols[symbol as usize].declarations.first() {
                None => {
                    return Some(format!("`{}` calls it without a declaration", unit.key));
                }
                Some(first) if first.in_block => {
                    return Some(format!("`{}` declares it inside a block", unit.key));
                }
                Some(first) if first.kind == DeclarationKind::Defines && first.defines_type => {
                    return Some("its definition defines a type".into());
                }
                Some(_) => {}
            }
        }
        None
    }

    fn providers(&self, symbols: &[(usize, SymbolId)]) -> usize {
        let provides = |&&(unit, symbol): &&(usize, SymbolId)| {
            let symbol = &self.units[unit].unit.symbols[symbol as usize];
            let mut kinds = symbol.declarations.iter().map(|d| d.kind);
            kinds.any(|kind| kind != DeclarationKind::Declares)
        };
        symbols.iter().filter(provides).count()
    }

    /// The function definition of an entity.
    pub fn function(&self, id: EntityId) -> Option<(usize, &Function)> {
        let definition = self.entities[id].definition?;
        let function = definition.function?;
        let unit = definition.unit;
        Some((unit, &self.units[unit].unit.functions[function as usize]))
    }

    /// The entity a unit's symbol belongs to.
    pub fn entity(&self, unit: usize, symbol: SymbolId) -> EntityId {
        self.symbols[unit][symbol as usize]
    }

    /// The entity of a function definition.
    pub fn entity_of(&self, unit: usize, function: FunctionId) -> EntityId {
        let symbol = self.units[unit].unit.functions[function as usize].symbol;
        self.entity(unit, symbol)
    }

    /// The declaration that defines an entity.
    pub fn defining_declaration(&self, id: EntityId) -> Option<&Declaration> {
        let definition = self.entities[id].definition?;
        let symbol = &self.units[definition.unit].unit.symbols[definition.symbol as usize];
        let declarations = &symbol.declarations;
        declarations
            .iter()
            .find(|d| d.kind == DeclarationKind::Defines)
            .or_else(|| {
                declarations
                    .iter()
                    .find(|d| d.kind == DeclarationKind::Tentative)
            })
    }

    /// All functions that recorded, transparent units define, in order.
    pub fn defined_functions(&self) -> impl Iterator<Item = EntityId> + '_ {
        (0..self.entities.len()).filter(|&id| {
            let entity = &self.entities[id];
            entity.kind == SymbolKind::Function && entity.definition.is_some()
        })
    }

    /// All variables that recorded, transparent units define, in order.
    pub fn defined_variables(&self) -> impl Iterator<Item = EntityId> + '_ {
        (0..self.entities.len()).filter(|&id| {
            let entity = &self.entities[id];
            entity.kind == SymbolKind::Variable && entity.definition.is_some()
        })
    }
}

/// What the attribute `alias` in a declaration names.
fn aliased(declaration: &str) -> Option<String> {
    let tokens = lex::tokens(declaration);
    let words: Vec<&str> = tokens.iter().map(|token| token.of(declaration)).collect();
    let mut found = words.windows(3).filter_map(|words| match words {
        ["alias" | "__alias__", "(", name] => name.strip_prefix('"')?.strip_suffix('"'),
        _ => None,
    });
    found.next().map(str::to_owned)
}

fn symbol_keys(named: &NamedUnit) -> Vec<String> {
    let mut seen: IndexMap<String, u32> = IndexMap::new();
    let unit = &named.unit;
    unit.symbols
        .iter()
        .map(|symbol| {
            let base = match symbol.linkage {
                Linkage::External => symbol.name.clone(),
                Linkage::Internal => format!("{}:{}", named.key, symbol.name),
                Linkage::Local(function) => {
                    let owner = unit.functions[function as usize].symbol;
                    let owner = &unit.symbols[owner as usize];
                    if owner.linkage == Linkage::External {
                        format!("{}:{}", owner.name, symbol.name)
                    } else {
                        format!("{}:{}:{}", named.key, owner.name, symbol.name)
                    }
                }
            };
            let count = seen.entry(base.clone()).or_default();
            *count += 1;
            if *count == 1 {
                base
            } else {
                format!("{base}#{count}")
            }
        })
        .collect()
}

/// Names units by their paths relative to the folder that all of them share; two objects made of
/// one source are told apart by `#2`, `#3`.
pub fn unit_keys(paths: &[String]) -> Vec<String> {
    let folders: Vec<Vec<&str>> = paths
        .iter()
        .map(|path| {
            let mut parts: Vec<&str> = path.split('/').collect();
            parts.pop();
            parts
        })
        .collect();
    let mut shared = folders.first().map_or(0, Vec::len);
    for folder in &folders {
        let same = folder
            .iter()
            .zip(&folders[0])
            .take_while(|(a, b)| a == b)
            .count();
        shared = shared.min(same);
    }
    let mut seen: IndexMap<String, u32> = IndexMap::new();
    paths
        .iter()
        .map(|path| {
            let parts: Vec<&str> = path.split('/').collect();
            let key = parts[shared..].join("/");
            let count = seen.entry(key.clone()).or_default();
            *count += 1;
            if *count == 1 {
                key
            } else {
                format!("{key}#{count}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::unit_keys;

    #[test]
    fn keys_are_relative_to_the_shared_folder() {
        let paths = ["/a/v1/src/x.c", "/a/v1/lib/y.c", "/a/v1/src/x.c"].map(String::from);
        assert_eq!(unit_keys(&paths), ["src/x.c", "lib/y.c", "src/x.c#2"]);
        assert_eq!(unit_keys(&["/a/only.c".to_owned()]), ["only.c"]);
    }
}
