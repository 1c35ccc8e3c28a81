//! The rules that make constraint sets sound, by name, so that tests can switch one off and see that
//! something catches it (`--without=RULE`, which no user has a use for).

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// One rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Callers of a point's function go on as old code.
    Callers,
    /// So does the function itself, where it is not entered anew.
    Own,
    /// What runs behind the block in which old code waits or calls.
    Behind,
    /// Loops and labels lead back.
    Back,
    /// Calls by name without a slot reach old copies.
    Copies,
    /// A removed function runs as old code.
    Removed,
    /// Old code calls by the old signature.
    Signatures,
    /// Old code uses the old storage of what moves.
    Moved,
    /// Old code uses the old storage of what is converted.
    Converted,
    /// Old code uses fields that go or take another type.
    Fields,
    /// Old code handles whole objects without their blocks.
    Wholes,
    /// Old code knows the old layout of what changes freely.
    Transient,
    /// Pointers to functions of another signature may be stored.
    Pointers,
}

/// All rules, by their names.
pub const ALL: [(&str, Rule); 13] = [
    ("callers", Rule::Callers),
    ("own", Rule::Own),
    ("behind", Rule::Behind),
    ("back", Rule::Back),
    ("copies", Rule::Copies),
    ("removed", Rule::Removed),
    ("signatures", Rule::Signatures),
    ("moved", Rule::Moved),
    ("converted", Rule::Converted),
    ("fields", Rule::Fields),
    ("wholes", Rule::Wholes),
    ("transient", Rule::Transient),
    ("pointers", Rule::Pointers),
];

/// A bit for each that is off.
static OFF: AtomicU32 = AtomicU32::new(0);

impl Rule {
    /// The rule of this name.
    pub fn named(name: &str) -> Option<Self> {
        let found = ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, rule)| *rule)
    }

    /// Switches it off for the rest of the process.
    pub fn switch_off(self) {
        OFF.fetch_or(1 << self as u32, Relaxed);
    }

    /// Whether it is to be followed.
    pub(crate) fn holds(self) -> bool {
        OFF.load(Relaxed) & 1 << self as u32 == 0
    }
}
