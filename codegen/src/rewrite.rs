//! Rewriting one unit: what becomes of each symbol, put into edits of the original text.
//!
//! The same few edits serve the base build and patches:
//! * an asm label on every declarator names a function's present implementation, so that its C
//!   name and the ELF symbol `f` are free for the entry;
//! * an **entry** declaration beside the first declaration, and its name in place of the
//!   function's wherever a call goes through a slot or an address is taken;
//! * an alias at the end of the unit for everything with a row in the address table;
//! * in a patch, what [`crate::shapes`] does to records, and definitions of what lives elsewhere become declarations of its row.

use std::fmt::Write;

use ginseng_analysis::state::Row;
use ginseng_analysis::transactions::{self, Transaction};
use ginseng_frontend::facts::{
    Declaration, DeclarationKind, Linkage, Loop, LoopKind, Role, Span, Symbol, SymbolId,
    SymbolKind, Target, Unit,
};
use ginseng_frontend::lex;

use crate::around;
use crate::checks;
use crate::edits::{Edits, only_lines};
use crate::paranoid::{self, Touches};
use crate::points::UnitPoints;
use crate::reentry::{self, Entered};
use crate::shapes::{self, UnitShapes};
use crate::windows::{self, Sites};

/// What becomes of one symbol of a unit.
#[derive(Clone, Debug, Default)]
pub(crate) struct SymbolPlan {
    /// Assembler name of the implementation or the storage, if not the C name.
    pub(crate) label: Option<String>,
    /// Assembler name of the entry, if uses of it are to be replaced.
    pub(crate) entry: Option<String>,
    /// Export the definition as this row.
    pub(crate) alias: Option<Row>,
    /// What becomes of its definition here.
    pub(crate) definition: Definition,
    /// The compiler keeps a function that nobody calls.
    pub(crate) used: bool,
}

/// What becomes of a definition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Definition {
    /// It stays.
    #[default]
    Stays,
    /// It becomes a declaration: code or storage are elsewhere.
    Elsewhere,
    /// The storage is elsewhere, but the definition stays under another name, as the image of the
    /// new initialiser, exported as this row.
    Image(Row),
}

/// What becomes of one unit.
pub(crate) struct UnitPlan {
    /// By symbol id.
    pub(crate) symbols: Vec<SymbolPlan>,
    /// By function id: calls by name go through slots.
    pub(crate) dispatches: Vec<bool>,
    /// Its update points.
    pub(crate) points: UnitPoints,
    /// Functions that may run on top of any other code: no check below them may lead to an update.
    pub(crate) interrupting: Vec<u32>,
    /// Records whose layout is not what the text says.
    pub(crate) shapes: Option<UnitShapes>,
    /// In a checking build, what the text says of what it uses.
    pub(crate) paranoid: Option<Touches>,
    /// Loops at which functions are entered by old activations.
    pub(crate) entered: Entered,
    /// The unit goes into a patch: aliases and file-scope `asm` are in the running program
    /// already, and what is elsewhere is found by the dynamic loader.
    pub(crate) in_patch: bool,
}

/// Counts one more level until the block is left.
const COUNTED: &str = " int __ginseng_nested __attribute__((cleanup(__ginseng_leave))) = \
     (ginseng_nesting++, 1);";

/// Keeps a definition, and a variable's value in memory.
const USED: &str = " __attribute__((used))";

/// The row's symbol name.
pub(crate) fn row_name(row: Row) -> String {
    format!("g.{row}")
}

