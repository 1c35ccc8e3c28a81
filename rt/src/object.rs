//! What only the object that programs link has: the linker's tables, the panic handler and the
//! allocator.

use core::panic::PanicInfo;

use crate::malloc::Malloc;

#[unsafe(no_mangle)]
#[unsafe(link_section = ".init_array")]
static GINSENG_INIT: extern "C" fn() = crate::ginseng_start;

#[unsafe(no_mangle)]
#[unsafe(link_section = ".fini_array")]
static GINSENG_FINI: extern "C" fn() = crate::ginseng_stop;

#[global_allocator]
static ALLOCATOR: Malloc = Malloc;

unsafe extern "C" {
    /// Defined nowhere: that no reference to it is left proves that nothing can panic.
    safe fn ginseng_runtime_can_panic() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    ginseng_runtime_can_panic()
}
