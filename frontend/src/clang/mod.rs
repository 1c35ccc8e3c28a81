//! What the text means: libclang's answers as plain values, by byte offset into the original text.

mod flags;
mod library;
mod raw;
mod types;
mod visit;

use std::collections::HashMap;

use crate::facts::{Linkage, Span, TypeDef};
use crate::place::Places;

pub(crate) use flags::dialect;
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
    /// Parameters of function definitions and prototypes of the program, by the offset of the
    /// function's name.
    pub(crate) parameters: HashMap<u32, Vec<Parameter>>,
    /// Complete tagged types in order of text.
    pub(crate) typedefs: Vec<TypeDef>,
    /// Types of the fields of each of `typedefs`, in their order.
    pub(crate) fields: Vec<Vec<TypeId>>,
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
    /// An implicit conversion, or an expression that libclang has no other word for.
    Conversion,
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
    Local {
        /// Offset of its name.
        at: u32,
        /// It is declared `register`, so that it has no address.
        register: bool,
    },
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

/// One parameter of a function, in order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    /// Offset of its name.
    pub(crate) offset: u32,
    pub(crate) ty: Option<TypeId>,
}

/// What an object of a type is, as far as records and pointers go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Struct or union, by key.
    Record(String),
    /// Array of this type.
    Array(TypeId),
    /// Pointer to a struct or union, by key, or to an array of such.
    ToRecord(String),
    /// Pointer to `void`, to a character or to an integer.
    Untyped,
    /// Pointer to another object, of this type.
    Pointer(TypeId),
    /// Integer as wide as a pointer, or wider.
    Integer,
    /// A function, or a pointer to one.
    Function(Signature),
    #[default]
    Other,
}

/// What a function takes and returns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) parameters: Vec<TypeId>,
    pub(crate) result: Option<TypeId>,
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
    pub(crate) shape: Shape,
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

    /// The type of the expression of this extent, before any implicit conversion.
    pub(crate) fn own_type(&self, span: Span) -> Option<TypeId> {
        let nodes = self.at(span).iter();
        let expressions = nodes.filter(|node| {
            !matches!(
                node.kind,
                NodeKind::Declaration | NodeKind::Statement | NodeKind::TypeName
            )
        });
        let mut last = None;
        for node in expressions {
            last = node.ty;
            // Below an access to a member of an anonymous member is that to the latter.
            if node.kind != NodeKind::Conversion {
                break;
            }
        }
        last
    }

    /// Key of the record that pointers point to which are read through a pointer or array of a
    /// type.
    pub(crate) fn behind(&self, ty: TypeId) -> Option<&str> {
        let (Shape::Pointer(inner) | Shape::Array(inner)) = &self.types[ty as usize].shape else {
            return None;
        };
        match &self.types[*inner as usize].shape {
            Shape::ToRecord(key) => Some(key),
            _ => self.behind(*inner),
        }
    }

    /// Key of the struct or union that an object of a type is, or that its elements are.
    pub(crate) fn held(&self, ty: TypeId) -> Option<&str> {
        match &self.types[ty as usize].shape {
            Shape::Record(key) => Some(key),
            Shape::Array(element) => self.held(*element),
            _ => None,
        }
    }
}

/// Parses `text` (a masked copy, without the prelude) as it is compiled with `flags`.
pub(crate) struct Job<'a> {
    pub(crate) text: &'a str,
    pub(crate) flags: &'a [String],
    pub(crate) places: &'a Places,
}
