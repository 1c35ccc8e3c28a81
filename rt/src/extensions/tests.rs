//! The index and the operations on it, against a model and under interruption.

use std::collections::BTreeMap;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering::*};
use std::sync::{Mutex, MutexGuard};
use std::thread;

use proptest::prelude::*;

use super::block::HEADER_LEN;
use super::*;

/// Held by each test: some work on all blocks of the process.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    // A test that failed leaves nothing that others would miss.
    ALONE.lock().unwrap_or_else(|error| error.into_inner())
}

/// Takes over the object's first eight bytes, unless its first one is 13.
extern "C" fn from_object(object: *const u8, block: *mut u8) -> i32 {
    // SAFETY: the tests' objects and the blocks of this kind have eight bytes.
    unsafe {
        ptr::copy_nonoverlapping(object, block, 8);
        i32::from(*object == 13)
    }
}

/// Sizes in several classes, one got from the kernel by itself; objects of known and unknown size.
static KINDS: [Kind; 4] = [
    Kind {
        size: AtomicU32::new(8),
        object: 16,
        init: Some(from_object),
        room: 16,
    },
    Kind {
        size: AtomicU32::new(24),
        object: 0,
        init: None,
        room: 32,
    },
    Kind {
        size: AtomicU32::new(1500),
        object: 8,
        init: Some(from_object),
        room: 1500,
    },
    Kind {
        size: AtomicU32::new(70_000),
        object: 100,
        init: None,
        room: 80_000,
    },
];

fn made_for(object: &[u8], kind: &Kind) -> Vec<u8> {
    let mut bytes = vec![0; size(kind)];
    if kind.init.is_some() && object[0] != 13 {
        bytes[..8].copy_from_slice(&object[..8]);
    }
    bytes
}

fn bytes_of(block: *const u8, kind: &Kind) -> Vec<u8> {
    // SAFETY: the block is one of this kind.
    unsafe { std::slice::from_raw_parts(block, size(kind)) }.to_vec()
}

/// Objects with their blocks' bytes, the simple way.
#[derive(Default)]
struct Model {
    /// By offset of the object and number of the kind: bytes and place of the block.
    blocks: BTreeMap<(usize, usize), (Vec<u8>, *mut u8)>,
}

impl Model {
    fn in_range(&self, start: usize, len: usize, whole: bool) -> Vec<(usize, usize)> {
        let keys = self.blocks.keys().copied();
        keys.filter(|(object, kind)| {
            let need = if whole {
                KINDS[*kind].object as usize
            } else {
                0
            };
            (start..start + len).contains(object) && object + need <= start + len
        })
        .collect()
    }
}

#[derive(Clone, Debug)]
enum Step {
    Touch(usize, usize, u8),
    Write(usize, u8),
    Fresh(usize, usize),
    Forget(usize, usize),
    Filled(usize, u8, usize),
    Copied(usize, usize, usize),
    Moved(usize, usize, usize),
    Restored(usize, usize),
}

/// Room for objects: a few granules, and groups of them.
const ROOM: usize = 9000;
/// From here on there is only what is moved for a moment.
const ASIDE: usize = 8000;

fn step() -> impl Strategy<Value = Step> {
    // Close together, so that ranges meet objects, with some anywhere.
    let place = || prop_oneof![3 => (0..40usize).prop_map(|at| at * 8), 1 => 0..ASIDE - 700];
    let len = || prop_oneof![3 => 0..130usize, 1 => 0..600usize];
    let kind = 0..KINDS.len();
    prop_oneof![
        6 => (place(), kind.clone(), any::<u8>()).prop_map(|(at, kind, byte)| Step::Touch(at, kind, byte)),
        2 => (place(), 10..20u8).prop_map(|(at, byte)| Step::Write(at, byte)),
        1 => (place(), kind).prop_map(|(at, kind)| Step::Fresh(at, kind)),
        1 => (place(), len()).prop_map(|(at, len)| Step::Forget(at, len)),
        1 => (place(), any::<u8>(), len()).prop_map(|(at, byte, len)| Step::Filled(at, byte, len)),
        3 => (place(), place(), len()).prop_map(|(to, from, len)| Step::Copied(to, from, len)),
        1 => (place(), len(), 0..600usize).prop_map(|(at, len, keep)| Step::Moved(at, len, keep)),
        1 => (place(), len()).prop_map(|(at, len)| Step::Restored(at, len)),
    ]
}

