//! What is on the thread's stack: for points that admit a patch only while certain functions are
//! not running, and for windows inside libraries.
//!
//! The frames come from the system's unwinder, which follows the tables that compilers write for
//! exceptions, through libraries too. It is looked for when the first such patch comes; the
//! program need not be linked with it. A frame is told by where its function starts, as those tables
//! say, and compared with the texts that the program and its patches list.
//!
//! **What is not known is not admitted.** The walk counts only if it came to `main` of the
//! program and to whoever called that, or to where the stack begins, as it does in other threads: an unwinder
//! that lacks a table stops early. Code of the
//! program or of a patch that no list has (a part that the compiler split off, a function without
//! a row) could belong to any function, so it ends the walk as well. Code of libraries is passed over.

use core::ffi::{CStr, c_int, c_void};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering::*};

use ginseng_abi::program::{Function, Text};

use crate::points::{patches, program};
use crate::sys;
use crate::threads::gather;

/// Frames beyond these are not looked at: a deep recursion would keep the program waiting.
const DEEPEST: usize = 1000;

/// Different functions that are told apart.
const ROOM: usize = 128;

/// The functions found on a stack, by their numbers.
pub(crate) struct Stack {
    numbers: [u32; ROOM],
    len: usize,
    /// Number of `main` if it is the outermost of the program's functions so far; else 0.
    last: u32,
    /// Somebody else's code stands above it.
    called: bool,
    /// Everything so far is known.
    known: bool,
    /// The walk came to where a stack begins.
    ended: bool,
    frames: usize,
}

impl Stack {
    /// The stack of the calling thread; `None` if not all of it is known.
    pub(crate) fn of_this_thread() -> Option<Self> {
        let mut stack = Self {
            numbers: [0; ROOM],
            len: 0,
            last: 0,
            called: false,
            known: true,
            ended: false,
            frames: 0,
        };
        walk(&mut stack)?;
        let main = program().main;
        let begins = stack.ended || main != 0 && stack.last == main;
        let whole = stack.known && stack.called && begins;
        whole.then_some(stack)
    }

    /// Whether this function is on it.
    pub(crate) fn has(&self, number: u32) -> bool {
        let known = self.numbers.get(..self.len).unwrap_or_default();
        known.contains(&number)
    }

    fn add(&mut self, number: u32) {
        if !self.has(number) {
            match self.numbers.get_mut(self.len) {
                Some(place) => {
                    *place = number;
                    self.len = self.len.wrapping_add(1);
                }
                None => self.known = false,
            }
        }
    }
}

impl Visitor for Stack {
    fn visit(&mut self, frame: Frame) -> bool {
        self.frames = self.frames.wrapping_add(1);
        self.known &= self.frames <= DEEPEST;
        match frame {
            Frame::Listed(start) => {
                self.called = false;
                self.last = 0;
                let main = program().main;
                // Functions of the same text may be one.
                for function in listed(start).filter(|it| it.kind == Text::Function as u32) {
                    self.add(function.number);
                    if function.number == main {
                        self.last = main;
                    }
                }
            }
            Frame::Runtime => (self.last, self.called) = (0, false),
            Frame::Library => self.called = true,
            Frame::Unknown => self.known = false,
            Frame::End => self.ended = true,
        }
        self.known
    }
}

/// Looks for the call of a library's event loop in which the library waits.
struct EventLoop {
    window: Option<u32>,
}

impl Visitor for EventLoop {
    fn visit(&mut self, frame: Frame) -> bool {
        let Frame::Listed(start) = frame else {
            return matches!(frame, Frame::Runtime | Frame::Library);
        };
        // What stands in libc's place is between the runtime and the library.
        let is = |kind: Text| move |it: &&Function| it.kind == kind as u32;
        let stub = listed(start).find(is(Text::Stub));
        self.window = stub.map(|stub| stub.number);
        stub.is_none() && listed(start).any(|it| is(Text::Interposer)(&it))
    }
}

/// The window of the innermost code of the program on this thread's stack, if that is the call of a
/// library's event loop: nothing of the program is between.
pub(crate) fn event_loop() -> Option<u32> {
    let mut search = EventLoop { window: None };
    walk(&mut search)?;
    search.window
}

/// Looks from a handler of the runtime's for a call that the runtime has made of a library.
struct OwnCall {
    library: bool,
    found: bool,
}

impl Visitor for OwnCall {
    fn visit(&mut self, frame: Frame) -> bool {
        self.library |= matches!(frame, Frame::Library);
        self.found = self.library && matches!(frame, Frame::Runtime);
        !self.found && matches!(frame, Frame::Runtime | Frame::Library)
    }
}

/// Whether the thread was interrupted in a call of a library's that the runtime has made: nothing of the
/// program is between. A call that was left by a jump, or by cancellation, is none any more.
pub(crate) fn is_in_own_call() -> bool {
    let mut search = OwnCall {
        library: false,
        found: false,
    };
    walk(&mut search).is_some() && search.found
}

/// Whether the program provides this function for libraries.
pub(crate) fn is_interposer(address: usize) -> bool {
    listed(address).any(|function| function.kind == Text::Interposer as u32)
}

