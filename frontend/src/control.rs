//! Control flow inside a function, at the grain of full expressions.
//!
//! Evaluation order inside a full expression is hardly defined, so it is one [`Block`] with all that
//! stands in it, statement expressions included. Edges that cannot be told are there: a computed
//! `goto` may lead to every label, everything may lead back to a call that returns twice, and to a
//! variable with a `cleanup` function.

use serde::{Deserialize, Serialize};

use crate::facts::Span;

/// Index into [`Function::blocks`](crate::facts::Function::blocks).
pub type BlockId = u32;

/// A full expression or a declaration; of no width where paths only meet. The first block of a
/// function is where it is entered, the last where it returns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Its text, without `;`.
    pub span: Span,
    /// What may run next, ascending.
    pub next: Vec<BlockId>,
}

/// The block in which the text at `position` runs.
pub fn block_at(blocks: &[Block], position: u32) -> Option<BlockId> {
    let behind = blocks.partition_point(|block| block.span.start <= position);
    let around = |block: &Block| position < block.span.end;
    let inside = blocks[..behind].iter().rposition(around);
    inside.map(|index| index as BlockId)
}

/// The block at which the text at `position` begins, if one does: the head of a loop.
pub fn block_from(blocks: &[Block], position: u32) -> Option<BlockId> {
    let index = blocks.partition_point(|block| block.span.start < position);
    let begins = blocks.get(index)?.span.start == position;
    begins.then_some(index as BlockId)
}