/// Applies a plan.
pub(crate) fn rewrite(unit: &Unit, plan: &UnitPlan) -> String {
    let mut writer = Writer {
        unit,
        plan,
        sites: Sites::of(unit, &plan.points.windows),
        edits: Edits::default(),
        tail: String::new(),
        transactions: transactions::find(unit),
        referred: referred(unit),
    };
    for (id, symbol) in unit.symbols.iter().enumerate() {
        writer.symbol(id as SymbolId, symbol);
    }
    writer.references();
    writer.checks();
    writer.nesting();
    writer.transactions();
    if plan.in_patch {
        writer.attributes();
        writer.file_asm();
    }
    let versions = checks::checks(unit, plan.shapes.as_ref());
    writer.prelude(!versions.is_empty());
    if let Some(touches) = &plan.paranoid {
        touches.edit(&mut writer.edits);
    }
    // Comes last: what is put around an expression belongs inside what others put there.
    let mut around = versions;
    if let Some(shapes) = &plan.shapes {
        around.extend(shapes::edit(unit, shapes, &mut writer.edits));
    }
    around::edit(around, &mut writer.edits);
    reentry::edit(unit, &plan.entered, &mut writer.edits);
    let mut text = writer.edits.apply(&unit.text);
    if !writer.tail.is_empty() {
        text.push('\n');
        text.push_str(&writer.tail);
    }
    text
}

struct Writer<'a> {
    unit: &'a Unit,
    plan: &'a UnitPlan,
    sites: Sites,
    edits: Edits,
    tail: String,
    transactions: Vec<Transaction>,
    /// By symbol id: code of this unit names it.
    referred: Vec<bool>,
}

