//! Update points by name: the program's, and those of loaded patches.

use core::ffi::CStr;
use core::sync::atomic::Ordering::*;

use ginseng_abi::patch::PatchHeader;
use ginseng_abi::program::{Point, ProgramInfo};

use crate::family::own;

unsafe extern "C" {
    #[link_name = "ginseng_program"]
    safe static PROGRAM: ProgramInfo;
}

/// What the executable tells of itself.
pub(crate) fn program() -> &'static ProgramInfo {
    &PROGRAM
}

/// The patches in this process, latest first.
pub(crate) fn patches() -> impl Iterator<Item = &'static PatchHeader> {
    // SAFETY: null, or a header that was checked when its patch was applied; patches that were
    // applied stay loaded.
    let known = |header: *const PatchHeader| unsafe { header.as_ref() };
    let latest = known(own().latest.load(Acquire));
    // SAFETY: the word is the runtime's own, written before the patch became the latest one.
    core::iter::successors(latest, move |header| known(unsafe { *header.previous }))
}

/// Adds a patch to them.
pub(crate) fn add(header: &'static PatchHeader) {
    // SAFETY: the header is complete, and nobody else writes the word.
    unsafe { *header.previous = own().latest.load(Relaxed) };
    own()
        .latest
        .store(core::ptr::from_ref(header).cast_mut(), Release);
}

/// The name of an update point, empty if no loaded code has it.
pub(crate) fn name(point: u32) -> &'static [u8] {
    let info = program();
    let first = (&raw const info.points)
        .wrapping_byte_offset(info.points as isize)
        .cast();
    // SAFETY: the generated tables say that so many points are there.
    let base = unsafe { points(first, info.point_count) };
    // SAFETY: each header says that so many points are there.
    let more = patches().map(|header| unsafe { points(header.points, header.point_count) });
    let found = core::iter::once(base)
        .chain(more)
        .flatten()
        .find(|found| found.id == point);
    found.map_or(&[], |found| {
        let name = (&raw const found.name).wrapping_byte_offset(found.name as isize);
        // SAFETY: generated tables point to a NUL-terminated name.
        unsafe { CStr::from_ptr(name.cast()) }.to_bytes()
    })
}

/// # Safety
/// `count` points are at `first`, for ever.
unsafe fn points(first: *const Point, count: u32) -> &'static [Point] {
    if first.is_null() || count == 0 {
        return &[];
    }
    // SAFETY: promised by the caller.
    unsafe { core::slice::from_raw_parts(first, count as usize) }
}
