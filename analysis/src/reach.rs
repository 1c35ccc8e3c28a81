//! What can be reached: the least set that holds its roots and all that its members lead to. The one
//! fixpoint that the analyses share.

use fixedbitset::FixedBitSet;

/// Of `count` items, roots included. `next` is asked once for each, in the order in which they are
/// found.
pub(crate) fn reach<I: IntoIterator<Item = usize>>(
    count: usize,
    roots: impl IntoIterator<Item = usize>,
    mut next: impl FnMut(usize) -> I,
) -> FixedBitSet {
    let mut found = FixedBitSet::with_capacity(count);
    let mut order: Vec<usize> = Vec::new();
    for root in roots {
        if !found.put(root) {
            order.push(root);
        }
    }
    let mut index = 0;
    while let Some(&item) = order.get(index) {
        for other in next(item) {
            if !found.put(other) {
                order.push(other);
            }
        }
        index += 1;
    }
    found
}