impl Writer<'_> {
    fn symbol(&mut self, id: SymbolId, symbol: &Symbol) {
        let plan = &self.plan.symbols[id as usize];
        let Some(first) = symbol.declarations.first() else {
            return;
        };
        // A function that is only declared stays so: the text is then the same in all programs that have the
        // unit, and compiled once.
        let declares = |d: &Declaration| d.kind == DeclarationKind::Declares;
        if plan.entry.is_some()
            && !self.referred[id as usize]
            && symbol.declarations.iter().all(declares)
        {
            return;
        }
        match symbol.kind {
            SymbolKind::Function => {
                self.function(symbol, plan, first);
                if let Some(windows) = self.sites.functions.get(&id)
                    && let Some((at, text)) = windows::declarations(self.unit, symbol, windows)
                {
                    self.edits.insert(at, text);
                }
            }
            SymbolKind::Variable => {
                for declaration in &symbol.declarations {
                    self.variable(id, symbol, plan, declaration);
                }
            }
        }
        if let Some(row) = plan.alias {
            let target = plan.label.as_deref().unwrap_or(&symbol.name);
            self.export(symbol, row, target, &symbol.name);
        }
    }

    fn function(&mut self, symbol: &Symbol, plan: &SymbolPlan, first: &Declaration) {
        let elsewhere = plan.definition == Definition::Elsewhere;
        let used = if plan.used { USED } else { "" };
        let label = plan
            .label
            .as_ref()
            .map(|label| format!(" __asm__(\"{label}\"){used}"));
        let entry = plan.entry.as_ref().map(|entry| {
            let name = entry_name(&symbol.name);
            format!(
                " extern __typeof__({}) {name} __asm__(\"{entry}\");",
                symbol.name
            )
        });
        if first.kind == DeclarationKind::Defines && !elsewhere {
            // A definition takes no asm label: a prototype in front of it does.
            if label.is_some() || entry.is_some() {
                let prototype = self.prototype(first, label.as_deref().unwrap_or_default());
                let entry = entry.as_deref().unwrap_or_default();
                self.edits
                    .insert(first.span.start, format!("{prototype};{entry} "));
            }
        } else if let Some(entry) = entry {
            self.edits.insert(first.span.end, entry);
        }
        for declaration in &symbol.declarations {
            if elsewhere {
                self.make_extern(declaration, false);
            }
            match declaration.kind {
                DeclarationKind::Defines if elsewhere => {
                    self.cut_body(declaration, label.as_deref().unwrap_or_default());
                }
                DeclarationKind::Defines => {}
                _ => {
                    if let Some(label) = &label {
                        self.edits.insert(declaration.declarator.end, label.clone());
                    }
                }
            }
        }
    }

    /// The head of a definition as a declaration.
    fn prototype(&self, definition: &Declaration, label: &str) -> String {
        let text = &self.unit.text;
        let specifiers = flat(definition.specifiers.of(text));
        let declarator = definition.declarator;
        let declarator = match definition.parameters {
            Some(parameters) if definition.old_style => {
                let before = Span {
                    start: declarator.start,
                    end: parameters.start,
                };
                let behind = Span {
                    start: parameters.end,
                    end: declarator.end,
                };
                format!("{}(){}", before.of(text), behind.of(text))
            }
            _ => declarator.of(text).to_owned(),
        };
        format!("{specifiers} {}{label}", flat(&declarator))
    }

    /// `f(int x) {...}` becomes `f(int x) __asm__("row");`.
    fn cut_body(&mut self, definition: &Declaration, label: &str) {
        if definition.old_style
            && let Some(parameters) = definition.parameters
        {
            self.edits.replace(parameters, "()");
        }
        let cut = Span {
            start: definition.declarator.end,
            end: definition.span.end,
        };
        let lines = only_lines(cut.of(&self.unit.text));
        self.edits.replace(cut, format!("{label};{lines}"));
    }

    /// Makes a declaration one of external linkage. `add` writes the keyword where there is none.
    fn make_extern(&mut self, declaration: &Declaration, add: bool) {
        match declaration.storage {
            Some(storage) => self.edits.replace(storage, "extern"),
            // Once for all declarators of the declaration.
            None if add && declaration.position.0 == 0 => {
                self.edits.insert(declaration.specifiers.start, "extern ");
            }
            None => {}
        }
        if declaration.position.0 == 0 {
            for inline in &declaration.inlines {
                self.edits.replace(*inline, "");
            }
        }
    }

    fn variable(
        &mut self,
        id: SymbolId,
        symbol: &Symbol,
        plan: &SymbolPlan,
        declaration: &Declaration,
    ) {
        let label = plan
            .label
            .as_ref()
            .map(|label| format!(" __asm__(\"{label}\")"));
        let defines = declaration.kind != DeclarationKind::Declares;
        if !defines || plan.definition == Definition::Stays {
            if let Some(label) = label {
                // Code of a patch may use it, which the compiler cannot see for a static local.
                let used = if plan.alias.is_some() { USED } else { "" };
                self.edits.insert(declaration.declarator.end, label + used);
            }
            return;
        }
        let label = label.unwrap_or_default();
        let name = self.use_name(id, symbol);
        let alone = self.all_elsewhere(declaration);
        if plan.definition == Definition::Elsewhere && alone {
            self.make_extern(declaration, true);
            if name != symbol.name {
                self.edits.replace(declaration.name, name);
            }
            if let (Some(bracket), Some(length)) = (declaration.open_bracket, symbol.array_len) {
                self.edits.replace(bracket, format!("[{length}]"));
            }
            self.edits.insert(declaration.declarator.end, label);
            if let Some(assigned) = declaration.assigned {
                let lines = only_lines(assigned.of(&self.unit.text));
                self.edits.replace(assigned, lines);
            }
            return;
        }
        // The definition stays under another name; the variable itself is declared beside it, in
        // front too, for initialisers that name the variable they belong to.
        let image = image_name(id, symbol);
        if !declaration.defines_type && !declaration.in_block {
            let text = &self.unit.text;
            let specifiers = without(text, declaration.specifiers, declaration.storage);
            let declarator = flat(declaration.declarator.of(text));
            self.edits.insert(
                declaration.span.start,
                format!("extern {specifiers} {declarator}{label}; "),
            );
        }
        self.edits.replace(declaration.name, image.clone());
        if plan.definition == Definition::Elsewhere {
            // Nobody asks for its value; it only stands between others.
            if let (Some(bracket), Some(length)) = (declaration.open_bracket, symbol.array_len) {
                self.edits.replace(bracket, format!("[{length}]"));
            }
            if let Some(assigned) = declaration.assigned {
                let lines = only_lines(assigned.of(&self.unit.text));
                self.edits.replace(assigned, lines);
            }
        }
        if matches!(symbol.linkage, Linkage::Local(_)) {
            self.edits.insert(
                declaration.declarator.end,
                format!(" __asm__(\"{image}\"){USED}"),
            );
        }
        let thread = if symbol.thread_local { "__thread " } else { "" };
        self.edits.insert(
            declaration.span.end,
            format!(" extern {thread}__typeof__({image}) {name}{label};"),
        );
        if let Definition::Image(row) = plan.definition {
            self.export(symbol, row, &image, &image);
        }
    }

    /// Whether all declarators of a declaration are of variables that live elsewhere.
    fn all_elsewhere(&self, declaration: &Declaration) -> bool {
        let (_, count) = declaration.position;
        let elsewhere = self
            .unit
            .symbols
            .iter()
            .zip(&self.plan.symbols)
            .filter(|(_, plan)| plan.definition == Definition::Elsewhere)
            .flat_map(|(symbol, _)| &symbol.declarations)
            .filter(|other| other.span == declaration.span)
            .count();
        count == 1 || elsewhere == count as usize
    }

    /// The name that stands for a variable in code.
    fn use_name(&self, id: SymbolId, symbol: &Symbol) -> String {
        let elsewhere = self.plan.symbols[id as usize].definition != Definition::Stays;
        match symbol.linkage {
            Linkage::Local(_) if elsewhere => format!("__ginseng_local_{id}_{}", symbol.name),
            _ => symbol.name.clone(),
        }
    }

    /// Declares `g.ROW` an alias of the assembler name `target`.
    fn export(&mut self, symbol: &Symbol, row: Row, target: &str, name: &str) {
        let row_name = row_name(row);
        let _ = if matches!(symbol.linkage, Linkage::Local(_)) {
            // The compiler does not take a static local for the target of an alias; the assembler
            // does.
            let ty = if symbol.thread_local {
                "tls_object"
            } else {
                "object"
            };
            writeln!(
                self.tail,
                "__asm__(\".globl {row_name}\\n\\t.type {row_name}, %{ty}\\n\\t\
                 .set {row_name}, {target}\");",
            )
        } else {
            let thread = if symbol.thread_local { "__thread " } else { "" };
            writeln!(
                self.tail,
                "extern {thread}__typeof__({name}) __ginseng_row_{row} __asm__(\"{row_name}\") \
                 __attribute__((alias(\"{target}\"), visibility(\"default\")));",
            )
        };
    }

    fn references(&mut self) {
        for reference in &self.unit.references {
            let Target::Symbol(id) = reference.target else {
                continue;
            };
            let symbol = &self.unit.symbols[id as usize];
            let plan = &self.plan.symbols[id as usize];
            let window = self.sites.names.get(&reference.span.start);
            let replacement = match symbol.kind {
                SymbolKind::Function if window.is_some() => window.map(|id| windows::name(*id)),
                SymbolKind::Function => {
                    let through = match reference.role {
                        Role::Callee => reference
                            .function
                            .is_some_and(|f| self.plan.dispatches[f as usize]),
                        Role::Address => true,
                        Role::Use | Role::Unevaluated => false,
                    };
                    (through && plan.entry.is_some()).then(|| entry_name(&symbol.name))
                }
                SymbolKind::Variable => {
                    let name = self.use_name(id, symbol);
                    (name != symbol.name).then_some(name)
                }
            };
            let touched = self.plan.paranoid.as_ref().and_then(|touches| {
                let name = replacement.as_deref().unwrap_or(&symbol.name);
                touches.named(reference.span.start, symbol.kind, name)
            });
            if let Some(replacement) = touched.or(replacement) {
                self.edits.replace(reference.span, replacement);
            }
        }
    }

    fn checks(&mut self) {
        for &(index, point) in &self.plan.points.loops {
            let this = &self.unit.loops[index as usize];
            let check = reentry::check(self.unit, &self.plan.entered, index, point);
            self.check_loop(this, &check.unwrap_or_else(|| self::check(point)));
        }
        if self.plan.entered.by_itself {
            for entry in &self.plan.entered.list {
                let this = &self.unit.loops[entry.loop_id as usize];
                let text = reentry::turn(self.unit, &self.plan.entered, entry);
                self.check_loop(this, &text.unwrap_or_default());
            }
        }
        for &(span, point) in &self.plan.points.markers {
            let text = point.map_or_else(|| "((void)0)".to_owned(), check);
            self.edits.replace(span, text);
        }
    }

    /// The check comes before each evaluation of the controlling expression; in `do`, before the
    /// body.
    fn check_loop(&mut self, this: &Loop, check: &str) {
        match (this.kind, this.condition) {
            (LoopKind::Do, _) => {
                self.edits.insert(this.body.start, format!("{{ {check}; "));
                self.edits.insert(this.body.end, " }");
            }
            (_, Some(condition)) => {
                self.edits.insert(condition.start, format!("({check}, ("));
                self.edits.insert(condition.end, "))");
            }
            (_, None) => self
                .edits
                .insert(this.condition_at, format!("({check}, 1)")),
        }
    }

    /// Counts how deep the program is inside code that interrupts other code.
    fn nesting(&mut self) {
        for &function in &self.plan.interrupting {
            let body = self.unit.functions[function as usize].body;
            self.edits.insert(body.start + 1, COUNTED);
        }
    }

    /// Blocks that must run in one version count as code that interrupts does.
    fn transactions(&mut self) {
        for found in &self.transactions {
            self.edits.replace(found.call, "1");
            if let Some(block) = found.block {
                self.edits.insert(block.start + 1, COUNTED);
            }
        }
    }

    /// Blanks the attributes that make a declaration define an alias, and those that would keep
    /// a row from being found in another module.
    fn attributes(&mut self) {
        for (symbol, plan) in self.unit.symbols.iter().zip(&self.plan.symbols) {
            let is_alias = |name: &String| name == "alias" || name == "ifunc";
            if symbol.attributes.iter().any(is_alias) {
                self.drop_attributes(symbol, &["alias", "__alias__", "ifunc", "__ifunc__"]);
            }
            if plan.definition != Definition::Stays {
                self.drop_attributes(symbol, &["visibility", "__visibility__"]);
            }
        }
    }

    /// Blanks the attribute lists in a symbol's declarations that have one of these names.
    fn drop_attributes(&mut self, symbol: &Symbol, names: &[&str]) {
        let text = &self.unit.text;
        for declaration in &symbol.declarations {
            let span = match declaration.kind {
                // Not what stands in a body.
                DeclarationKind::Defines if symbol.kind == SymbolKind::Function => Span {
                    start: declaration.span.start,
                    end: declaration.declarator.end,
                },
                _ => declaration.span,
            };
            let tokens = lex::tokens(span.of(text));
            let words: Vec<&str> = tokens.iter().map(|token| token.of(span.of(text))).collect();
            for (index, word) in words.iter().enumerate() {
                if !matches!(*word, "__attribute__" | "__attribute") {
                    continue;
                }
                let close = index + 1 + closing(&words[index + 1..]);
                if words[index..close].iter().any(|word| names.contains(word)) {
                    let cut = Span {
                        start: span.start + tokens[index].span.start,
                        end: span.start + tokens[close].span.end,
                    };
                    let lines = only_lines(cut.of(text));
                    self.edits.replace(cut, lines);
                }
            }
        }
    }

    /// Blanks file-scope `asm (...)` declarations.
    fn file_asm(&mut self) {
        let text = &self.unit.text;
        let mut depth = 0i32;
        let mut fresh = true;
        let mut open: Option<u32> = None;
        for token in lex::tokens(text) {
            if token.kind == lex::Kind::Directive {
                continue;
            }
            let word = token.of(text);
            if depth == 0 && fresh && matches!(word, "asm" | "__asm__" | "__asm") {
                open = Some(token.span.start);
            }
            fresh = false;
            match word {
                "{" | "(" => depth += 1,
                "}" | ")" => {
                    depth -= 1;
                    fresh = depth == 0 && word == "}";
                }
                ";" if depth == 0 => {
                    fresh = true;
                    if let Some(start) = open.take() {
                        let cut = Span {
                            start,
                            end: token.span.end,
                        };
                        let lines = only_lines(cut.of(text));
                        self.edits.replace(cut, lines);
                    }
                }
                _ => {}
            }
        }
    }

    /// Declares what checks need, behind the first linemarker, which names the main file. `versions`: there
    /// are checks of objects' versions.
    fn prelude(&mut self, versions: bool) {
        let points = &self.plan.points;
        let checks = !points.loops.is_empty()
            || !self.plan.entered.list.is_empty()
            || points.markers.iter().any(|(_, point)| point.is_some());
        let mut declarations = String::new();
        if checks {
            declarations += reentry::DECLARATIONS;
            if self.plan.entered.by_itself {
                declarations += "static unsigned __ginseng_turns; ";
            }
        }
        let counts = !self.plan.interrupting.is_empty() || !self.transactions.is_empty();
        if checks || counts {
            declarations += reentry::NESTING;
        }
        if counts {
            declarations += "static __inline__ void __ginseng_leave(int *one) \
                             { ginseng_nesting -= *one; }";
        }
        if self.plan.paranoid.is_some() {
            declarations += paranoid::DECLARATIONS;
        }
        if versions {
            declarations += checks::DECLARATIONS;
        }
        if let Some(shapes) = &self.plan.shapes {
            declarations += " ";
            declarations += &shapes::prelude(shapes);
        }
        if !declarations.is_empty() {
            let text = &self.unit.text;
            let at = match text.find('\n') {
                Some(end) if text.starts_with('#') => end + 1,
                _ => 0,
            };
            self.edits
                .insert(at as u32, format!("{}\n", declarations.trim_end()));
        }
    }
}

