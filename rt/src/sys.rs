//! The calls into libc that the runtime makes, each as a safe function.
//!
//! Plain `libc` rather than a wrapper crate: the runtime has no `std`, and needs libc's own `fork`
//! handlers, secure environment and signal masks anyway.

use core::ffi::{CStr, c_char, c_int, c_void};
use core::mem::MaybeUninit;
use core::ptr::{null, null_mut};
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// An `errno` value.
#[derive(Clone, Copy)]
pub(crate) struct Errno(pub(crate) c_int);

/// A descriptor that is closed when dropped.
pub(crate) struct File(c_int);

impl Drop for File {
    fn drop(&mut self) {
        // SAFETY: the descriptor is ours and used no more.
        unsafe { libc::close(self.0) };
    }
}

/// Leaves the program's `errno` as it was: zero when `main` starts, as C promises.
pub(crate) fn keep_errno<T>(work: impl FnOnce() -> T) -> T {
    let before = errno();
    let result = work();
    set_errno(before.0);
    result
}

pub(crate) fn set_errno(value: c_int) {
    // SAFETY: libc gives a valid pointer to the thread's own `errno`.
    unsafe { *libc::__errno_location() = value };
}

pub(crate) fn errno() -> Errno {
    // SAFETY: libc gives a valid pointer to the thread's own `errno`.
    Errno(unsafe { *libc::__errno_location() })
}

impl File {
    /// Opens `path`, relative to `dir` if given; new files get mode 0600.
    pub(crate) fn open(dir: Option<&File>, path: &CStr, flags: c_int) -> Result<File, Errno> {
        let dir = dir.map_or(libc::AT_FDCWD, |dir| dir.0);
        // SAFETY: the path is NUL-terminated.
        match unsafe { libc::openat(dir, path.as_ptr(), flags | libc::O_CLOEXEC, 0o600) } {
            -1 => Err(errno()),
            fd => Ok(File(fd)),
        }
    }

    /// What kind of file it is, whose, and how long.
    pub(crate) fn stat(&self) -> Result<libc::stat, Errno> {
        let mut stat = MaybeUninit::uninit();
        // SAFETY: the kernel fills the structure in when it succeeds.
        match unsafe { libc::fstat(self.0, stat.as_mut_ptr()) } {
            // SAFETY: it succeeded.
            0 => Ok(unsafe { stat.assume_init() }),
            _ => Err(errno()),
        }
    }

    /// Sets the length, if the process may have files of that length: the kernel's signal for one
    /// that it may not have would end it.
    pub(crate) fn set_len(&self, len: usize) -> Result<(), Errno> {
        let mut limit = MaybeUninit::<libc::rlimit>::zeroed();
        // SAFETY: the structure is valid, before and after the kernel fills it in.
        let limit = unsafe {
            libc::getrlimit(libc::RLIMIT_FSIZE, limit.as_mut_ptr());
            limit.assume_init()
        };
        if limit.rlim_cur < len as u64 {
            return Err(Errno(libc::EFBIG));
        }
        // SAFETY: no memory is involved.
        match unsafe { libc::ftruncate(self.0, len as libc::off_t) } {
            0 => Ok(()),
            _ => Err(errno()),
        }
    }

