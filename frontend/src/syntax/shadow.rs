//! Parameters named like a typedef.
//!
//! lang-c drops the scope of the parameters before it reads the body, so that such a name is a
//! type there, and `(T) + 1` a cast. The names are replaced by others of the same length.

use std::collections::{BTreeSet, HashMap, HashSet};

use lang_c::ast::{
    Declaration, DeclarationSpecifier, Declarator, DeclaratorKind, DerivedDeclarator,
    FunctionDefinition, StorageClassSpecifier, TranslationUnit,
};
use lang_c::span::{Node, Span as Range};
use lang_c::visit::{self, Visit};

use super::{name_of, plain};
use crate::facts::Span;
use crate::lex::{Kind, Token};

/// A parameter that hides a typedef.
pub(super) struct Clash {
    /// Its name.
    parameter: Span,
    /// Where it hides it.
    body: Span,
}

/// The clashes that can be seen without a tree. Names that are no typedefs may be among them.
pub(super) fn by_tokens(text: &str, tokens: &[Token]) -> Vec<Clash> {
    let mut typedefs = HashSet::new();
    let mut clashes = Vec::new();
    let mut depth = 0_u32;
    // How deep the declaration of a typedef is that is being read.
    let mut typedef = None;
    // The last brackets at file scope and what stands behind them, and the parameters of the body that is
    // open.
    let (mut open, mut close) = (0, None);
    let mut parameters: Vec<Span> = Vec::new();
    let mut start = 0;
    let closes = |index: usize| tokens.get(index).is_some_and(|token| token.of(text) == ")");
    for (index, token) in tokens.iter().enumerate() {
        match token.of(text) {
            "typedef" => typedef = Some(depth),
            ";" if typedef.is_some_and(|level| depth <= level) => typedef = None,
            word @ ("(" | "[" | "{") => {
                if depth == 0 && word == "(" {
                    open = index;
                } else if depth == 0 && word == "{" && close == Some(index) {
                    start = token.span.start;
                    parameters = names_between(text, &tokens[open..index]);
                    parameters.retain(|name| typedefs.contains(name.of(text)));
                }
                depth += 1;
            }
            word @ (")" | "]" | "}") => {
                depth = depth.saturating_sub(1);
                if depth == 0 && word == ")" {
                    close = Some(index + 1);
                } else if depth == 0 && word == "}" {
                    let body = Span {
                        start,
                        end: token.span.end,
                    };
                    let hidden = parameters.drain(..);
                    clashes.extend(hidden.map(|parameter| Clash { parameter, body }));
                }
            }
            word if token.kind == Kind::Identifier => {
                // `T`, or `(*T)(int)`.
                let pointer = index > 0 && tokens[index - 1].of(text) == "*";
                let level = depth - u32::from(depth > 0 && pointer && closes(index + 1));
                if typedef == Some(depth) || typedef == Some(level) {
                    typedefs.insert(word);
                }
            }
            _ => {}
        }
    }
    clashes
}

