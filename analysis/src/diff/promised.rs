//! What the admission of a patch promises: the keys, among those of effects, of all that no old code
//! uses afterwards. It is what [`super::admissible`] looks for in constraint sets.

use std::collections::BTreeSet;

use super::compare::Comparison;
use super::data::{Data, Storage};
use super::shapes::Shapes;
use crate::effects::{field_key, record_key};
use crate::program::Program;
use crate::records::Records;

/// All such keys.
pub(super) fn keys(
    old: &Program,
    new: &Program,
    comparison: &Comparison,
    data: &Data,
    shapes: &Shapes,
) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let key = |id: &usize| new.entities[*id].key.clone();
    keys.extend(comparison.signatures.iter().map(key));
    let elsewhere = data
        .storage
        .iter()
        .filter(|(_, storage)| matches!(storage, Storage::Moved | Storage::Converted));
    keys.extend(elsewhere.map(|(id, _)| key(id)));
    for (record, shape) in &shapes.changed {
        for was in shapes.former(record) {
            let lost = shape.lost().into_iter();
            keys.extend(lost.map(|field| field_key(was, field)));
            if shape.adds() {
                keys.insert(record_key(was));
            }
        }
    }
    let records = Records::of(old);
    let transient = shapes.transient.keys();
    for record in transient.flat_map(|record| shapes.former(record)) {
        keys.insert(record_key(record));
        let fields = records.get(record).into_iter().flat_map(|ty| &ty.fields);
        keys.extend(fields.map(|field| field_key(record, &field.name)));
    }
    // What is new has no old users.
    keys.retain(|key| key.starts_with('.') || old.by_key.contains_key(key));
    keys
}