    /// Reads up to `buffer.len()` bytes at `offset`, giving what was read.
    pub(crate) fn read_at<'a>(&self, buffer: &'a mut [u8], offset: u64) -> Result<&'a [u8], Errno> {
        loop {
            let start = buffer.as_mut_ptr().cast();
            // SAFETY: the buffer is valid for its length.
            let len = unsafe { libc::pread(self.0, start, buffer.len(), offset as libc::off_t) };
            match usize::try_from(len) {
                Ok(len) => return Ok(buffer.get(..len).unwrap_or_default()),
                Err(_) if errno().0 == libc::EINTR => {}
                Err(_) => return Err(errno()),
            }
        }
    }

    /// Writes; what is not written is lost.
    pub(crate) fn write(&self, bytes: &[u8]) {
        write(self.0, bytes);
    }

    /// Maps the file from `offset`, shared, over `len` bytes of memory that the caller owns.
    ///
    /// # Safety
    /// `[start, start + len)` is page-aligned and nothing else depends on its contents.
    pub(crate) unsafe fn map_over(
        &self,
        offset: usize,
        start: *mut c_void,
        len: usize,
    ) -> Result<(), Errno> {
        // SAFETY: promised by the caller.
        unsafe { map_fixed(start, len, libc::MAP_SHARED, self.0, offset) }
    }

    /// Shows the names of the directory's entries, the two dots included; `None` if it cannot be read.
    pub(crate) fn each_entry(&self, mut show: impl FnMut(&[u8])) -> Option<()> {
        let mut buffer = [0u8; 1024];
        loop {
            // SAFETY: the buffer is valid for its length.
            let len = unsafe {
                libc::syscall(
                    libc::SYS_getdents64,
                    self.0,
                    buffer.as_mut_ptr(),
                    buffer.len(),
                )
            };
            let mut rest = buffer.get(..usize::try_from(len).ok()?)?;
            if rest.is_empty() {
                return Some(());
            }
            // `linux_dirent64`: inode and offset, 8 bytes each, the record's length, a byte, the name.
            while let Some((len, _)) = rest.get(16..).and_then(|rest| rest.split_first_chunk()) {
                let len = usize::from(u16::from_le_bytes(*len)).max(1);
                let name = rest.get(19..len).unwrap_or_default();
                show(name.split(|byte| *byte == 0).next().unwrap_or_default());
                rest = rest.get(len..).unwrap_or_default();
            }
        }
    }
}

/// Writes to an open descriptor while signals are blocked; what is not written is lost, and so is
/// the signal for a pipe that nobody reads, which could be the program's end.
pub(crate) fn write(fd: c_int, bytes: &[u8]) {
    // SAFETY: the bytes are valid for their length.
    let written = unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) };
    if written < 0 && errno().0 == libc::EPIPE {
        let at_once = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        let mut signal = MaybeUninit::zeroed();
        // SAFETY: the set is initialised before it is read, and null asks for no details.
        unsafe {
            libc::sigemptyset(signal.as_mut_ptr());
            libc::sigaddset(signal.as_mut_ptr(), libc::SIGPIPE);
            libc::sigtimedwait(signal.as_ptr(), null_mut(), &at_once);
        }
    }
}

/// Makes the memory ordinary zero memory of this process's own again.
///
/// # Safety
/// As for [`File::map_over`].
pub(crate) unsafe fn map_nothing_over(start: *mut c_void, len: usize) {
    // SAFETY: promised by the caller. It cannot fail for want of address space, which is taken.
    let _ = unsafe { map_fixed(start, len, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0) };
}

/// Maps shared memory a second time.
///
/// # Errors
/// `EINVAL` where the program runs on an emulated processor that does not know how (`valgrind`).
///
/// # Safety
/// As for [`File::map_over`], of `[to, to + len)`.
pub(crate) unsafe fn map_again(
    from: *const c_void,
    len: usize,
    to: *mut c_void,
) -> Result<(), Errno> {
    let flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
    // SAFETY: an old length of 0 leaves the old mapping; the rest is promised by the caller.
    match unsafe { libc::mremap(from.cast_mut(), 0, len, flags, to) } {
        libc::MAP_FAILED => Err(errno()),
        _ => Ok(()),
    }
}

/// Keeps a mapping for this process alone: its children do not inherit it.
pub(crate) fn keep_from_children(start: *const c_void, len: usize) -> Result<(), Errno> {
    // SAFETY: this process's memory keeps its contents.
    match unsafe { libc::madvise(start.cast_mut(), len, libc::MADV_DONTFORK) } {
        0 => Ok(()),
        _ => Err(errno()),
    }
}

/// Has the kernel zero the memory in every child, however that is made.
pub(crate) fn wipe_in_children(start: *const c_void, len: usize) -> Result<(), Errno> {
    // SAFETY: this process's memory keeps its contents.
    match unsafe { libc::madvise(start.cast_mut(), len, libc::MADV_WIPEONFORK) } {
        0 => Ok(()),
        _ => Err(errno()),
    }
}

