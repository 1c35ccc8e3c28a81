//! What kind of value a type has, as far as conversions go.

use crate::layout::Placed;
use crate::leaves;

/// What kind of value a canonical type has.
pub enum Class {
    /// Arithmetic, by a spelling that C has everywhere.
    Number(String),
    /// A pointer.
    Pointer,
    /// Element and length.
    Array(String, u64),
    /// A struct, a union, or unknown.
    Other,
}

/// The class of a canonical type of `size` bytes; `record`: it is a struct or union, or an array of
/// such.
pub fn class(ty: &str, size: u64, record: bool) -> Class {
    if let Some((element, count)) = leaves::element(ty) {
        return Class::Array(element, count);
    }
    let plain = leaves::unqualified(ty);
    if leaves::is_pointer(plain) {
        return Class::Pointer;
    }
    if record {
        return Class::Other;
    }
    if leaves::scalar(plain).is_some() {
        return Class::Number(plain.to_owned());
    }
    // An enum, whatever it is called.
    let by_size = match size {
        1 => "signed char",
        2 => "short",
        8 => "long",
        _ => "int",
    };
    Class::Number(by_size.to_owned())
}

/// Whether a field's value becomes one of another type by itself. What does not starts as zero.
pub fn carries(before: &Placed, after: &Placed) -> bool {
    let place = |field: &Placed| (field.ty.clone(), field.size, field.record.is_some());
    alike(place(before), place(after))
}

fn alike(old: (String, u64, bool), new: (String, u64, bool)) -> bool {
    match (class(&old.0, old.1, old.2), class(&new.0, new.1, new.2)) {
        (Class::Array(a, m), Class::Array(b, n)) => {
            let each = |ty: String, (_, size, record): (String, u64, bool), count: u64| {
                (ty, size / count.max(1), record)
            };
            leaves::unqualified(&a) == leaves::unqualified(&b)
                || alike(each(a, old, m), each(b, new, n))
        }
        (Class::Number(_), Class::Number(_))
        | (Class::Pointer, Class::Pointer)
        | (Class::Other, Class::Other) => true,
        _ => false,
    }
}
