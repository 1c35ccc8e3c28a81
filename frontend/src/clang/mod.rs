//! What the text means: libclang's answers as plain values, by byte offset into the original text.

mod flags;
mod library;
mod raw;
mod types;
mod visit;

use std::collections::HashMap;

use crate::facts::{Linkage, Span, TypeDef};
use crate::place::Places;

pub(crate) use flags::is_c23;
pub(crate) use library::{load, locate};
pub(crate) use visit::read;

/// Index into [`Meaning::types`].
pub(crate) type TypeId = u32;

/// Everything the join asks for.
#[derive(Default)]
pub(crate) struct Meaning {
    /// Expressions, statements, type references and declarations outside system headers, sorted
    /// by start and end; those of the same extent from the outside in.
    pub(crate) nodes: Vec<Node>,
    /// All canonical types that occur.
    pub(crate) types: Vec<Type>,
    /// What names refer to.
    pub(crate) referents: Vec<Referent>,
    /// Functions and variables by the offset of each declaration's name.
    pub(crate) declarations: HashMap<u32, Declared>,
    /// Complete tagged types in order of text.
    pub(crate) typedefs: Vec<TypeDef>,
    /// Errors that gcc's own headers do not explain, in order.
    pub(crate) errors: Vec<Rejection>,
}

/// An error of a parser.
#[derive(Clone, Debug)]
pub(crate) struct Rejection {
    pub(crate) message: String,
    pub(crate) offset: u32,
    /// Nothing behind it was read.
    pub(crate) fatal: bool,
}

/// What kind of node it is, as far as anybody asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NodeKind {
    Call,
    Member,
    Cast,
    Loop,
    /// The name of a variable, function or enumerator in use.
    Name,
    /// A type's name in use.
    TypeName,
    /// Any other expression.
    Expression,
    Declaration,
    Statement,
}

/// One node of libclang's tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) kind: NodeKind,
    pub(crate) ty: Option<TypeId>,
    /// Index into [`Meaning::referents`], for names.
    pub(crate) refers: Option<u32>,
}

/// A declaration as names refer to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Referent {
    Function(String),
    /// With linkage.
    Variable(String),
    /// `static` in a block, by the offset of its name.
    StaticLocal(u32),
    Enumerator(String, i128),
    /// Parameter or automatic variable.
    Local,
}

/// One declaration of a function or variable.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    pub(crate) is_function: bool,
    /// None for automatic variables. (`Local` has no function yet: 0.)
    pub(crate) linkage: Option<Linkage>,
    pub(crate) thread_local: bool,
    pub(crate) ty: Option<TypeId>,
}

/// A canonical type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Type {
    /// Position-blind, typedefs resolved.
    pub(crate) spelling: String,
    /// Keys of the tagged types it has or points to.
    pub(crate) keys: Vec<String>,
    /// Key of the tagged type that it is, points to or is an array of.
    pub(crate) record: Option<String>,
    /// Spelling of the function type that it is or points to.
    pub(crate) function: Option<String>,
    pub(crate) constant: bool,
    pub(crate) size: u64,
    pub(crate) array_len: Option<u64>,
}

impl Meaning {
    /// The nodes of exactly this extent, from the outside in.
    pub(crate) fn at(&self, span: Span) -> &[Node] {
        let start = self.nodes.partition_point(|node| node.span < span);
        let length = self.nodes[start..].partition_point(|node| node.span == span);
        &self.nodes[start..start + length]
    }

    /// The nodes that start in `span`, in order.
    pub(crate) fn within(&self, span: Span) -> &[Node] {
        let start = self
            .nodes
            .partition_point(|node| node.span.start < span.start);
        let end = self
            .nodes
            .partition_point(|node| node.span.start < span.end);
        &self.nodes[start..end]
    }

    /// The outermost node of this extent and kind.
    pub(crate) fn find(&self, span: Span, kind: NodeKind) -> Option<&Node> {
        self.at(span).iter().find(|node| node.kind == kind)
    }

    /// The type of the expression of this extent, implicit conversions included.
    pub(crate) fn type_of(&self, span: Span) -> Option<&Type> {
        let typed = |node: &&Node| {
            !matches!(
                node.kind,
                NodeKind::Declaration | NodeKind::Statement | NodeKind::TypeName
            )
        };
        let node = self.at(span).iter().filter(typed).find_map(|node| node.ty);
        node.map(|id| &self.types[id as usize])
    }
}

/// Parses `text` (a masked copy, without the prelude) as it is compiled with `flags`.
pub(crate) struct Job<'a> {
    pub(crate) text: &'a str,
    pub(crate) flags: &'a [String],
    pub(crate) places: &'a Places,
}