/// Zero memory of this process's own; `None` if there is none left.
pub(crate) fn map_zero(len: usize) -> Option<*mut c_void> {
    let access = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: the kernel chooses a place where nothing is.
    let start = unsafe { libc::mmap(null_mut(), len, access, flags, -1, 0) };
    (start != libc::MAP_FAILED).then_some(start)
}

/// Gives back memory that [`map_zero`] gave and nobody knows of.
pub(crate) fn unmap(start: *mut c_void, len: usize) {
    // SAFETY: nothing refers to it.
    unsafe { libc::munmap(start, len) };
}

/// Lets time pass.
pub(crate) fn sleep_a_millisecond() {
    let time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 1_000_000,
    };
    // SAFETY: null asks for no remaining time.
    unsafe { libc::nanosleep(&time, null_mut()) };
}

/// Whether the first and the last byte of a range can be written, without writing anything else
/// than what is there. Where that cannot be told, it says no.
pub(crate) fn is_writable(start: *mut c_void, len: usize) -> bool {
    let last = start.wrapping_byte_add(len.saturating_sub(1));
    [start, last].into_iter().all(|byte| {
        let byte = libc::iovec {
            iov_base: byte,
            iov_len: 1,
        };
        // SAFETY: the kernel checks both sides; the byte is copied onto itself.
        unsafe { libc::process_vm_writev(libc::getpid(), &byte, 1, &byte, 1, 0) == 1 }
    })
}

/// Bytes of a page.
pub(crate) fn page_len() -> usize {
    // SAFETY: always succeeds for this name.
    unsafe { libc::sysconf(libc::_SC_PAGESIZE) as usize }
}

unsafe fn map_fixed(
    start: *mut c_void,
    len: usize,
    flags: c_int,
    fd: c_int,
    offset: usize,
) -> Result<(), Errno> {
    let offset = offset as libc::off_t;
    let access = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: promised by the callers.
    match unsafe { libc::mmap(start, len, access, flags | libc::MAP_FIXED, fd, offset) } {
        libc::MAP_FAILED => Err(errno()),
        _ => Ok(()),
    }
}

/// Has the kernel back the memory now, so that a full file system is an error here rather than a
/// SIGBUS at the first write. Kernels before 5.14 cannot, which counts as success.
pub(crate) fn back_with_pages(start: *const c_void, len: usize) -> Result<(), Errno> {
    // SAFETY: the call changes no contents.
    match unsafe { libc::madvise(start.cast_mut(), len, libc::MADV_POPULATE_WRITE) } {
        0 => Ok(()),
        _ if errno().0 == libc::EINVAL => Ok(()),
        _ => Err(errno()),
    }
}

/// Makes a directory of mode 0700; one that exists is checked by whoever opens it.
pub(crate) fn make_dir(path: &CStr) {
    // SAFETY: the path is NUL-terminated.
    unsafe { libc::mkdir(path.as_ptr(), 0o700) };
}

/// Removes a file.
pub(crate) fn unlink(path: &CStr) {
    // SAFETY: the path is NUL-terminated.
    unsafe { libc::unlink(path.as_ptr()) };
}

/// The C library's, which the `libc` package leaves out.
const PTHREAD_CANCEL_DISABLE: c_int = 1;
const PTHREAD_CANCEL_DEFERRED: c_int = 0;

unsafe extern "C" {
    fn pthread_setcancelstate(state: c_int, before: *mut c_int) -> c_int;
    fn pthread_setcanceltype(kind: c_int, before: *mut c_int) -> c_int;
    /// Missing from the `libc` crate.
    fn secure_getenv(name: *const c_char) -> *const c_char;
}

/// An environment variable, unless the program runs with raised privileges.
pub(crate) fn secure_env(name: &CStr) -> Option<&'static CStr> {
    // SAFETY: the name is NUL-terminated.
    let value = unsafe { secure_getenv(name.as_ptr()) };
    // SAFETY: not null, so a NUL-terminated string; the callers copy it before `main` runs.
    (!value.is_null()).then(|| unsafe { CStr::from_ptr(value) })
}