/// Does a step to the room and to the model, and says which blocks may have moved.
fn take(step: &Step, room: &mut [u8], model: &mut Model) {
    let base = room.as_mut_ptr();
    let start = base.expose_provenance();
    match *step {
        Step::Touch(object, kind, byte) => {
            let known = &KINDS[kind];
            // SAFETY: the kinds live for ever, and objects lie in the room.
            let block = unsafe { extension(base.wrapping_add(object), known) };
            let entry = model.blocks.entry((object, kind));
            let (bytes, place) = entry.or_insert_with(|| (made_for(&room[object..], known), block));
            assert_eq!(*place, block, "a block moved");
            assert!(bytes_of(block, known) == *bytes, "touched {object} {kind}");
            bytes.fill(byte);
            // SAFETY: the block has so many bytes.
            unsafe { ptr::write_bytes(block, byte, size(known)) };
        }
        Step::Write(object, byte) => room[object..object + 8].fill(byte),
        Step::Fresh(object, kind) => {
            let known = &KINDS[kind];
            // SAFETY: the kinds live for ever.
            unsafe { fresh(base.wrapping_add(object), known) };
            let place = index::find(start + object, known).map_or(null_mut(), Block::bytes);
            let zero = (vec![0; size(known)], place);
            let before = model.blocks.insert((object, kind), zero);
            assert!(before.is_none_or(|(_, before)| before == place));
        }
        Step::Forget(at, len) => {
            forget(start + at, len);
            for key in model.in_range(at, len, false) {
                model.blocks.remove(&key);
            }
        }
        Step::Filled(at, byte, len) => {
            room[at..at + len].fill(byte);
            filled(start + at, byte, len);
            for key in model.in_range(at, len, true) {
                model
                    .blocks
                    .entry(key)
                    .and_modify(|(bytes, _)| bytes.fill(byte));
            }
        }
        Step::Copied(to, from, len) => {
            copied(start + to, start + from, len);
            room.copy_within(from..from + len, to);
            if to == from {
                return;
            }
            let clones: BTreeMap<_, _> = model
                .in_range(from, len, true)
                .into_iter()
                .map(|(object, kind)| {
                    let bytes = model.blocks[&(object, kind)].0.clone();
                    ((object - from + to, kind), bytes)
                })
                .collect();
            for key in model.in_range(to, len, true) {
                let anew = made_for(&room[key.0..], &KINDS[key.1]);
                model
                    .blocks
                    .entry(key)
                    .and_modify(|(bytes, _)| *bytes = anew);
            }
            for ((object, kind), bytes) in clones {
                let block = index::find(start + object, &KINDS[kind]);
                let place = block.map_or(null_mut(), Block::bytes);
                let before = model.blocks.insert((object, kind), (bytes, place));
                assert!(before.is_none_or(|(_, before)| before == place));
            }
        }
        Step::Moved(at, len, keep) => {
            // To the room's end and back, as two calls of `realloc` might.
            let Some(held) = hold(start + at, len) else {
                assert!(model.in_range(at, len, false).is_empty());
                return;
            };
            held.settle(start + ASIDE, keep);
            if let Some(held) = hold(start + ASIDE, 650) {
                held.settle(start + at, 650);
            }
            let keys = model.in_range(at, len, false);
            for (object, kind) in keys {
                if object - at >= keep {
                    model.blocks.remove(&(object, kind));
                } else if let Some((_, place)) = model.blocks.get_mut(&(object, kind)) {
                    let block = index::find(start + object, &KINDS[kind]);
                    *place = block.map_or(null_mut(), Block::bytes);
                }
            }
        }
        Step::Restored(at, len) => {
            if let Some(held) = hold(start + at, len) {
                for (object, kind) in model.in_range(at, len, false) {
                    assert!(index::find(start + object, &KINDS[kind]).is_none());
                }
                held.restore();
            }
        }
    }
}

fn compare(start: usize, model: &Model) {
    for ((object, kind), (bytes, place)) in &model.blocks {
        let block = index::find(start + object, &KINDS[*kind]);
        let block = block.unwrap_or_else(|| panic!("no block for {object} {kind}"));
        assert_eq!(block.bytes(), *place, "{object} {kind} moved");
        let same = bytes_of(block.bytes(), &KINDS[*kind]) == *bytes;
        assert!(same, "bytes of {object} {kind}");
    }
    let mut alive = 0;
    index::each(start, ROOM, &mut |seen| {
        alive += usize::from(seen.owner.is_live());
    });
    assert_eq!(alive, model.blocks.len(), "blocks that nobody should have");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn does_as_the_model_does(steps in prop::collection::vec(step(), 1..60)) {
        let _alone = alone();
        let mut room = vec![0u8; ROOM];
        let start = room.as_mut_ptr().expose_provenance();
        // What a case that failed has left.
        forget(start, ROOM);
        let mut model = Model::default();
        for step in &steps {
            take(step, &mut room, &mut model);
            compare(start, &model);
        }
        forget(start, ROOM);
        compare(start, &Model::default());
    }
}

