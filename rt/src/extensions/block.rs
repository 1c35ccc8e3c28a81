//! Extension blocks, and the chains they are kept in.
//!
//! Blocks are never unmapped, stay blocks for ever, and of one kind for as long as the kind is
//! loaded. So code that meets one that another thread has just dropped, or that a signal handler on
//! top of it has, reads stale fields and no foreign memory; and one word tells whose a block is, which
//! is all that patch code looks at.

use core::mem::offset_of;
use core::ptr::{self, with_exposed_provenance};
use core::sync::atomic::{AtomicPtr, AtomicU16, AtomicU32, AtomicUsize, Ordering::*};

use ginseng_abi::patch::{BlockHeader, Kind};

/// What stands in front of a block's bytes.
#[repr(C, align(16))]
pub(super) struct Block {
    /// The object and the block's state: see [`Owner`].
    owner: AtomicUsize,
    /// Address of the kind; written while the block is nobody's.
    kind: AtomicUsize,
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

/// The address of a block's object, with its state in the highest bits, which no address has that
/// processes use. A live block's is the address itself, so that a lookup has one thing to compare.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner(usize);

impl Owner {
    /// Complete, but not seen by lookups before it is in its chain for sure.
    const HIDDEN: usize = 1 << 62;
    /// Out of sight while `realloc` or `munmap` works on its object.
    const HELD: usize = 1 << 63;
    const STATE: usize = Self::HIDDEN | Self::HELD;
    /// The block belongs to no object; once it is first in its chain, it is given back.
    pub(super) const NOBODY: Self = Self(Self::STATE);

    /// The object at this address, whose block is alive.
    #[inline(always)]
    pub(super) fn live(object: usize) -> Self {
        Self(object)
    }

    /// The same of a live one, hidden.
    pub(super) fn hidden(self) -> Self {
        Self(self.0 | Self::HIDDEN)
    }

    /// The same of a live one, held.
    pub(super) fn held(self) -> Self {
        Self(self.0 | Self::HELD)
    }

    pub(super) fn is_held(self) -> bool {
        self.0 & Self::STATE == Self::HELD
    }

    pub(super) fn is_live(self) -> bool {
        self.0 & Self::STATE == 0
    }

    /// Address of the object.
    pub(super) fn object(self) -> usize {
        self.0 & !Self::STATE
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

    /// Makes new memory a block that is nobody's.
    pub(super) fn begin(&self, kind: *const Kind, class: u16) {
        self.kind.store(kind.expose_provenance(), Relaxed);
        self.class.store(class, Relaxed);
        self.set_owner(Owner::NOBODY);
    }

    #[inline(always)]
    pub(super) fn owner(&self) -> Owner {
        Owner(self.owner.load(Acquire))
    }

    /// Of a block that is in no chain.
    pub(super) fn set_owner(&self, owner: Owner) {
        self.owner.store(owner.0, Release);
    }

    /// Changes its state, unless someone else did.
    pub(super) fn change(&self, from: Owner, to: Owner) -> bool {
        self.owner
            .compare_exchange(from.0, to.0, AcqRel, Acquire)
            .is_ok()
    }

    /// Whether it is one of this kind. The owner is to be loaded before.
    #[inline(always)]
    pub(super) fn is(&self, kind: *const Kind) -> bool {
        self.kind.load(Relaxed) == kind.addr()
    }

    /// Its kind, which the caller knows to be loaded: it has seen the block belong to an object.
    pub(super) fn kind(&self) -> &'static Kind {
        // SAFETY: kinds lie in patches, which stay loaded; a patch that is refused takes its blocks
        // with it.
        unsafe { &*self.kind_address() }
    }

    /// Where its kind is, or was.
    pub(super) fn kind_address(&self) -> *const Kind {
        with_exposed_provenance(self.kind.load(Relaxed))
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

// Patch code reads the first one.
const _: () = assert!(HEADER_LEN == size_of::<BlockHeader>());
const _: () = assert!(offset_of!(Block, owner) == offset_of!(BlockHeader, object));
const _: () = assert!(offset_of!(Block, kind) == offset_of!(BlockHeader, kind));
