//! Values of one type taken for values of another, in C.

use ginseng_analysis::leaves;

/// What kind of value a canonical type has.
enum Class {
    /// Arithmetic, by a spelling that C has everywhere.
    Number(String),
    Pointer,
    /// Element and length.
    Array(String, u64),
    /// A struct, a union, or unknown.
    Other,
}

fn class(ty: &str, size: u64) -> Class {
    if let Some((element, count)) = leaves::element(ty) {
        return Class::Array(element, count);
    }
    let plain = leaves::unqualified(ty);
    if leaves::is_pointer(plain) {
        return Class::Pointer;
    }
    if plain.starts_with("enum ") {
        let by_size = match size {
            1 => "signed char",
            2 => "short",
            8 => "long",
            _ => "int",
        };
        return Class::Number(by_size.to_owned());
    }
    match leaves::scalar(plain) {
        Some(_) => Class::Number(plain.to_owned()),
        None => Class::Other,
    }
}

/// A statement that fills the zeroed object at `to` (an expression of type `char *`), of type `new`
/// and `new_size` bytes, from the one at `from`, of type `old`; and whether it is only a guess. None
/// if there is nothing sensible to do but leave zeroes.
pub(crate) fn convert(
    from: &str,
    old: &str,
    old_size: u64,
    to: &str,
    new: &str,
    new_size: u64,
) -> Option<(String, bool)> {
    let copy = |bytes: u64| format!("ginseng_memmove({to}, {from}, {bytes}ul);");
    match (class(old, old_size), class(new, new_size)) {
        (Class::Number(old), Class::Number(new)) => Some((
            format!("*({new} *)({to}) = ({new})*(const {old} *)({from});"),
            false,
        )),
        (Class::Pointer, Class::Pointer) => Some((copy(8), true)),
        (Class::Array(a, m), Class::Array(b, n)) => {
            let (each_old, each_new) = (old_size / m.max(1), new_size / n.max(1));
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
                &format!("({from}) + i * {each_old}ul"),
                &a,
                each_old,
                &format!("({to}) + i * {each_new}ul"),
                &b,
                each_new,
            )?;
            Some((
                format!("for (unsigned long i = 0; i < {count}ul; i++) {{ {inner} }}"),
                guess,
            ))
        }
        // A union that grew, a struct of another kind: its first bytes are what they were.
        (Class::Other, Class::Other) => Some((copy(old_size.min(new_size)), true)),
        _ => None,
    }
}