#[test]
fn finds_its_way_through_large_ranges() {
    let _alone = alone();
    let memory = sys_memory(40 << 20);
    let places = [
        0,
        63,
        64,
        (1 << 20) - 1,
        1 << 20,
        (3 << 20) + 70,
        (40 << 20) - 1,
    ];
    let kind = &KINDS[1];
    for place in places {
        // SAFETY: the kinds live for ever.
        unsafe { extension(memory.wrapping_add(place), kind) };
    }
    let start = memory.addr();
    let count = |from: usize, len: usize| {
        let mut found = Vec::new();
        index::each(start + from, len, &mut |seen| {
            found.push(seen.owner.object() - start)
        });
        found.sort_unstable();
        found
    };
    assert_eq!(count(0, 40 << 20), places);
    assert_eq!(count(1, (40 << 20) - 2), places[1..6]);
    assert_eq!(count(64, 0), [0usize; 0]);
    assert_eq!(count(64, 1), [64]);
    forget(0, usize::MAX - 1);
    assert_eq!(count(0, 40 << 20), [0usize; 0]);
}

fn sys_memory(len: usize) -> *mut u8 {
    crate::sys::map_zero(len).expect("memory").cast()
}

#[test]
fn a_refused_update_takes_its_blocks_along() {
    let _alone = alone();
    let room = sys_memory(4096);
    let kind = &KINDS[1];
    // SAFETY: the kinds live for ever.
    let before = unsafe { extension(room, kind) };
    begin_update();
    // SAFETY: as above.
    unsafe { extension(room.wrapping_add(8), kind) };
    take_back_update();
    assert_eq!(
        index::find(room.addr(), kind).map(Block::bytes),
        Some(before)
    );
    assert!(index::find(room.addr() + 8, kind).is_none());
}

#[test]
fn a_kind_that_grows_finds_zeroes() {
    static GROWS: Kind = Kind {
        size: AtomicU32::new(4),
        object: 8,
        init: None,
        room: 32,
    };
    let bytes = |object: *const u8| {
        // SAFETY: the kind lives for ever, and its blocks have so much room.
        unsafe { std::slice::from_raw_parts(extension(object, &GROWS), 32).to_vec() }
    };
    let _alone = alone();
    let room = sys_memory(4096);
    bytes(room);
    filled(room.addr(), 0xff, 8);
    let mut wanted = vec![0; 32];
    wanted[..4].fill(0xff);
    assert_eq!(bytes(room), wanted);
    // An update takes more, writes, and is refused.
    begin_update();
    GROWS.size.store(12, Relaxed);
    filled(room.addr(), 7, 8);
    GROWS.size.store(4, Relaxed);
    take_back_update();
    wanted[..4].fill(7);
    assert_eq!(bytes(room), wanted);
    // The next one is not.
    begin_update();
    GROWS.size.store(20, Relaxed);
    copied(room.addr() + 8, room.addr(), 8);
    assert_eq!(bytes(room.wrapping_add(8)), wanted);
    filled(room.addr(), 1, 16);
    wanted[..20].fill(1);
    assert_eq!(bytes(room), wanted);
    assert_eq!(bytes(room.wrapping_add(8)), wanted);
    // What uses the memory again finds zeroes.
    forget(room.addr(), 16);
    assert_eq!(bytes(room), [0; 32]);
    forget(room.addr(), 16);
}