/// The last identifiers of the parameters in a bracketed list.
fn names_between(text: &str, list: &[Token]) -> Vec<Span> {
    let mut depth = 0_i32;
    let mut found = Vec::new();
    for window in list.windows(3) {
        match window[0].of(text) {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        let [before, name, behind] = [window[0], window[1], window[2]];
        let typed = before.kind == Kind::Identifier || before.of(text) == "*";
        let last = matches!(behind.of(text), "," | ")" | "[");
        if depth == 1 && typed && last && name.kind == Kind::Identifier {
            found.push(name.span);
        }
    }
    found
}

/// All clashes, as the tree shows them.
pub(super) fn by_tree(text: &str, tree: &TranslationUnit) -> Vec<Clash> {
    let mut names = Names::default();
    names.visit_translation_unit(tree);
    let mut clashes = names.parameters;
    clashes.retain(|clash| names.typedefs.contains(clash.parameter.of(text)));
    clashes
}

/// The text without clashes; none if there are none, or no name is left.
pub(super) fn rename(text: &str, tokens: &[Token], clashes: &[Clash]) -> Option<String> {
    if clashes.is_empty() {
        return None;
    }
    let identifiers = tokens.iter().filter(|token| token.kind == Kind::Identifier);
    let mut words: HashSet<String> = identifiers.map(|t| t.of(text).to_owned()).collect();
    let mut renamed = text.as_bytes().to_vec();
    // One new name for all parameters of a name.
    let mut chosen: HashMap<&str, String> = HashMap::new();
    for Clash { parameter, body } in clashes {
        let name = parameter.of(text);
        if !chosen.contains_key(name) {
            let fresh = fresh(name, &words)?;
            words.insert(fresh.clone());
            chosen.insert(name, fresh);
        }
        let fresh = &chosen[name];
        let from = tokens.partition_point(|token| token.span.start < body.start);
        let inside = tokens[from..]
            .iter()
            .take_while(|token| token.span.start < body.end);
        let uses = inside
            .filter(|token| token.of(text) == name)
            .map(|token| token.span.start);
        for at in uses.chain([parameter.start]) {
            renamed[at as usize..at as usize + fresh.len()].copy_from_slice(fresh.as_bytes());
        }
    }
    Some(String::from_utf8(renamed).expect("names of one length are exchanged"))
}

/// A word as long as `name` that is not among `words`.
fn fresh(name: &str, words: &HashSet<String>) -> Option<String> {
    let letters = || ('A'..='Z').chain('a'..='z').chain(['_']);
    let one = letters().map(|letter| format!("{letter}{}", &name[1..]));
    let two = letters().flat_map(|first| {
        letters().map(move |second| match name.len() {
            1 => name.to_owned(),
            _ => format!("{first}{second}{}", &name[2..]),
        })
    });
    one.chain(two)
        .find(|word| !words.contains(word) && word != name)
}

/// Typedef names, and the parameter names of each function definition.
#[derive(Default)]
struct Names {
    typedefs: BTreeSet<String>,
    /// Every parameter, whether it clashes or not.
    parameters: Vec<Clash>,
}

impl<'ast> Visit<'ast> for Names {
    fn visit_declaration(&mut self, declaration: &'ast Declaration, span: &'ast Range) {
        let is_typedef = |specifier: &Node<DeclarationSpecifier>| match &specifier.node {
            DeclarationSpecifier::StorageClass(s) => s.node == StorageClassSpecifier::Typedef,
            _ => false,
        };
        if declaration.specifiers.iter().any(is_typedef) {
            for init in &declaration.declarators {
                if let Some(name) = name_of(&init.node.declarator.node) {
                    self.typedefs.insert(name.node.name.clone());
                }
            }
        }
        visit::visit_declaration(self, declaration, span);
    }

    fn visit_function_definition(
        &mut self,
        definition: &'ast FunctionDefinition,
        span: &'ast Range,
    ) {
        let mut names = Vec::new();
        for derived in derived_all(&definition.declarator.node) {
            if let DerivedDeclarator::Function(function) = &derived.node {
                let declarators = function.node.parameters.iter();
                let declarators = declarators.filter_map(|p| p.node.declarator.as_ref());
                names.extend(
                    declarators
                        .filter_map(|d| name_of(&d.node))
                        .map(|n| plain(n.span)),
                );
            }
        }
        let body = plain(definition.statement.span);
        let names = names.into_iter();
        self.parameters
            .extend(names.map(|parameter| Clash { parameter, body }));
        visit::visit_function_definition(self, definition, span);
    }
}

/// The derivations of all levels of a declarator.
fn derived_all(declarator: &Declarator) -> Vec<&Node<DerivedDeclarator>> {
    let mut all: Vec<_> = declarator.derived.iter().collect();
    if let DeclaratorKind::Declarator(inner) = &declarator.kind.node {
        all.extend(derived_all(&inner.node));
    }
    all
}
