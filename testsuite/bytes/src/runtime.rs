//! What the runtime reads: a patch before it is loaded, and the control file; and what the tool reads of both.
//!
//! This process is itself a program with the runtime. Each visit to a point that admits a patch is one of those
//! to let pass, so none is ever loaded: what runs is all that comes before.

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::mem::offset_of;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use ginseng_abi::control::{Answer, BLOCK_LEN, Entry, Header};
use ginseng_abi::patch::{PatchTrailer, TRAILER_HASHED, TRAILER_LEN};
use ginseng_abi::program::ProgramInfo;
use ginseng_abi::{ABI_VERSION, Identity};
use ginseng_rt::{ginseng_start, ginseng_stop, ginseng_update};
use ginsengc::readers;
use tempfile::TempDir;

use crate::choice;

/// What the patches of the seeds start from.
const IDENTITY: Identity = [b'G'; 32];

/// What generated code tells the runtime: a program without points and functions.
// SAFETY: no other symbol has this name, and the type is what the runtime takes it for.
#[unsafe(no_mangle)]
static ginseng_program: ProgramInfo = ProgramInfo {
    abi: ABI_VERSION,
    point_count: 0,
    identity: IDENTITY,
    points: 0,
    functions: 0,
    function_count: 0,
    main: 0,
    flags: 0,
    reserved: 0,
};

/// The runtime of this process, as seen from its control file.
struct Runtime {
    folder: TempDir,
    control: File,
    /// The beginning of the control file as the runtime made it.
    fresh: Vec<u8>,
    /// Number of the last assignment.
    assignment: u32,
}

/// So many blocks of the control file are written: the header, the process's entry and some more.
const BLOCKS: usize = 6;

/// Number of the request that waits.
const REQUEST: u32 = 1;

/// For so long the runtime does not look at the stack again at a point where something was in the way.
const UNLOOKED: Duration = Duration::from_millis(2);

/// The runtime, started if it is not there.
fn runtime() -> MutexGuard<'static, Runtime> {
    static RUNTIME: OnceLock<Mutex<Runtime>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let open = Permissions::from_mode(0o700);
        fs::set_permissions(folder.path(), open).expect("a scratch folder of one's own");
        // SAFETY: Rust's own readers take a lock, and of C code only the runtime asks for a variable here.
        unsafe { std::env::set_var("GINSENG_DIR", folder.path()) };
        Mutex::new(Runtime::start(folder))
    });
    runtime.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Runtime {
    fn start(folder: TempDir) -> Self {
        ginseng_start();
        let mut files = fs::read_dir(folder.path()).expect("a scratch folder");
        let file = files.next().expect("a control file").expect("a folder");
        let mut options = File::options();
        let control = options.read(true).write(true).open(file.path());
        let control = control.expect("the control file opens");
        let mut fresh = vec![0; BLOCKS * BLOCK_LEN];
        control.read_exact_at(&mut fresh, 0).expect("it is long");
        Self {
            folder,
            control,
            fresh,
            assignment: 0,
        }
    }

    /// Starts again, after the runtime gave up its control file.
    fn restart(&mut self) {
        let folder = std::mem::replace(
            &mut self.folder,
            tempfile::tempdir().expect("a scratch folder"),
        );
        for file in fs::read_dir(folder.path()).into_iter().flatten().flatten() {
            fs::remove_file(file.path()).expect("files of one's own");
        }
        let assignment = self.assignment;
        *self = Self::start(folder);
        self.assignment = assignment;
    }

    fn write(&self, at: usize, bytes: &[u8]) {
        let written = self.control.write_all_at(bytes, at as u64);
        written.expect("the control file takes it");
    }

    fn number(&self, at: usize) -> u32 {
        let mut bytes = [0; 4];
        let read = self.control.read_exact_at(&mut bytes, at as u64);
        read.expect("the control file is long");
        u32::from_le_bytes(bytes)
    }

    /// Asks the process to take a patch of these bytes.
    fn ask(&mut self, patch: &[u8]) {
        let path = self.folder.path().with_extension("so");
        let mut options = File::options();
        let file = options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = file.open(&path).expect("the scratch folder takes a file");
        file.write_all(patch)
            .expect("the scratch folder takes a file");
        let found = file.metadata().expect("a file has a state");
        let changed = found.ctime() as u64 * 1_000_000_000 + found.ctime_nsec() as u64;
        let state = [found.dev(), found.ino(), found.len(), changed];
        self.assignment += 1;
        let mut name = path.as_os_str().as_bytes().to_vec();
        name.push(0);
        self.write(ENTRY + offset_of!(Entry, path), &name);
        let state = state.map(u64::to_le_bytes);
        self.write(ENTRY + offset_of!(Entry, copy), state.as_flattened());
        self.write(ENTRY + offset_of!(Entry, obstacle), &0_u32.to_le_bytes());
        self.write(ENTRY + offset_of!(Entry, skip), &u32::MAX.to_le_bytes());
        let number = self.assignment.to_le_bytes();
        self.write(ENTRY + offset_of!(Entry, assignment), &number);
        for place in [ENTRY + offset_of!(Entry, request), PENDING] {
            self.write(place, &REQUEST.to_le_bytes());
        }
    }
}