/// Whose code a frame runs.
enum Frame {
    /// A function, or the stub of a window, that a list has: it starts there.
    Listed(usize),
    /// This runtime.
    Runtime,
    /// An object that is neither the program nor a patch.
    Library,
    /// The program's or a patch's, but on no list.
    Unknown,
    /// None: the stack begins here.
    End,
}

/// Takes the frames of a walk, innermost first.
trait Visitor {
    /// Whether the walk goes on.
    fn visit(&mut self, frame: Frame) -> bool;
}

/// The unwinder's view of a frame.
#[repr(C)]
struct Context {
    opaque: [u8; 0],
}

type Callback = unsafe extern "C" fn(*mut Context, *mut c_void) -> c_int;

/// The unwinder's functions.
struct Unwinder {
    backtrace: unsafe extern "C" fn(Callback, *mut c_void) -> c_int,
    ip: unsafe extern "C" fn(*mut Context, *mut c_int) -> usize,
    start: unsafe extern "C" fn(*mut Context) -> usize,
}

/// The addresses of these functions, once they were found.
static FOUND: [AtomicPtr<c_void>; 3] = [const { AtomicPtr::new(null_mut()) }; 3];

const GO_ON: c_int = 0;
/// `_URC_FATAL_PHASE1_ERROR`: ends the walk.
const STOP: c_int = 3;

impl Unwinder {
    fn find() -> Option<Self> {
        // While threads gather this may be a handler, where the dynamic loader is not called.
        if FOUND.iter().any(|place| place.load(Acquire).is_null()) && gather::open().is_none() {
            let found = Self::of(libc::RTLD_DEFAULT)
                .or_else(|| Self::of(sys::library(c"libgcc_s.so.1")?))?;
            for (place, address) in FOUND.iter().zip(found) {
                place.store(address, Release);
            }
        }
        Self::found()
    }

    fn of(library: *mut c_void) -> Option<[*mut c_void; 3]> {
        let find = |name: &CStr| {
            let address = sys::symbol(library, name);
            (!address.is_null()).then_some(address)
        };
        Some([
            find(c"_Unwind_Backtrace")?,
            find(c"_Unwind_GetIPInfo")?,
            find(c"_Unwind_GetRegionStart")?,
        ])
    }

    fn found() -> Option<Self> {
        let [backtrace, ip, start] = &FOUND;
        let known = |place: &AtomicPtr<c_void>| {
            let address = place.load(Acquire);
            (!address.is_null()).then_some(address)
        };
        // SAFETY: the types that the C++ ABI gives to these names; a pointer that is not null is
        // a function's.
        unsafe {
            Some(Self {
                backtrace: core::mem::transmute::<
                    *mut c_void,
                    unsafe extern "C" fn(Callback, *mut c_void) -> c_int,
                >(known(backtrace)?),
                ip: core::mem::transmute::<
                    *mut c_void,
                    unsafe extern "C" fn(*mut Context, *mut c_int) -> usize,
                >(known(ip)?),
                start: core::mem::transmute::<
                    *mut c_void,
                    unsafe extern "C" fn(*mut Context) -> usize,
                >(known(start)?),
            })
        }
    }
}

/// Looks for the unwinder, so that it need not be looked for any more.
pub(crate) fn prepare() {
    let _ = Unwinder::find();
}

/// A walk on its way.
struct Walk<'a, V> {
    unwinder: &'a Unwinder,
    visitor: &'a mut V,
    /// The object that the last frame's code was in.
    object: Object,
}

/// Shows the frames of this thread to `visitor`; `None` if there is no unwinder.
fn walk<V: Visitor>(visitor: &mut V) -> Option<()> {
    let unwinder = Unwinder::find()?;
    let mut walk = Walk {
        unwinder: &unwinder,
        visitor,
        object: Object::NONE,
    };
    let argument: *mut Walk<'_, V> = &mut walk;
    // SAFETY: the callback gets what it takes, and only until the function returns.
    unsafe { (unwinder.backtrace)(step::<V>, argument.cast()) };
    Some(())
}

