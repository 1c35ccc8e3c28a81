//! What functions outside the program do to the bytes behind a pointer that they are handed.
//!
//! * Named functions are known. Those that copy, fill and free objects are hooked by the runtime, and
//!   so do nothing that would be noticed.
//! * An unknown function that is also handed a function hands the pointer back to it.
//! * An unknown function that sees bytes must be told how many: by C's custom, in a parameter
//!   behind the pointer. Without one, it keeps the pointer or knows what it points to.

/// What a function does to the bytes at a pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It reads them or fills them.
    Sees,
    /// It compares them with others.
    Compares,
    /// Nothing, or what the runtime knows of.
    Nothing,
    /// It is not known by name, and may see them.
    MaySee,
}

/// Functions that see the bytes at a parameter, counted from 0.
const SEES: &[(&str, &[u32])] = &[
    ("accept", &[1]),
    ("accept4", &[1]),
    ("bind", &[1]),
    ("connect", &[1]),
    ("fread", &[0]),
    ("fread_unlocked", &[0]),
    ("fwrite", &[0]),
    ("fwrite_unlocked", &[0]),
    ("getpeername", &[1]),
    ("getsockname", &[1]),
    ("getsockopt", &[3]),
    ("mq_receive", &[1]),
    ("mq_send", &[1]),
    ("mremap", &[0]),
    ("msgrcv", &[1]),
    ("msgsnd", &[1]),
    ("pread", &[1]),
    ("pread64", &[1]),
    ("pwrite", &[1]),
    ("pwrite64", &[1]),
    ("read", &[1]),
    ("recv", &[1]),
    ("recvfrom", &[1, 4]),
    ("send", &[1]),
    ("sendto", &[1, 4]),
    ("setsockopt", &[3]),
    ("write", &[1]),
];

/// Functions of a variable number of arguments that hand them to the kernel.
const SEES_ALL: &[&str] = &["fcntl", "fcntl64", "ioctl", "prctl", "ptrace", "syscall"];

/// Fields of system types that lead the kernel to bytes.
pub(super) const SEEN_FIELDS: &[(&str, &str)] = &[
    ("struct aiocb", "aio_buf"),
    ("struct iovec", "iov_base"),
    ("struct msghdr", "msg_control"),
    ("struct msghdr", "msg_name"),
];

/// Functions that take a length, and do nothing to the bytes that the runtime does not know of,
/// or that the system's own types do not tell.
const NOTHING: &[&str] = &[
    "bcopy",
    "bzero",
    "free",
    "inet_ntop",
    "inet_pton",
    "madvise",
    "malloc_usable_size",
    "memcpy",
    "memmove",
    "mempcpy",
    "memset",
    "mincore",
    "mlock",
    "mprotect",
    "munlock",
    "munmap",
    "posix_madvise",
    "realloc",
    "reallocarray",
];

/// What a function of this name and canonical type does to what parameter `position` points to.
pub(super) fn effect(name: &str, ty: &str, position: u32) -> Effect {
    let seen = SEES.iter().find(|(known, _)| *known == name);
    if let Some((_, positions)) = seen {
        return match positions.contains(&position) {
            true => Effect::Sees,
            false => Effect::Nothing,
        };
    }
    match name {
        "memcmp" | "bcmp" | "timingsafe_bcmp" => Effect::Compares,
        _ if SEES_ALL.contains(&name) => Effect::Sees,
        _ if NOTHING.contains(&name) || is_text(name) => Effect::Nothing,
        _ if is_told_length(ty, position) => Effect::MaySee,
        _ => Effect::Nothing,
    }
}

/// Functions on strings: what they see ends where the text ends.
fn is_text(name: &str) -> bool {
    let prefixes = ["str", "stp", "wcs"];
    prefixes.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether a function of this type takes no functions, and a number behind the parameter.
fn is_told_length(ty: &str, position: u32) -> bool {
    let parameters = ty.split_once('(').map_or("", |(_, rest)| rest);
    let parameters = parameters.trim_end_matches(')');
    if parameters.contains('(') {
        return false;
    }
    if parameters.is_empty() {
        // No prototype, nothing is known.
        return true;
    }
    let behind = parameters.split(',').map(str::trim);
    let behind = behind.skip(position as usize + 1);
    behind.into_iter().any(is_number)
}

fn is_number(ty: &str) -> bool {
    let numbers = ["int", "long", "short", "unsigned", "char", "__int128"];
    !ty.contains('*') && ty.split(' ').any(|word| numbers.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::{Effect, effect};

    #[test]
    fn lengths_tell_what_unknown_functions_see() {
        let digest = "unsigned char *(const void *, unsigned long, unsigned char *)";
        assert_eq!(effect("SHA256", digest, 0), Effect::MaySee);
        assert_eq!(effect("SHA256", digest, 2), Effect::Nothing);
        let set = "int (struct ssl *, int, void *)";
        assert_eq!(effect("SSL_set_ex_data", set, 2), Effect::Nothing);
        let each = "int (void (*)(void *, int), void *, int)";
        assert_eq!(effect("each", each, 1), Effect::Nothing);
        assert_eq!(effect("undeclared", "int ()", 0), Effect::MaySee);
    }

    #[test]
    fn known_functions() {
        let write = "long (int, const void *, unsigned long)";
        assert_eq!(effect("write", write, 1), Effect::Sees);
        assert_eq!(
            effect("memcpy", "void *(void *, const void *, unsigned long)", 1),
            Effect::Nothing
        );
        assert_eq!(
            effect(
                "memcmp",
                "int (const void *, const void *, unsigned long)",
                0
            ),
            Effect::Compares
        );
        assert_eq!(
            effect("printf", "int (const char *, ...)", 3),
            Effect::Nothing
        );
        assert_eq!(
            effect("ioctl", "int (int, unsigned long, ...)", 2),
            Effect::Sees
        );
    }
}
