//! Values of one type taken for values of another, in C.

use ginseng_analysis::classes::{Class, class};
use ginseng_analysis::layout::Placed;
use ginseng_analysis::leaves;

/// A value in memory.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a> {
    /// Its address, an expression of type `char *`.
    pub(crate) at: &'a str,
    /// Its canonical type.
    pub(crate) ty: &'a str,
    /// Its bytes.
    pub(crate) size: u64,
    /// It is a struct or union, or an array of such.
    pub(crate) record: bool,
}

impl<'a> Value<'a> {
    /// A field's value.
    pub(crate) fn of(at: &'a str, place: &'a Placed) -> Self {
        Self {
            at,
            ty: &place.ty,
            size: place.size,
            record: place.record.is_some(),
        }
    }

    fn class(&self) -> Class {
        class(self.ty, self.size, self.record)
    }
}

/// A statement that fills the zeroed value `new` from `old`, and whether it is only a guess. None if
/// there is nothing sensible to do but leave zeroes.
pub(crate) fn convert(old: Value, new: Value) -> Option<(String, bool)> {
    let (from, to) = (old.at, new.at);
    let copy = |bytes: u64| format!("ginseng_memmove({to}, {from}, {bytes}ul);");
    match (old.class(), new.class()) {
        (Class::Number(a), Class::Number(b)) => Some((
            format!("*({b} *)({to}) = ({b})*(const {a} *)({from});"),
            false,
        )),
        (Class::Pointer, Class::Pointer) => Some((copy(8), true)),
        (Class::Array(a, m), Class::Array(b, n)) => {
            let (each_old, each_new) = (old.size / m.max(1), new.size / n.max(1));
            let count = m.min(n);
            if leaves::unqualified(&a) == leaves::unqualified(&b) {
                let mut text = copy(count * each_old.min(each_new));
                let is_text = each_new == 1 && leaves::unqualified(&b) == "char";
                if is_text && n < m && n > 0 {
                    text += &format!(" ({to})[{}] = 0;", n - 1);
                }
                return Some((text, n < m));
            }
            let (inner, guess) = convert(
                Value {
                    at: &format!("({from}) + i{count} * {each_old}ul"),
                    ty: &a,
                    size: each_old,
                    ..old
                },
                Value {
                    at: &format!("({to}) + i{count} * {each_new}ul"),
                    ty: &b,
                    size: each_new,
                    ..new
                },
            )?;
            Some((
                format!(
                    "for (unsigned long i{count} = 0; i{count} < {count}ul; i{count}++) {{ {inner} }}"
                ),
                guess,
            ))
        }
        // A union that grew, a struct of another kind: its first bytes are what they were.
        (Class::Other, Class::Other) => Some((copy(old.size.min(new.size)), true)),
        _ => None,
    }
}
