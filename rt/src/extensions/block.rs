//! Extension blocks, and the chains they are kept in.
//!
//! Blocks are never unmapped and stay blocks for ever, so code that meets one that another thread
//! has just dropped, or that a signal handler on top of it has, reads stale fields and no foreign
//! memory. It notices by the chain's head, which carries a count of changes.

use core::mem::offset_of;
use core::ptr::{self, with_exposed_provenance};
use core::sync::atomic::{AtomicPtr, AtomicU16, AtomicU32, AtomicUsize, Ordering::*};

use ginseng_abi::patch::{BlockHeader, Kind};

/// What stands in front of a block's bytes.
#[repr(C, align(16))]
pub(super) struct Block {
    /// Address of the object; meaningless in a dead block.
    pub(super) object: AtomicUsize,
    /// Kind and state: see [`Tenure`].
    pub(super) tenure: AtomicUsize,
    /// The next one in the chain.
    pub(super) next: AtomicPtr<Block>,
    /// Which [`super::hold`] put it out of sight last.
    pub(super) hold: AtomicU32,
    /// The update under which it was made, modulo 2^16.
    pub(super) update: AtomicU16,
    /// Size class of its memory.
    pub(super) class: AtomicU16,
}

/// Bytes in front of a block's own.
pub(super) const HEADER_LEN: usize = size_of::<Block>();

/// Bytes that a kind's blocks use.
pub(super) fn size(kind: &Kind) -> usize {
    kind.size.load(Relaxed) as usize
}

/// A block's kind, with its state in the lowest bits: a live block's is the kind's address itself,
/// so that a lookup has one thing to compare.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Tenure(pub(super) usize);

impl Tenure {
    /// Belongs to no object; once it is first in its chain, it is given back.
    pub(super) const DEAD: Self = Self(0);
    /// Complete, but not seen by lookups before it is in its chain for sure.
    const HIDDEN: usize = 1;
    /// Out of sight while `realloc` or `munmap` works on its object.
    const HELD: usize = 2;
    const STATE: usize = Self::HIDDEN | Self::HELD;

    pub(super) fn live(kind: *const Kind) -> Self {
        Self(kind.expose_provenance())
    }

    pub(super) fn hidden(self) -> Self {
        Self(self.0 | Self::HIDDEN)
    }

    pub(super) fn held(self) -> Self {
        Self(self.0 | Self::HELD)
    }

    pub(super) fn is_held(self) -> bool {
        self.0 & Self::HELD != 0
    }

    pub(super) fn is_live(self) -> bool {
        self.0 & Self::STATE == 0 && self != Self::DEAD
    }

    /// The same kind, alive.
    pub(super) fn revived(self) -> Self {
        Self(self.0 & !Self::STATE)
    }

    /// The kind; none of a dead block.
    pub(super) fn kind(self) -> Option<&'static Kind> {
        // SAFETY: kinds lie in patches, which stay loaded; a patch that is refused takes its
        // blocks with it.
        unsafe { with_exposed_provenance::<Kind>(self.revived().0).as_ref() }
    }
}

impl Block {
    /// The block's own bytes.
    pub(super) fn bytes(&self) -> *mut u8 {
        ptr::from_ref(self)
            .cast_mut()
            .cast::<u8>()
            .wrapping_add(HEADER_LEN)
    }

    pub(super) fn tenure(&self) -> Tenure {
        Tenure(self.tenure.load(Acquire))
    }

    /// Changes its state, unless someone else did.
    pub(super) fn change(&self, from: Tenure, to: Tenure) -> bool {
        self.tenure
            .compare_exchange(from.0, to.0, AcqRel, Acquire)
            .is_ok()
    }

    /// Sets all its bytes.
    pub(super) fn fill(&self, byte: u8, kind: &Kind) {
        // SAFETY: a block has as many bytes as its kind says.
        unsafe { ptr::write_bytes(self.bytes(), byte, size(kind)) };
    }

    /// Has the bytes that its kind does not use be zero, whatever was there.
    pub(super) fn clear_rest(&self, kind: &Kind) {
        let used = size(kind);
        let rest = (kind.room as usize).saturating_sub(used);
        // SAFETY: a block has as much room as its kind says.
        unsafe { ptr::write_bytes(self.bytes().wrapping_add(used), 0, rest) };
    }

    /// Takes over the bytes of another block of the same kind.
    pub(super) fn copy(&self, from: &Block, kind: &Kind) {
        // SAFETY: blocks have as many bytes as their kind says.
        unsafe { ptr::copy(from.bytes(), self.bytes(), size(kind)) };
    }
}

/// The head of a list of blocks: its first block, and in the upper bits how often it changed.
#[repr(transparent)]
pub(super) struct Chain(AtomicUsize);

/// Bits of an address; the rest count changes.
const ADDRESS_BITS: u32 = 48;
const ADDRESS: usize = (1 << ADDRESS_BITS) - 1;

/// A chain as it was at one moment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Head(usize);

impl Head {
    pub(super) fn first(self) -> *const Block {
        with_exposed_provenance(self.0 & ADDRESS)
    }
}

impl Chain {
    pub(super) const fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    pub(super) fn head(&self) -> Head {
        Head(self.0.load(Acquire))
    }

    /// Replaces the first block, unless the chain changed since `seen`.
    pub(super) fn set_first(&self, seen: Head, first: *const Block) -> bool {
        let count = (seen.0 & !ADDRESS).wrapping_add(1 << ADDRESS_BITS);
        let next = first.expose_provenance() & ADDRESS | count;
        self.0
            .compare_exchange(seen.0, next, AcqRel, Relaxed)
            .is_ok()
    }

    /// Puts a block in front.
    pub(super) fn push(&self, block: &'static Block) {
        loop {
            let head = self.head();
            block.next.store(head.first().cast_mut(), Relaxed);
            if self.set_first(head, block) {
                return;
            }
        }
    }

    /// Takes the first block off, if `test` says so of it.
    pub(super) fn pop_if(&self, test: impl Fn(&Block) -> bool) -> Option<&'static Block> {
        loop {
            let head = self.head();
            // SAFETY: blocks are never unmapped.
            let first = unsafe { head.first().as_ref() }?;
            let taken = test(first);
            if taken && self.set_first(head, first.next.load(Relaxed)) {
                return Some(first);
            }
            if !taken && self.head() == head {
                return None;
            }
        }
    }
}

// Patch code reads these two.
const _: () = assert!(HEADER_LEN == size_of::<BlockHeader>());
const _: () = assert!(offset_of!(Block, object) == offset_of!(BlockHeader, object));
const _: () = assert!(offset_of!(Block, tenure) == offset_of!(BlockHeader, kind));
