//! The checking build: its code says what it uses, and is told whether a patch since promised that
//! nothing as old as this code would.

use core::sync::atomic::Ordering::*;

use ginseng_abi::patch::PatchHeader;

use crate::family::{LOADED, own};

/// # Safety
/// The header is that of a loaded patch and complete.
unsafe fn promises(header: &PatchHeader) -> &[u32] {
    match header.promise_count {
        0 => &[],
        // SAFETY: promised by the caller.
        count => unsafe { core::slice::from_raw_parts(header.promises, count as usize) },
    }
}

/// Whether code of patch number `version` (0: of the build itself) must not use what `key` stands
/// for: one of the patches applied since has it among its promises.
#[unsafe(no_mangle)]
pub extern "C" fn ginseng_is_stale(key: u32, version: u32) -> i32 {
    let present = own().entry().version.load(Relaxed);
    let known = present.saturating_sub(LOADED as u32);
    let broken = (version.max(known)..present).any(|before| {
        let patch = own().loaded.get(before as usize % LOADED);
        // SAFETY: null, or the header of a patch that was applied, which stays loaded.
        let patch = patch.and_then(|patch| unsafe { patch.load(Acquire).as_ref() });
        // SAFETY: the header is complete.
        patch.is_some_and(|patch| unsafe { promises(patch) }.contains(&key))
    });
    i32::from(broken)
}
