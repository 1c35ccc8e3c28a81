//! Threads of libraries in which no code of the program is running.
//!
//! Some libraries have a thread of their own that lives beside the program: an allocator's that returns
//! memory, a resolver's. It comes by no update point. It need not, if it waits and nothing on its stack
//! leads into the program or a patch.
//!
//! Every word of the stack counts, so a thread is taken for one of the program's rather than not. The start
//! routine of a thread that the program started is above its stack, in the same memory.

use crate::stack::Objects;
use crate::sys::{self, File};
use crate::text::Buffer;

/// Words that are copied at a time.
const PIECE: usize = 128;

/// Whether this thread is one, or has ended; `program` is the program and its patches.
pub(super) fn is_outside(id: u32, program: &Objects) -> bool {
    match waits_with(id) {
        None => false,
        // What has ended has no stack any more.
        Some(0) => true,
        Some(stack) => has_nothing_of(stack, program).unwrap_or(false),
    }
}

/// The stack pointer of a thread that waits in the kernel.
fn waits_with(id: u32) -> Option<usize> {
    let mut path = Buffer::<64>::new();
    path.push(b"/proc/self/task/").push_number(u64::from(id));
    path.push(b"/syscall");
    let file = File::open(None, path.path()?, libc::O_RDONLY).ok()?;
    let mut buffer = [0; 256];
    // "running", or the call's number, its arguments, stack pointer and program counter.
    let text = file.read_at(&mut buffer, 0).ok()?;
    let mut words = text.trim_ascii().rsplit(|byte| *byte == b' ');
    let stack = words.nth(1)?.strip_prefix(b"0x")?;
    let digits = core::str::from_utf8(stack).ok()?;
    usize::from_str_radix(digits, 16).ok()
}

/// Whether no word from there to the end of its memory is an address of one of these objects; `None` if that
/// cannot be told.
fn has_nothing_of(stack: usize, objects: &Objects) -> Option<bool> {
    let end = end_of_mapping(stack)?;
    let mut at = stack & !(size_of::<usize>() - 1);
    while at < end {
        let mut words = [0; PIECE];
        let len = PIECE.min(end.wrapping_sub(at) / size_of::<usize>());
        let piece = words.get_mut(..len)?;
        if piece.is_empty() || sys::peek(at, piece) != size_of_val(piece) {
            return None;
        }
        if piece.iter().any(|word| objects.contains(*word)) {
            return Some(false);
        }
        at = at.wrapping_add(size_of_val(piece));
    }
    Some(true)
}

/// Where the mapping ends that has this address.
fn end_of_mapping(address: usize) -> Option<usize> {
    let file = File::open(None, c"/proc/self/maps", libc::O_RDONLY).ok()?;
    let mut buffer = [0; 1024];
    let mut offset = 0;
    let (mut start, mut number, mut in_range) = (0, 0usize, true);
    loop {
        let text = file.read_at(&mut buffer, offset).ok()?;
        if text.is_empty() {
            return None;
        }
        // Lines are "START-END ...", in hexadecimal digits.
        for &byte in text {
            match byte {
                b'\n' => (number, in_range) = (0, true),
                _ if !in_range => {}
                b'-' => (start, number) = (number, 0),
                b' ' if (start..number).contains(&address) => return Some(number),
                b' ' => in_range = false,
                _ => {
                    let digit = char::from(byte).to_digit(16)?;
                    number = number << 4 | digit as usize;
                }
            }
        }
        offset = offset.wrapping_add(text.len() as u64);
    }
}