/// # Safety
/// Called by the unwinder, with a [`Walk`].
unsafe extern "C" fn step<V: Visitor>(context: *mut Context, walk: *mut c_void) -> c_int {
    // SAFETY: promised by the caller.
    let walk = unsafe { &mut *walk.cast::<Walk<'_, V>>() };
    let mut exact = 0;
    // SAFETY: the unwinder's own context.
    let (ip, start) = unsafe {
        let ip = (walk.unwinder.ip)(context, &mut exact);
        (ip, (walk.unwinder.start)(context))
    };
    // A return address may stand behind the last instruction of its function.
    let at = match exact {
        0 => ip.wrapping_sub(1),
        _ => ip,
    };
    // The unwinder shows the end of the stack as a frame without code.
    if ip == 0 {
        walk.visitor.visit(Frame::End);
        return STOP;
    }
    if !walk.object.contains(at) {
        walk.object = Object::around(at);
    }
    let frame = if walk.object.owned {
        owned(start)
    } else {
        Frame::Library
    };
    match walk.visitor.visit(frame) {
        true => GO_ON,
        false => STOP,
    }
}

/// The frame of a function of the program's or a patch's that starts there.
fn owned(start: usize) -> Frame {
    if is_runtime(start) {
        return Frame::Runtime;
    }
    // What the C library's start-up code adds to each program is none of its own.
    if start == sys::entry() {
        return Frame::Library;
    }
    match listed(start).next() {
        Some(_) => Frame::Listed(start),
        None => Frame::Unknown,
    }
}

/// What the lists have that starts there.
fn listed(start: usize) -> impl Iterator<Item = &'static Function> {
    let info = program();
    let first = (&raw const info.functions).wrapping_byte_offset(info.functions as isize);
    // SAFETY: generated tables say that so many are there.
    let base = unsafe { functions(first.cast(), info.function_count as usize) };
    let more = patches().map(|header| {
        // SAFETY: as above; the header was checked when its patch was applied.
        unsafe { functions(header.functions, header.function_count as usize) }
    });
    let starts = move |function: &&Function| {
        let from = &raw const function.text;
        from.wrapping_byte_offset(function.text as isize).addr() == start
    };
    core::iter::once(base).chain(more).flatten().filter(starts)
}

/// # Safety
/// `count` functions are at `first`, for ever.
unsafe fn functions(first: *const Function, count: usize) -> &'static [Function] {
    if first.is_null() || count == 0 {
        return &[];
    }
    // SAFETY: promised by the caller.
    unsafe { core::slice::from_raw_parts(first, count) }
}

/// Whether an address is in the runtime's own text, which `object.sh` makes one piece.
fn is_runtime(address: usize) -> bool {
    #[cfg(feature = "object")]
    {
        unsafe extern "C" {
            safe static ginseng_text: u8;
            safe static ginseng_text_end: u8;
        }
        (&raw const ginseng_text).addr() <= address
            && address < (&raw const ginseng_text_end).addr()
    }
    #[cfg(not(feature = "object"))]
    {
        let _ = address;
        false
    }
}

/// A loaded object: its addresses, and whether it is the program or a patch.
#[derive(Clone, Copy)]
struct Object {
    start: usize,
    end: usize,
    owned: bool,
}

impl Object {
    const NONE: Self = Self {
        start: 0,
        end: 0,
        owned: false,
    };

    fn contains(&self, address: usize) -> bool {
        self.start <= address && address < self.end
    }

    /// The object that has this address; [`Self::NONE`] if no object has it.
    fn around(address: usize) -> Self {
        let mut search = (address, Self::NONE);
        let argument: *mut (usize, Self) = &mut search;
        // SAFETY: the callback gets what it takes, and only until the function returns.
        unsafe { libc::dl_iterate_phdr(Some(look), argument.cast()) };
        let mut object = search.1;
        object.owned = anchors().any(|anchor| object.contains(anchor));
        object
    }
}

/// Where the object begins that has this address, and where it ends; zeros if there is none.
pub(crate) fn bounds(address: usize) -> [usize; 2] {
    let object = Object::around(address);
    [object.start, object.end]
}

/// An address in the program, and one in each patch.
fn anchors() -> impl Iterator<Item = usize> {
    core::iter::once(core::ptr::from_ref(program()).addr())
        .chain(patches().map(|header| core::ptr::from_ref(header).addr()))
}

/// The program and its patches.
pub(crate) struct Objects {
    known: [Object; Self::ROOM],
    /// There are more.
    more: bool,
}

impl Objects {
    const ROOM: usize = 64;

    pub(crate) fn of_program() -> Self {
        let mut objects = Self {
            known: [Object::NONE; Self::ROOM],
            more: anchors().count() > Self::ROOM,
        };
        for (place, anchor) in objects.known.iter_mut().zip(anchors()) {
            *place = Object::around(anchor);
        }
        objects
    }

    /// Whether one of them may have this address.
    pub(crate) fn contains(&self, address: usize) -> bool {
        self.more || self.known.iter().any(|object| object.contains(address))
    }
}

/// # Safety
/// Called by the dynamic loader, with an address and an [`Object`] to fill in.
unsafe extern "C" fn look(
    info: *mut libc::dl_phdr_info,
    _: libc::size_t,
    search: *mut c_void,
) -> c_int {
    // SAFETY: promised by the caller.
    let ((address, object), info) = unsafe { (&mut *search.cast::<(usize, Object)>(), &*info) };
    let mut found = Object {
        start: usize::MAX,
        ..Object::NONE
    };
    let headers = match info.dlpi_phdr {
        first if first.is_null() => &[],
        // SAFETY: the loader says that so many are there.
        first => unsafe { core::slice::from_raw_parts(first, usize::from(info.dlpi_phnum)) },
    };
    for header in headers
        .iter()
        .filter(|header| header.p_type == libc::PT_LOAD)
    {
        let start = info.dlpi_addr.wrapping_add(header.p_vaddr) as usize;
        found.start = found.start.min(start);
        found.end = found.end.max(start.wrapping_add(header.p_memsz as usize));
    }
    let here = found.contains(*address);
    if here {
        *object = found;
    }
    c_int::from(here)
}
