//! Facts about automatic variables where loops begin: what a loop needs to go on in another version
//! of its function. Part of the [`Unit`](crate::facts::Unit), with the same rules for spans.

use serde::{Deserialize, Serialize};

use crate::facts::{FunctionId, LoopId, Span};

/// Index into [`Unit::locals`](crate::facts::Unit::locals).
pub type LocalId = u32;

/// A parameter or automatic variable that is in scope where some loop begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Local {
    /// Its name.
    pub name: String,
    /// The identifier in its declarator.
    pub span: Span,
    /// The function it belongs to.
    pub function: FunctionId,
    /// Canonical type spelling.
    pub ty: String,
    /// The whole block declaration, with its `;`; none for a parameter.
    pub declaration: Option<Span>,
    /// The initialiser without the `=`.
    pub initialiser: Option<Span>,
    /// The initialiser is a braced list, or the text of an array.
    pub aggregate: bool,
    /// It is declared in the head of a `for`.
    pub in_for: bool,
    /// Where its scope ends.
    pub scope_end: u32,
    /// At some loop that is in its scope its name means something else.
    pub hidden: bool,
    /// It cannot be carried by value: its address may be known, or it cannot be assigned to, or named.
    pub fixed: bool,
    /// Every use by name, in order of text.
    pub uses: Vec<Span>,
}

/// What is alive at the head of a loop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The loop.
    pub of: LoopId,
    /// The variables in scope there, in order of declaration.
    pub locals: Vec<LocalId>,
    /// Why the function cannot be entered at this loop, if so; one clause.
    pub obstacle: Option<String>,
}