/// Where the process's entry begins.
const ENTRY: usize = BLOCK_LEN;
const PENDING: usize = offset_of!(Header, pending);

/// A patch, for the tool and for the runtime at an update point whose number is the second byte. If the first
/// byte is odd, its digest and version are made to fit.
///
/// # Panics
/// If the runtime takes it, or finds no patch in what the tool takes for one.
pub fn patches(bytes: &[u8]) {
    let (seals, rest) = choice(bytes);
    let (point, rest) = choice(rest);
    let mut patch = rest.to_vec();
    if seals % 2 == 1 {
        seal(&mut patch);
    }
    let whole = readers::patch(&patch).is_ok();
    let mut runtime = runtime();
    runtime.ask(&patch);
    ginseng_update(u32::from(point));
    let answered = runtime.number(ENTRY + offset_of!(Entry, answered)) == runtime.assignment;
    if runtime.number(ENTRY + offset_of!(Entry, obstacle)) != 0 {
        thread::sleep(UNLOOKED);
    }
    let answer = runtime.number(ENTRY + offset_of!(Entry, answer));
    let answer = Answer::from_u32(answer).filter(|_| answered);
    assert_ne!(answer, Some(Answer::Applied), "the visit is let pass");
    let none = [Answer::NotAPatch, Answer::OtherAbi].map(Some);
    assert!(!whole || !none.contains(&answer), "{answer:?}");
}

/// Makes the last bytes a trailer that the tool takes, as far as digest and version go.
fn seal(patch: &mut [u8]) {
    let Some(trailer) = patch.len().checked_sub(TRAILER_LEN) else {
        return;
    };
    let abi = trailer + offset_of!(PatchTrailer, abi);
    patch[abi..abi + 4].copy_from_slice(&ABI_VERSION.to_le_bytes());
    let (hashed, rest) = patch.split_at_mut(trailer + TRAILER_HASHED);
    rest[..32].copy_from_slice(blake3::hash(hashed).as_bytes());
}

/// The beginning of a control file, written over that of this process while a request waits, for `status` and
/// for the runtime at an update point. The first byte says what else the process does.
///
/// # Panics
/// If `status` has no text for it.
pub fn controls(bytes: &[u8]) {
    let (choice, rest) = choice(bytes);
    let rest = &rest[..rest.len().min(BLOCKS * BLOCK_LEN)];
    let mut runtime = runtime();
    runtime.write(0, &runtime.fresh);
    runtime.ask(b"no patch");
    runtime.write(0, rest);
    let file = runtime.control.try_clone().expect("a descriptor is free");
    let told = readers::control(file).expect("it can be mapped");
    assert!(!told.contains('\u{1b}'), "a terminal can show it");
    let unlisted = offset_of!(Header, unlisted);
    let before = runtime.number(unlisted);
    ginseng_update(u32::from(choice >> 1));
    if choice % 2 == 1 {
        ginseng_stop();
        ginseng_update(0);
    }
    // It found no entry, and lives without one from now on.
    if runtime.number(unlisted) != before {
        runtime.restart();
    }
}
