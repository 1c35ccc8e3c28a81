//! What can be reached: the least set that holds its roots and all that its members lead to.

use std::hash::Hash;

use indexmap::IndexSet;

/// Roots included, in the order in which they are found.
pub(crate) fn reach<T: Copy + Eq + Hash, I: IntoIterator<Item = T>>(
    roots: impl IntoIterator<Item = T>,
    mut next: impl FnMut(T) -> I,
) -> IndexSet<T> {
    let mut found: IndexSet<T> = roots.into_iter().collect();
    let mut index = 0;
    while let Some(&item) = found.get_index(index) {
        found.extend(next(item));
        index += 1;
    }
    found
}