/// The process's pid.
pub(crate) fn pid() -> u32 {
    // SAFETY: always succeeds. The raw call, since a raw `clone` must not be hidden by a cache.
    unsafe { libc::syscall(libc::SYS_getpid) as u32 }
}

/// The parent's pid; 0 if it is outside the process's pid namespace.
pub(crate) fn parent() -> u32 {
    // SAFETY: always succeeds.
    unsafe { libc::getppid() as u32 }
}

/// Whether a process with this pid is there (also when it is another user's).
pub(crate) fn is_alive(pid: u32) -> bool {
    // SAFETY: signal 0 is only a check.
    unsafe { libc::kill(pid as libc::pid_t, 0) == 0 || errno().0 != libc::ESRCH }
}

/// The effective user id.
pub(crate) fn uid() -> u32 {
    // SAFETY: always succeeds.
    unsafe { libc::geteuid() }
}

/// Nanoseconds on one of libc's clocks.
pub(crate) fn now(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the structure is valid.
    unsafe { libc::clock_gettime(clock, &mut time) };
    (time.tv_sec as u64)
        .wrapping_mul(1_000_000_000)
        .wrapping_add(time.tv_nsec as u64)
}

/// Blocks all signals until dropped.
pub(crate) struct NoSignals(libc::sigset_t);

impl NoSignals {
    pub(crate) fn new() -> Self {
        let (mut all, mut before) = (MaybeUninit::uninit(), MaybeUninit::zeroed());
        // SAFETY: both sets are valid; `sigfillset` initialises the first one, and a zeroed second
        // one is an empty set.
        unsafe {
            libc::sigfillset(all.as_mut_ptr());
            libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
            Self(before.assume_init())
        }
    }
}

impl Drop for NoSignals {
    fn drop(&mut self) {
        // SAFETY: the mask that was in force before.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.0, null_mut()) };
    }
}

/// Keeps the thread from being cancelled until dropped: half of what C libraries do is a cancellation point.
pub(crate) struct NotCancelled {
    state: c_int,
    kind: c_int,
}

impl NotCancelled {
    pub(crate) fn new() -> Self {
        let (mut state, mut kind) = (0, 0);
        // SAFETY: the places are valid.
        unsafe {
            pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &mut state);
            pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &mut kind);
        }
        Self { state, kind }
    }
}

impl Drop for NotCancelled {
    fn drop(&mut self) {
        // The state first: if it is the state that lets a cancellation happen at once, glibc 2.36 forgets to
        // give the thread its result.
        // SAFETY: what was in force before.
        unsafe {
            pthread_setcancelstate(self.state, null_mut());
            pthread_setcanceltype(self.kind, null_mut());
        }
    }
}

/// The last real-time signal.
pub(crate) fn last_signal() -> c_int {
    libc::SIGRTMAX()
}

/// Changes the signal mask, given and returned as the kernel has it: a bit a signal.
pub(crate) fn set_mask(how: c_int, set: u64) -> u64 {
    let mut before = 0u64;
    // SAFETY: both sets are of the size that is told. The raw call, since libc does not put all
    // that a program may have in its mask back there.
    unsafe {
        libc::syscall(
            libc::SYS_rt_sigprocmask,
            how,
            &set,
            &mut before,
            size_of::<u64>(),
        )
    };
    before
}

/// Signals that have come and are blocked.
pub(crate) fn pending_signals() -> u64 {
    let mut set = 0u64;
    // SAFETY: the set is of the size that is told.
    unsafe { libc::syscall(libc::SYS_rt_sigpending, &mut set, size_of::<u64>()) };
    set
}

/// Whether one of these signals has a handler that ends a call; `restarts`: one that the kernel
/// starts anew where the handler allows it.
pub(crate) fn would_interrupt(signals: u64, restarts: bool) -> bool {
    let mut left = signals;
    while left != 0 {
        let signal = left.trailing_zeros() as c_int + 1;
        left &= left.wrapping_sub(1);
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: a zeroed structure is a valid one; null asks only for the present action.
        let action = unsafe {
            libc::sigaction(signal, null(), action.as_mut_ptr());
            action.assume_init()
        };
        let caught = !matches!(action.sa_sigaction, libc::SIG_DFL | libc::SIG_IGN);
        if caught && !(restarts && action.sa_flags & libc::SA_RESTART != 0) {
            return true;
        }
    }
    false
}