#[test]
fn threads_agree_on_one_block() {
    let _alone = alone();
    const OBJECTS: usize = 20_000;
    let room = sys_memory(OBJECTS * 8).expose_provenance();
    let place = move |index: usize| with_exposed_provenance::<u8>(room + 8 * (index % OBJECTS));
    // SAFETY: the kinds live for ever, and the objects have eight bytes.
    let touch = move |index| unsafe { extension(place(index), &KINDS[0]) }.expose_provenance();
    let workers = (0..4).map(|worker| {
        thread::spawn(move || {
            let order = |index: usize| {
                if worker % 2 == 0 {
                    index
                } else {
                    OBJECTS - 1 - index
                }
            };
            let mut blocks = vec![0; OBJECTS];
            for index in 0..OBJECTS {
                blocks[order(index)] = touch(order(index));
            }
            blocks
        })
    });
    let workers: Vec<_> = workers.collect();
    let results: Vec<_> = workers
        .into_iter()
        .map(|worker| worker.join().expect("no panic"))
        .collect();
    assert!(results.iter().all(|blocks| *blocks == results[0]));
    // Each thread ends and makes objects of its own beside those of the others.
    let workers = (0..4).map(|worker| {
        thread::spawn(move || {
            for round in 0..30 {
                for index in (worker..2000).step_by(4) {
                    forget(room + 8 * index, 8);
                    let block: *mut u64 = ptr::with_exposed_provenance_mut(touch(index));
                    // SAFETY: this thread alone has the object, whose block has eight bytes.
                    unsafe {
                        assert_eq!(*block, 0);
                        *block = 1 << round;
                    }
                }
            }
        })
    });
    let workers: Vec<_> = workers.collect();
    workers
        .into_iter()
        .for_each(|worker| worker.join().expect("no panic"));
    for index in 0..2000 {
        let block: *const u64 = with_exposed_provenance(touch(index));
        // SAFETY: the block has eight bytes.
        assert_eq!(unsafe { *block }, 1 << 29);
    }
    forget(room, OBJECTS * 8);
}

/// The block that is remembered, if it is the object's; else it is found and remembered. As patch code does it.
fn remembered(last: &AtomicPtr<u8>, object: *const u8, kind: &'static Kind) -> *mut u64 {
    let bytes = last.load(Relaxed);
    let owner = bytes.wrapping_sub(HEADER_LEN).cast::<AtomicUsize>();
    // SAFETY: the bytes are those of a block, and its owner comes first.
    if !bytes.is_null() && unsafe { (*owner).load(Acquire) } == object.addr() {
        return bytes.cast();
    }
    // SAFETY: the kinds live for ever, and the objects have eight bytes.
    let bytes = unsafe { extension(object, kind) };
    last.store(bytes, Relaxed);
    bytes.cast()
}

#[test]
fn threads_may_remember_each_other_s_blocks() {
    static ALIKE: [Kind; 2] = [const {
        Kind {
            size: AtomicU32::new(8),
            object: 8,
            init: None,
            room: 16,
        }
    }; 2];
    static LAST: [AtomicPtr<u8>; 2] = [const { AtomicPtr::new(null_mut()) }; 2];
    const EACH: usize = 16;
    let _alone = alone();
    let room = sys_memory(4096).expose_provenance();
    let workers = (0..4).map(|worker: usize| {
        thread::spawn(move || {
            let mut values = [[0u64; 2]; EACH];
            let mut state = worker as u64 + 1;
            for round in 1..200_000u64 {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                let index = (state >> 33) as usize % EACH;
                // Beside the objects of the others, each of them this thread's alone.
                let address = room + 16 * (4 * index + worker);
                let object = with_exposed_provenance(address);
                for (kind, last) in LAST.iter().enumerate() {
                    let block = remembered(last, object, &ALIKE[kind]);
                    let value = &mut values[index][kind];
                    // SAFETY: the block has eight bytes, which are of this thread's object.
                    unsafe {
                        assert_eq!(*block, *value);
                        *value = round * 8 + worker as u64 * 2 + kind as u64;
                        *block = *value;
                    }
                }
                if state >> 61 == 0 {
                    forget(address, 16);
                    values[index] = [0; 2];
                }
            }
        })
    });
    let workers: Vec<_> = workers.collect();
    workers
        .into_iter()
        .for_each(|worker| worker.join().expect("no panic"));
    forget(room, 4096);
}

