//! Windows: calls that wait, in which a request is looked after at once.
//!
//! A window call says in the process's entry that a thread is in a window, makes the system call, and
//! takes that back behind it. The tool sends the runtime's signal to a process that is there. The
//! handler leads the call to its exit ([`call`]), the window is visited as any update point is, and
//! the call is made again with what is left of its time limit. The program sees none of that.
//!
//! * **No wake-up is lost.** The call looks at the request behind the point from which the handler
//!   leads to the exit. A signal that falls together with another one, whose handler then has the
//!   call started anew, is not seen; the tool sends it again until the process has looked.
//! * **No other call is interrupted.** `poll` and its like return `EINTR` after any handler. So the
//!   signal must not come while the program waits elsewhere. Behind the call the process first
//!   takes back that it is in the window, then looks whether it is asked, and while it
//!   is keeps the signal blocked outside of windows. The tool waits for a while between asking
//!   and the first signal: each sees what the other wrote before.
//! * **The program's signals end the call as ever.** They stay blocked from the handler on until the
//!   call is made again. If one is pending then whose handler would have ended the call, the call
//!   ends. Calls that set a mask do so by themselves, so that a program that waits for signals
//!   without a race of its own has none with us: the runtime's signal is blocked around these, so
//!   their `EINTR` is never that of an earlier handler.
//!
//! A process that is not asked makes no system call but the program's: it may live in a sandbox that the runtime
//! does not know of. Only around a call that sets a mask, as that is, the signal is always blocked. In a
//! [`sandbox`] that it knows of, all calls are plain ones.
//!
//! **Several threads.** Each says for itself where it is ([`records`]), and blocks the signal for itself.
//! The tool wakes one that waits, which has the others wait at points of their own
//! ([`crate::threads::gather`]).
//!
//! **Windows inside libraries.** Where the program runs the event loop of a library, it provides
//! `poll` and its like, and the dynamic linker gives these to the library in place of libc's. They
//! wait like any window; which one it is says the stack ([`stack::event_loop`]), once it matters. If
//! the library waits for something else than its event loop's next turn, it is none.
//!
//! Where code that interrupts is running, where a call cannot block, and where another library
//! stands in front of libc's function (a sanitizer, a preloaded library), calls are plain ones.

mod call;
pub mod files;
pub mod polls;
pub mod signals;
pub mod sleeps;
pub mod waits;

use core::ffi::{CStr, c_int, c_void};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering::*, compiler_fence};

use crate::family::{self, control};
use crate::threads::{self, records};
use crate::{sandbox, stack, sys, update};

use ginseng_abi::program::SOME_LIBRARY;

pub(crate) use call::handler;
use call::{Call, Kind, REQUESTED, hold_signal, signal_bit};

/// Where the caller's part of the stack is.
#[inline(always)]
fn here() -> usize {
    let mark = 0u8;
    (&raw const mark).addr()
}

/// Whether the thread is inside code that interrupts other code.
fn is_nested() -> bool {
    threads::this().nesting.load(Relaxed) != 0
}

/// Makes a call whose window is `window`. Gives the kernel's result.
///
/// # Safety
/// As for the system call.
unsafe fn wait(window: u32, call: &mut Call) -> isize {
    let nested = is_nested() || sandbox::is_inside();
    loop {
        if !nested {
            enter(window, call.kind, here());
        }
        // SAFETY: promised by the caller.
        let result = unsafe { call.make() };
        if result != REQUESTED {
            if !nested {
                leave();
            }
            return result;
        }
        call.seen = control().header.pending.load(Acquire);
        if !call.is_masked() && (nested || !update::is_asked(family::entry())) {
            continue;
        }
        if let Some(result) = visit(window, call, nested) {
            return result;
        }
        if !call.renew() {
            if !nested {
                leave();
            }
            return -(libc::EAGAIN as isize);
        }
    }
}

/// Says where the thread is.
#[inline]
fn enter(window: u32, kind: Kind, stack: usize) {
    let listed = family::listed();
    if let Some(entry) = listed {
        records::waits(entry, window, stack);
    }
    let held = threads::this().held.load(Relaxed) != 0;
    if held != (kind == Kind::SetsMask) {
        hold(!held);
    }
}

/// Takes back where the thread is; see the module's text.
#[inline]
fn leave() {
    if let Some(entry) = family::listed() {
        records::goes_on(entry);
    }
    settle();
}

/// Blocks the signal while the process is asked.
#[inline]
fn settle() {
    compiler_fence(SeqCst);
    let open = control().header.pending.load(Relaxed) != 0;
    let held = threads::this().held.load(Relaxed) != 0;
    if (open || held) && !sandbox::is_inside() {
        settle_mask(held);
    }
}

#[cold]
fn settle_mask(held: bool) {
    let asked = update::is_asked(family::listed());
    if asked != held {
        hold(asked);
    }
}

#[cold]
fn hold(held: bool) {
    threads::this().held.store(u32::from(held), Relaxed);
    hold_signal(held);
}

/// Leaves the signal as it is outside of windows while nothing is asked: so it stays.
pub(crate) fn release() {
    if threads::this().held.load(Relaxed) != 0 {
        hold(false);
    }
}

/// Notes whether the signal is blocked in a thread that the runtime sees for the first time.
pub(crate) fn note_mask() {
    let signal = signal_bit(control().header.signal.load(Relaxed));
    let held = sys::set_mask(libc::SIG_BLOCK, 0) & signal != 0;
    threads::this().held.store(u32::from(held), Relaxed);
}