/// The time limit of receiving from a socket, in nanoseconds; 0 without one.
pub(crate) fn receive_limit(fd: c_int) -> u64 {
    let mut limit = libc::timeval {
        tv_sec: 0,
        tv_usec: 0,
    };
    let mut len = size_of::<libc::timeval>() as libc::socklen_t;
    // SAFETY: the value is valid for its length.
    let known = unsafe {
        libc::getsockopt(
            fd,
            libc::SOL_SOCKET,
            libc::SO_RCVTIMEO,
            (&raw mut limit).cast(),
            &mut len,
        )
    };
    match known {
        0 => (limit.tv_sec as u64)
            .wrapping_mul(1_000_000_000)
            .wrapping_add((limit.tv_usec as u64).wrapping_mul(1000)),
        _ => 0,
    }
}

/// A library, which is loaded if it is not yet, and stays; `None` if there is no such library.
pub(crate) fn library(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: the name is NUL-terminated, and the library is one of the system's.
    let library = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW) };
    (!library.is_null()).then_some(library)
}

/// The address of a symbol, null if the library has none of that name.
pub(crate) fn symbol(library: *mut c_void, name: &CStr) -> *mut c_void {
    // SAFETY: the name is NUL-terminated; the library is open, or stands for all of them.
    unsafe { libc::dlsym(library, name.as_ptr()) }
}

/// Where the kernel entered the program.
pub(crate) fn entry() -> usize {
    // SAFETY: no memory is involved.
    unsafe { libc::getauxval(libc::AT_ENTRY) as usize }
}

/// An address in the C library.
pub(crate) fn in_libc() -> usize {
    libc::gnu_get_libc_version as *const () as usize
}

/// A signal handler that is told where it interrupts the program.
pub(crate) type Handler = extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void);

/// Installs a handler that restarts interrupted calls and is itself not interrupted, if the signal
/// has its default action.
pub(crate) fn handle_signal(signal: c_int, handler: Handler) -> bool {
    let mut before = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a zeroed structure is a valid one; null asks only for the present action.
    let known = unsafe { libc::sigaction(signal, null(), before.as_mut_ptr()) } == 0;
    // SAFETY: zeroed or filled in by the kernel.
    let mut action = unsafe { before.assume_init() };
    if !known || action.sa_sigaction != libc::SIG_DFL {
        return false;
    }
    action.sa_sigaction = handler as *const () as libc::sighandler_t;
    action.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK | libc::SA_SIGINFO;
    // SAFETY: the set is valid; the handler calls only what may be called on top of other code.
    unsafe {
        libc::sigfillset(&mut action.sa_mask);
        libc::sigaction(signal, &action, null_mut()) == 0
    }
}

/// Has `before` called before every fork, and `child` in the child.
pub(crate) fn at_fork(before: unsafe extern "C" fn(), child: unsafe extern "C" fn()) {
    // SAFETY: the handlers stay valid as long as the program runs.
    unsafe { libc::pthread_atfork(Some(before), None, Some(child)) };
}

/// Of the first keys for thread-specific data, glibc keeps the values in the thread's own memory.
const KEYS_WITHOUT_MEMORY: u32 = 32;

/// The key whose destructor is called in each thread that ends; or none.
static AT_THREAD_END: AtomicU32 = AtomicU32::new(u32::MAX);

/// Has `end` called when a thread ends that has called [`remember_for_the_end`].
pub(crate) fn at_thread_end(end: unsafe extern "C" fn(*mut c_void)) {
    let mut key = 0;
    // SAFETY: the place is valid, and the function stays so as long as the program runs.
    if unsafe { libc::pthread_key_create(&mut key, Some(end)) } != 0 {
        return;
    }
    if key < KEYS_WITHOUT_MEMORY {
        AT_THREAD_END.store(key, Relaxed);
    } else {
        // SAFETY: nobody else has the key.
        unsafe { libc::pthread_key_delete(key) };
    }
}

