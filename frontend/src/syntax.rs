//! lang-c's tree of the masked text.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use lang_c::ast::{
    Declaration, DeclarationSpecifier, Declarator, DeclaratorKind, DerivedDeclarator,
    FunctionDefinition, StorageClassSpecifier, TranslationUnit,
};
use lang_c::driver::{Config, Flavor, parse_preprocessed};
use lang_c::span::{Node, Span as Range};
use lang_c::visit::{self, Visit};

use crate::facts::Span;
use crate::lex::{Kind, Token};

/// Stack for the recursive parser and the recursive walks: long `else if` chains are deep.
pub(crate) const STACK: usize = 64 << 20;

/// The offset at which lang-c cannot go on.
pub(crate) struct Unexpected(pub(crate) u32);

/// Parses the masked copy. Needs [`STACK`].
pub(crate) fn parse(masked: String, tokens: &[Token]) -> Result<TranslationUnit, Unexpected> {
    let (source, tree) = parse_once(masked)?;
    match shadowing(&source, &tree, tokens) {
        Some(renamed) => Ok(parse_once(renamed)?.1),
        None => Ok(tree),
    }
}

fn parse_once(masked: String) -> Result<(String, TranslationUnit), Unexpected> {
    let config = Config {
        cpp_command: String::new(),
        cpp_options: Vec::new(),
        flavor: Flavor::GnuC11,
    };
    let parse = parse_preprocessed(&config, masked);
    let parse = parse.map_err(|error| Unexpected(error.offset as u32))?;
    Ok((parse.source, parse.unit))
}

/// lang-c drops the scope of the parameters before it reads the body, so a parameter named like a
/// typedef is a type there. The text with such names replaced by others of the same length, if
/// there are any.
fn shadowing(text: &str, tree: &TranslationUnit, tokens: &[Token]) -> Option<String> {
    let mut names = Names::default();
    names.visit_translation_unit(tree);
    if names.parameters.is_empty() {
        return None;
    }
    let mut words = None;
    let mut renamed = text.as_bytes().to_vec();
    let mut any = false;
    for (body, parameters) in &names.parameters {
        let clashing: BTreeMap<&str, u32> = parameters
            .iter()
            .map(|span| (span.of(text), span.start))
            .filter(|(name, _)| names.typedefs.contains(*name))
            .collect();
        for (name, start) in clashing {
            let words = words.get_or_insert_with(|| identifiers(text, tokens));
            let fresh = fresh(name, words)?;
            any = true;
            let from = tokens.partition_point(|token| token.span.start < body.start);
            let uses = tokens[from..]
                .iter()
                .take_while(|token| token.span.start < body.end);
            let uses = uses
                .filter(|token| token.of(text) == name)
                .map(|token| token.span.start);
            for at in uses.chain([start]) {
                renamed[at as usize..at as usize + fresh.len()].copy_from_slice(fresh.as_bytes());
            }
            words.insert(fresh);
        }
    }
    any.then(|| String::from_utf8(renamed).expect("names of one length are exchanged"))
}

fn identifiers(text: &str, tokens: &[Token]) -> HashSet<String> {
    let words = tokens.iter().filter(|token| token.kind == Kind::Identifier);
    words.map(|token| token.of(text).to_owned()).collect()
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
    /// Body, and the spans of the parameters' names.
    parameters: Vec<(Span, Vec<Span>)>,
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
        for declaration in &definition.declarations {
            let declarators = declaration.node.declarators.iter();
            let found = declarators.filter_map(|d| name_of(&d.node.declarator.node));
            names.extend(found.map(|n| plain(n.span)));
        }
        if !names.is_empty() {
            self.parameters
                .push((plain(definition.statement.span), names));
        }
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

/// The name that a declarator declares.
pub(crate) fn name_of(declarator: &Declarator) -> Option<&Node<lang_c::ast::Identifier>> {
    match &declarator.kind.node {
        DeclaratorKind::Abstract => None,
        DeclaratorKind::Identifier(name) => Some(name),
        DeclaratorKind::Declarator(inner) => name_of(&inner.node),
    }
}

/// lang-c's span as it is: the start is exact, the end may lie behind blanks and linemarkers.
pub(crate) fn plain(range: Range) -> Span {
    Span {
        start: range.start as u32,
        end: range.end as u32,
    }
}

/// Cuts what lang-c's spans have behind their last token.
pub(crate) struct Trim<'a>(pub(crate) &'a [Token]);

impl Trim<'_> {
    /// The exact span.
    pub(crate) fn span(&self, range: Range) -> Span {
        let Span { start, end } = plain(range);
        let behind = self.0.partition_point(|token| token.span.start < end);
        let last = self.0[..behind]
            .last()
            .map_or(start, |token| token.span.end);
        Span {
            start,
            end: last.max(start),
        }
    }
}