/// Visits the window, with all signals blocked. The result if the call is not to be made again.
#[cold]
fn visit(window: u32, call: &mut Call, nested: bool) -> Option<isize> {
    let mask = call.block();
    if !nested && let Some(entry) = family::listed() {
        records::goes_on(entry);
    }
    if !nested {
        sys::keep_errno(|| {
            let window = match window {
                SOME_LIBRARY => stack::event_loop(),
                window => Some(window),
            };
            if let Some(window) = window {
                update::look_now();
                update::visit(window);
            }
        });
    }
    let restarts = matches!(call.kind, Kind::Restarts | Kind::Receives);
    let ends = sys::pending_signals() & !mask & !signal_bit(control().header.signal.load(Relaxed));
    let ends = call.kind != Kind::SetsMask && sys::would_interrupt(ends, restarts);
    sys::set_mask(libc::SIG_SETMASK, mask);
    if ends && !nested {
        leave();
    }
    ends.then_some(-(libc::EINTR as isize))
}

/// The result as libc gives it.
#[inline]
fn finish(result: isize) -> isize {
    match result {
        -4095..0 => {
            sys::set_errno(result.wrapping_neg() as c_int);
            -1
        }
        _ => result,
    }
}

/// What stands behind the name of a library function, found out once.
struct Origin {
    /// Whether it is libc's own.
    whose: AtomicU32,
    /// Null, or the function that libraries would reach if the program did not provide it.
    next: AtomicPtr<c_void>,
}

const OURS: u32 = 1;
const FOREIGN: u32 = 2;

impl Origin {
    const fn unknown() -> Self {
        Self {
            whose: AtomicU32::new(0),
            next: AtomicPtr::new(null_mut()),
        }
    }

    /// The function behind the one that the program provides for libraries; null if there is none.
    fn next(&self, name: &CStr) -> *mut c_void {
        let known = self.next.load(Relaxed);
        if !known.is_null() {
            return known;
        }
        let found = sys::keep_errno(|| sys::symbol(libc::RTLD_NEXT, name));
        self.next.store(found, Relaxed);
        found
    }

    /// Whether the function of this name, which the program calls at this address, is libc's own, or stands
    /// right in front of it and is one that the program provides for libraries.
    #[inline(always)]
    fn is_libc(&self, name: &CStr, called: *const ()) -> bool {
        self.whose.load(Relaxed) == OURS || self.look(name, called.addr())
    }

    #[cold]
    fn look(&self, name: &CStr, called: usize) -> bool {
        // The dynamic loader is not called on top of other code.
        if self.whose.load(Relaxed) == FOREIGN || is_nested() {
            return false;
        }
        let known = is_in_libc(called)
            || stack::is_interposer(called) && is_in_libc(self.next(name).addr());
        self.whose
            .store(if known { OURS } else { FOREIGN }, Relaxed);
        known
    }
}

/// Where libc is: its first address and the one behind it. Found out at start: who waits in a window first may
/// be in a sandbox, or may be waited for by a thread that has the dynamic loader's lock.
static LIBC: [AtomicUsize; 2] = [const { AtomicUsize::new(0) }; 2];

/// Looks where libc is.
pub(crate) fn start() {
    for (place, bound) in LIBC.iter().zip(stack::bounds(sys::in_libc())) {
        place.store(bound, Relaxed);
    }
}

fn is_in_libc(address: usize) -> bool {
    let [start, end] = LIBC.each_ref().map(|bound| bound.load(Relaxed));
    (start..end).contains(&address)
}

/// Leaves the function with libc's own where the call is to be a plain one.
macro_rules! unless_plain {
    ($name:ident($($argument:expr),*), $waits:expr) => {{
        static ORIGIN: $crate::windows::Origin = $crate::windows::Origin::unknown();
        const NAME: &core::ffi::CStr =
            match core::ffi::CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes()) {
                Ok(name) => name,
                Err(_) => c"",
            };
        if !$waits || !ORIGIN.is_libc(NAME, libc::$name as *const ()) {
            // SAFETY: the program's own call.
            return unsafe { libc::$name($($argument),*) };
        }
    }};
}
use unless_plain;

/// The same for a function that the program may provide for libraries, of this type.
macro_rules! unless_plain_or_next {
    ($name:ident($($argument:expr),*): $type:ty, $waits:expr, $window:expr) => {{
        static ORIGIN: $crate::windows::Origin = $crate::windows::Origin::unknown();
        const NAME: &core::ffi::CStr =
            match core::ffi::CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes()) {
                Ok(name) => name,
                Err(_) => c"",
            };
        if !$waits || !ORIGIN.is_libc(NAME, libc::$name as *const ()) {
            if $window == ginseng_abi::program::SOME_LIBRARY {
                let next = ORIGIN.next(NAME);
                if next.is_null() {
                    $crate::sys::set_errno(libc::ENOSYS);
                    return -1;
                }
                // SAFETY: the function of this name, of that type; the library's own call.
                return unsafe {
                    core::mem::transmute::<*mut core::ffi::c_void, $type>(next)($($argument),*)
                };
            }
            // SAFETY: the program's own call.
            return unsafe { libc::$name($($argument),*) };
        }
    }};
}
use unless_plain_or_next;