/// The calling thread has something, which is not null, to give back when it ends.
pub(crate) fn remember_for_the_end(what: *const c_void) {
    let key = AT_THREAD_END.load(Relaxed);
    if key != u32::MAX {
        // SAFETY: the key is there.
        unsafe { libc::pthread_setspecific(key, what) };
    }
}

/// Whether a handler runs on a stack of the program's for handlers, too small to look at the other stack.
pub(crate) fn is_on_small_stack() -> bool {
    const ENOUGH: usize = 64 << 10;
    let mut stack = MaybeUninit::<libc::stack_t>::zeroed();
    // SAFETY: null only asks.
    let known = unsafe { libc::sigaltstack(null(), stack.as_mut_ptr()) } == 0;
    // SAFETY: zeroed or filled in by the kernel.
    let stack = unsafe { stack.assume_init() };
    !known || stack.ss_flags & libc::SS_ONSTACK != 0 && stack.ss_size < ENOUGH
}

/// Whether the process certainly has one thread, and had no other for a while: libc knows.
pub(crate) fn is_single_threaded() -> bool {
    // SAFETY: the name is NUL-terminated.
    let flag = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"__libc_single_threaded".as_ptr()) };
    // SAFETY: glibc defines the symbol as a `char`.
    !flag.is_null() && unsafe { flag.cast::<u8>().read_volatile() } != 0
}

/// The calling thread's number.
pub(crate) fn thread() -> u32 {
    // SAFETY: no memory is involved.
    unsafe { libc::syscall(libc::SYS_gettid) as u32 }
}

/// The same without a system call: glibc writes it into a mutex that the thread takes.
pub(crate) fn thread_quietly() -> u32 {
    let mut mutex = libc::PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    // SAFETY: the mutex is valid; its third word is the owner, as `<bits/struct_mutex.h>` says for 64-bit
    // machines.
    let owner = unsafe {
        libc::pthread_mutex_lock(&mut mutex);
        let owner = (&raw const mutex).cast::<u32>().add(2).read_volatile();
        libc::pthread_mutex_unlock(&mut mutex);
        owner
    };
    match owner {
        0 => thread(),
        owner => owner,
    }
}

/// Sends a signal to a thread of this process.
pub(crate) fn signal_thread(id: u32, signal: u32) {
    // SAFETY: no memory is involved.
    unsafe { libc::syscall(libc::SYS_tgkill, pid(), id, signal) };
}

/// Whether this process has such a thread.
pub(crate) fn is_thread_alive(id: u32) -> bool {
    // SAFETY: signal 0 is only a check.
    unsafe { libc::syscall(libc::SYS_tgkill, pid(), id, 0) == 0 }
}

/// Waits until `word` is not `value`, somebody wakes, or the time in nanoseconds is over; or shorter.
pub(crate) fn wait_while(word: &AtomicU32, value: u32, nanoseconds: Option<u32>) {
    let time = nanoseconds.map(|nanoseconds| libc::timespec {
        tv_sec: 0,
        tv_nsec: libc::c_long::from(nanoseconds),
    });
    let time = time.as_ref().map_or(null(), core::ptr::from_ref);
    let how = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
    // SAFETY: the word and the time are valid.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), how, value, time) };
}

/// Wakes all that wait so.
pub(crate) fn wake_all(word: &AtomicU32) {
    let how = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
    // SAFETY: the word is valid.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), how, c_int::MAX) };
}

/// Copies memory of this process that may be unmapped at any time; how many bytes there were.
pub(crate) fn peek(start: usize, words: &mut [usize]) -> usize {
    let to = libc::iovec {
        iov_base: words.as_mut_ptr().cast(),
        iov_len: size_of_val(words),
    };
    let from = libc::iovec {
        iov_base: start as *mut c_void,
        iov_len: to.iov_len,
    };
    // SAFETY: `to` is valid for its length, and the kernel checks `from`.
    let len = unsafe { libc::process_vm_readv(pid() as libc::pid_t, &to, 1, &from, 1, 0) };
    usize::try_from(len).unwrap_or(0)
}
