//! Where pointers to functions go. Part of the [`Unit`](crate::facts::Unit), with the same rules for
//! spans.

use serde::{Deserialize, Serialize};

use crate::facts::{Span, SymbolId};
use crate::objects::Carrier;

/// A function as a value, or what keeps such values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Handle {
    /// The function itself.
    Function(SymbolId),
    /// A variable, parameter, field or result, elements of arrays counted as the whole.
    Place(Carrier),
    /// What an indirect call calls (index into `calls`).
    Called(u32),
    /// Nowhere: it is compared.
    Compared,
    /// Anything else: what is behind pointers to pointers, what is no pointer to a function by its
    /// type.
    Unknown,
}

/// A pointer to a function goes from one handle to another: by assignment, initialisation, argument
/// or `return`. Where the address of a place is taken, it goes to what is unknown and comes from
/// there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handing {
    /// Where it comes from.
    pub from: Handle,
    /// Where it goes.
    pub to: Handle,
    /// The name of the function, or the expression.
    pub span: Span,
    /// If it is an argument: the call (index into `calls`), and the canonical function type of the
    /// expression, if that is a pointer to a function.
    pub call: Option<(u32, Option<String>)>,
}