#[test]
fn memory_that_ends_is_looked_through_once() {
    let _alone = alone();
    let start = sys_memory(1 << 20).expose_provenance();
    let kind = &KINDS[1];
    let touch = |offset: usize| {
        // SAFETY: the kinds live for ever.
        unsafe { extension(with_exposed_provenance(start + offset), kind) };
    };
    let maybe = |offset: usize, len: usize| {
        let (first, last) = (start + offset, start + offset + len - 1);
        let probably = index::probably_in(first, last);
        assert!(!probably || index::maybe_in(first, last));
        probably
    };
    touch(100);
    touch(1000);
    touch(1036);
    assert!(maybe(100, 1) && maybe(90, 20) && maybe(1000, 1) && maybe(1030, 10));
    assert!(!maybe(0, 96) && !maybe(112, 800) && !maybe(1040, 900));
    assert!(maybe(1010, 20) && !maybe(2040, 20) && !maybe(2040, 1025) && maybe(3000, 2000));
    // What starts in the same 16 bytes may be somebody else's.
    forget(start + 100, 4);
    assert!(maybe(100, 1) && !are_in(start + 100, 1));
    forget(start + 96, 16);
    assert!(!maybe(96, 16));
    // Across a kilobyte, and held ones stay known.
    let held = hold(start + 1036, 8).expect("there is one");
    forget(start + 992, 64);
    assert!(!maybe(992, 16) && maybe(1024, 16));
    held.restore();
    assert!(are_in(start + 1036, 1));
    forget(start, 1 << 20);
    assert!(!maybe(1024, 16));
}

/// What the handler below shares with the thread that it interrupts.
static OBJECTS: AtomicPtr<u8> = AtomicPtr::new(null_mut());
static PRESENT: AtomicUsize = AtomicUsize::new(0);
static SEEN: [AtomicPtr<u8>; INTERRUPTED] = [const { AtomicPtr::new(null_mut()) }; INTERRUPTED];
static SIGNALS: AtomicUsize = AtomicUsize::new(0);
const INTERRUPTED: usize = 100_000;

/// Touches the object that the thread is about to touch, and objects and copies of its own around it.
extern "C" fn interrupt(_: libc::c_int) {
    let index = PRESENT.load(Relaxed);
    let object = OBJECTS.load(Relaxed).wrapping_add(32 * index);
    let own = object.wrapping_add(8 + 8 * (SIGNALS.fetch_add(1, Relaxed) % 3));
    // SAFETY: the kinds live for ever, and objects have eight bytes.
    unsafe {
        let block = extension(object, &KINDS[0]);
        SEEN[index].store(block, Relaxed);
        ptr::write_bytes(extension(own, &KINDS[1]), 7, 24);
    }
    forget(own.addr(), 1);
}

#[test]
fn signal_handlers_may_do_anything_at_any_time() {
    let _alone = alone();
    let room = sys_memory(32 * INTERRUPTED);
    OBJECTS.store(room, Relaxed);
    // SAFETY: the handler is made for this, and the signal is this test's alone.
    unsafe { libc::signal(libc::SIGUSR1, interrupt as *const () as libc::sighandler_t) };
    // SAFETY: no arguments.
    let target = unsafe { libc::pthread_self() };
    static DONE: AtomicBool = AtomicBool::new(false);
    let sender = thread::spawn(move || {
        while !DONE.load(Relaxed) {
            // SAFETY: the thread waits for this one.
            unsafe { libc::pthread_kill(target, libc::SIGUSR1) };
        }
    });
    for (index, seen) in SEEN.iter().enumerate() {
        PRESENT.store(index, Relaxed);
        let object = room.wrapping_add(32 * index);
        // SAFETY: the kinds live for ever, and the objects have eight bytes.
        let block = unsafe { extension(object, &KINDS[0]) };
        let seen = seen.load(Relaxed);
        assert!(
            seen.is_null() || seen == block,
            "two blocks for object {index}"
        );
        // SAFETY: the block has eight bytes.
        unsafe { block.cast::<usize>().write(index + 1) };
        // An object at one of the handler's places, again and again until the handler came often
        // enough.
        loop {
            // SAFETY: as above.
            unsafe { fresh(object.wrapping_add(8), &KINDS[1]) };
            forget(object.addr() + 8, 1);
            if SIGNALS.load(Relaxed) >= index / 100 {
                break;
            }
        }
    }
    DONE.store(true, Relaxed);
    sender.join().expect("no panic");
    for index in 0..INTERRUPTED {
        let block = index::find(room.addr() + 32 * index, &KINDS[0]).expect("it was made");
        // SAFETY: the block has eight bytes.
        assert_eq!(unsafe { *block.bytes().cast::<usize>() }, index + 1);
    }
    let mut alive = 0;
    index::each(room.addr(), 32 * INTERRUPTED, &mut |seen| {
        alive += usize::from(seen.owner.is_live());
    });
    assert_eq!(alive, INTERRUPTED);
    forget(room.addr(), 32 * INTERRUPTED);
}
