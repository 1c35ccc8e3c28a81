//! The checking build: its code says what it uses, and is told whether a patch since promised that
//! nothing as old as this code would.

use core::sync::atomic::Ordering::*;

use ginseng_abi::patch::PatchHeader;

use crate::family::own;
use crate::points::patches;

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
    // The latest ones come first.
    let mut since = patches().take(present.saturating_sub(version) as usize);
    // SAFETY: the header is complete.
    let broken = since.any(|patch| unsafe { promises(patch) }.contains(&key));
    i32::from(broken)
}
