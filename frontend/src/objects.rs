//! Facts about objects as wholes: where they are made, copied and measured, and where pointers to
//! them go. Part of the [`Unit`](crate::facts::Unit), with the same rules for spans.

use serde::{Deserialize, Serialize};

use crate::facts::{FunctionId, Loc, Span, SymbolId};

/// One automatic object, or one use of a record as a whole, in a program function.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Object {
    /// What is done.
    pub kind: ObjectKind,
    /// The declarator, expression or call.
    pub span: Span,
    /// Key of the struct or union type; of the innermost element for an array.
    pub type_key: String,
    /// Canonical type spelling: the key itself, or an array of it.
    pub ty: String,
    /// The function it stands in.
    pub function: FunctionId,
    /// The user's place.
    pub loc: Loc,
}

/// What is done with an object of record type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ObjectKind {
    /// An automatic variable of the type, or an array of it.
    Automatic(Automatic),
    /// A parameter that has the type by value.
    Parameter,
    /// A compound literal.
    Literal {
        /// The type name in its parentheses, parentheses included.
        ty: Span,
        /// The braced list.
        list: Span,
    },
    /// `left = right` of the type.
    Assigned {
        /// The left operand.
        left: Span,
        /// The right operand.
        right: Span,
        /// The right operand has an address (it is not a call, a conditional, an assignment...).
        lvalue: bool,
    },
    /// An argument that has the type by value.
    Argument,
    /// `return` of a value of the type; the span is the expression.
    Returned,
    /// `sizeof` of the type or of an expression of the type, or an array of it.
    Measured,
    /// `offsetof` or `__builtin_offsetof` with a member of the type, by name.
    Offset(String),
}

/// The declaration of an automatic variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Automatic {
    /// The whole block declaration, with its `;`. In a `for`, the declaration in its head.
    pub declaration: Span,
    /// The declaration specifiers.
    pub specifiers: Span,
    /// The declarator without initialiser.
    pub declarator: Span,
    /// The identifier.
    pub name: Span,
    /// The initialiser without the `=`.
    pub initialiser: Option<Span>,
    /// The initialiser is a braced list (else it is an expression of the type).
    pub braced: bool,
    /// If it is an expression: it has an address.
    pub lvalue: bool,
    /// Position of this declarator in its declaration, and how many there are.
    pub position: (u32, u32),
    /// It stands in the head of a `for`.
    pub in_for: bool,
}

/// A place that holds an untyped pointer (to `void`, to a character or integer type), or a type
/// of record that such a pointer is made from or turned into. An integer that is wide enough is
/// such a place where a pointer is cast to it, or it to a pointer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Carrier {
    /// A pointer to this record type, by key.
    Record(String),
    /// A variable with static storage (or an element of it).
    Variable(SymbolId),
    /// An automatic variable (or an element of it), by the offset of its name.
    Local(u32),
    /// Parameter number, from 0, of a function; a position behind the declared parameters is one
    /// of `...`.
    Parameter(SymbolId, u32),
    /// What a function returns.
    Result(SymbolId),
    /// Parameter number of functions called through pointers of this canonical function type.
    IndirectParameter(String, u32),
    /// What functions called through pointers of this canonical function type return.
    IndirectResult(String),
    /// A field, by type key and name (or an element of it).
    Field(String, String),
    /// Memory that nothing tells the type of: an array of characters or numbers, `va_arg`, what a
    /// builtin returns, what is written through a pointer to a pointer that is converted, or a
    /// compound literal at file scope. Only where it becomes a pointer to a record.
    Unknown,
}

/// A pointer goes from one carrier to another: by assignment, initialisation, argument, `return`,
/// implicit conversion or cast. Casts, parentheses, additions and subtractions of integers,
/// dereferenced and taken addresses (`&*p`, `&a[0]`), both arms of `?:` and the last operand of a
/// comma are seen through, but not a cast to a pointer to a record: that is a flow of its own.
/// Arrays of characters hold no pointers, and the compiler's builtins are no carriers. Null and
/// other constants go nowhere.
///
/// Every conversion after which a pointer to a record may point to an object that was not made as
/// such is a flow to [`Carrier::Record`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Where the pointer comes from.
    pub from: Carrier,
    /// Where it goes.
    pub to: Carrier,
    /// The expression.
    pub span: Span,
    /// The function it stands in; none for initialisers at file scope.
    pub function: Option<FunctionId>,
    /// If the pointer is an argument: the call (index into `calls`).
    pub call: Option<u32>,
    /// The user's place.
    pub loc: Loc,
}

/// How one field is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldText {
    /// The specifiers and qualifiers: `const struct point`.
    pub specifiers: Span,
    /// The declarator up to the `,` or `;`, with bit-field width and attributes; empty for an
    /// anonymous member.
    pub declarator: Span,
    /// The identifier within the declarator; empty if there is none.
    pub name: Span,
    /// The only declarator of its declaration.
    pub alone: bool,
}