/// By symbol id: whether the unit's code names it.
fn referred(unit: &Unit) -> Vec<bool> {
    let mut referred = vec![false; unit.symbols.len()];
    for reference in &unit.references {
        if let Target::Symbol(id) = reference.target {
            referred[id as usize] = true;
        }
    }
    referred
}

/// The update check: one relaxed load and a branch that is hardly ever taken.
fn check(point: u32) -> String {
    let waiting = reentry::WAITING;
    format!("({waiting} ? (void)ginseng_update({point}u) : (void)0)")
}

fn entry_name(name: &str) -> String {
    format!("__ginseng_entry_{name}")
}

fn image_name(id: SymbolId, symbol: &Symbol) -> String {
    format!("__ginseng_image_{id}_{}", symbol.name)
}

/// Position of the parenthesis that closes the one at the start.
fn closing(words: &[&str]) -> usize {
    let mut depth = 0;
    for (index, word) in words.iter().enumerate() {
        match *word {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return index;
        }
    }
    words.len() - 1
}

/// Text on one line, without linemarkers.
pub(crate) fn flat(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let words: Vec<&str> = lines.map(str::trim).collect();
    words.join(" ")
}

/// `span` of `text` without the part `cut`, on one line.
fn without(text: &str, span: Span, cut: Option<Span>) -> String {
    match cut {
        Some(cut) if span.contains(cut) => {
            let before = Span {
                start: span.start,
                end: cut.start,
            };
            let behind = Span {
                start: cut.end,
                end: span.end,
            };
            format!("{} {}", flat(before.of(text)), flat(behind.of(text)))
        }
        _ => flat(span.of(text)),
    }
}
