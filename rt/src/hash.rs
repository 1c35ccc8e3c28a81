//! BLAKE3, portable and in pieces, as the runtime needs it.
//!
//! The `blake3` crate is what the tools use, and what the tests here compare with. In the runtime
//! its checked indexing would leave panic entries reachable and its code for each instruction set
//! would triple the runtime's size, which every program pays in resident memory.

const IV: [u32; 8] = [
    0x6A09_E667,
    0xBB67_AE85,
    0x3C6E_F372,
    0xA54F_F53A,
    0x510E_527F,
    0x9B05_688C,
    0x1F83_D9AB,
    0x5BE0_CD19,
];
const CHUNK_START: u32 = 1;
const CHUNK_END: u32 = 2;
const PARENT: u32 = 4;
const ROOT: u32 = 8;
const BLOCK_LEN: usize = 64;
const BLOCKS_PER_CHUNK: u32 = 16;
/// A tree of 2^54 chunks is the longest input that BLAKE3 defines.
const MAX_DEPTH: usize = 54;

type Chain = [u32; 8];

/// What is left to compress when all input is there: the root needs a flag of its own, so the last
/// compression is kept back.
struct Output {
    chain: Chain,
    words: [u32; 16],
    counter: u64,
    len: u32,
    flags: u32,
}

impl Output {
    fn compress(&self, flags: u32) -> Chain {
        compress(
            &self.chain,
            &self.words,
            self.counter,
            self.len,
            self.flags | flags,
        )
    }
}

/// A digest in the making.
pub(crate) struct Hasher {
    /// Chaining values of complete left subtrees, the largest first.
    stack: [Chain; MAX_DEPTH],
    depth: usize,
    /// Complete chunks so far.
    chunks: u64,
    /// Blocks of the present chunk that are compressed into `chain`.
    blocks: u32,
    chain: Chain,
    block: [u8; BLOCK_LEN],
    block_len: usize,
}

impl Hasher {
    pub(crate) fn new() -> Self {
        Self {
            stack: [[0; 8]; MAX_DEPTH],
            depth: 0,
            chunks: 0,
            blocks: 0,
            chain: IV,
            block: [0; BLOCK_LEN],
            block_len: 0,
        }
    }

    pub(crate) fn update(&mut self, mut input: &[u8]) {
        while !input.is_empty() {
            if self.block_len == BLOCK_LEN {
                self.block_done();
            }
            if self.block_len == 0
                && let Some((block, rest)) = input.split_first_chunk()
            {
                self.block = *block;
                self.block_len = BLOCK_LEN;
                input = rest;
                continue;
            }
            let wanted = BLOCK_LEN.saturating_sub(self.block_len);
            let (now, rest) = input.split_at_checked(wanted).unwrap_or((input, &[]));
            for (place, byte) in self.block.iter_mut().skip(self.block_len).zip(now) {
                *place = *byte;
            }
            self.block_len += now.len();
            input = rest;
        }
    }

    pub(crate) fn finish(mut self) -> [u8; 32] {
        let mut output = self.last_block();
        while self.depth > 0 {
            self.depth -= 1;
            let left = self.stack.get(self.depth).copied().unwrap_or(IV);
            output = parent(&left, &output.compress(0));
        }
        let mut digest = [0; 32];
        for (bytes, word) in digest.chunks_exact_mut(4).zip(output.compress(ROOT)) {
            for (place, byte) in bytes.iter_mut().zip(word.to_le_bytes()) {
                *place = byte;
            }
        }
        digest
    }

    /// Compresses a full block that is not the last of the input.
    fn block_done(&mut self) {
        let output = self.last_block();
        if self.blocks + 1 < BLOCKS_PER_CHUNK {
            // `last_block` marks the end of a chunk, which this block is not.
            let flags = output.flags & !CHUNK_END;
            self.chain = compress(
                &output.chain,
                &output.words,
                output.counter,
                output.len,
                flags,
            );
            self.blocks += 1;
        } else {
            self.chunks += 1;
            self.push(output.compress(0));
            self.chain = IV;
            self.blocks = 0;
        }
        self.block = [0; BLOCK_LEN];
        self.block_len = 0;
    }

    /// The present block as the last one of its chunk.
    fn last_block(&self) -> Output {
        let mut words = [0; 16];
        for (word, bytes) in words.iter_mut().zip(self.block.chunks_exact(4)) {
            *word = bytes
                .first_chunk()
                .map_or(0, |bytes| u32::from_le_bytes(*bytes));
        }
        let start = if self.blocks == 0 { CHUNK_START } else { 0 };
        Output {
            chain: self.chain,
            words,
            counter: self.chunks,
            len: self.block_len as u32,
            flags: start | CHUNK_END,
        }
    }

    /// Adds a chunk's value, merging the subtrees that it completes: one for each trailing zero of
    /// the number of chunks.
    fn push(&mut self, mut chain: Chain) {
        let mut complete = self.chunks;
        while complete & 1 == 0 && self.depth > 0 {
            self.depth -= 1;
            let left = self.stack.get(self.depth).copied().unwrap_or(IV);
            chain = parent(&left, &chain).compress(0);
            complete >>= 1;
        }
        if let Some(place) = self.stack.get_mut(self.depth) {
            *place = chain;
            self.depth += 1;
        }
    }
}

fn parent(left: &Chain, right: &Chain) -> Output {
    let mut words = [0; 16];
    for (word, value) in words.iter_mut().zip(left.iter().chain(right)) {
        *word = *value;
    }
    Output {
        chain: IV,
        words,
        counter: 0,
        len: BLOCK_LEN as u32,
        flags: PARENT,
    }
}

/// Mixes two message words into one column or diagonal.
macro_rules! mix {
    ($state:ident, $a:literal, $b:literal, $c:literal, $d:literal, $x:expr, $y:expr) => {
        $state[$a] = $state[$a].wrapping_add($state[$b]).wrapping_add($x);
        $state[$d] = ($state[$d] ^ $state[$a]).rotate_right(16);
        $state[$c] = $state[$c].wrapping_add($state[$d]);
        $state[$b] = ($state[$b] ^ $state[$c]).rotate_right(12);
        $state[$a] = $state[$a].wrapping_add($state[$b]).wrapping_add($y);
        $state[$d] = ($state[$d] ^ $state[$a]).rotate_right(8);
        $state[$c] = $state[$c].wrapping_add($state[$d]);
        $state[$b] = ($state[$b] ^ $state[$c]).rotate_right(7);
    };
}

fn compress(chain: &Chain, words: &[u32; 16], counter: u64, len: u32, flags: u32) -> Chain {
    let mut m = *words;
    let mut s = [
        chain[0],
        chain[1],
        chain[2],
        chain[3],
        chain[4],
        chain[5],
        chain[6],
        chain[7],
        IV[0],
        IV[1],
        IV[2],
        IV[3],
        counter as u32,
        (counter >> 32) as u32,
        len,
        flags,
    ];
    for round in 0..7 {
        mix!(s, 0, 4, 8, 12, m[0], m[1]);
        mix!(s, 1, 5, 9, 13, m[2], m[3]);
        mix!(s, 2, 6, 10, 14, m[4], m[5]);
        mix!(s, 3, 7, 11, 15, m[6], m[7]);
        mix!(s, 0, 5, 10, 15, m[8], m[9]);
        mix!(s, 1, 6, 11, 12, m[10], m[11]);
        mix!(s, 2, 7, 8, 13, m[12], m[13]);
        mix!(s, 3, 4, 9, 14, m[14], m[15]);
        if round < 6 {
            m = [
                m[2], m[6], m[3], m[10], m[7], m[0], m[4], m[13], m[1], m[11], m[12], m[5], m[9],
                m[14], m[15], m[8],
            ];
        }
    }
    let mut out = [0; 8];
    for ((place, low), high) in out.iter_mut().zip(s.iter().take(8)).zip(s.iter().skip(8)) {
        *place = low ^ high;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_pieces(data: &[u8], piece: usize) -> [u8; 32] {
        let mut hasher = Hasher::new();
        data.chunks(piece.max(1))
            .for_each(|piece| hasher.update(piece));
        hasher.finish()
    }

    #[test]
    fn agrees_with_the_crate_at_every_border() {
        let data: Vec<u8> = (0..70_000u32).map(|i| (i % 251) as u8).collect();
        let lens = [
            0, 1, 63, 64, 65, 1023, 1024, 1025, 2048, 2049, 3072, 4096, 5121, 31_744, 70_000,
        ];
        for len in lens {
            let data = &data[..len];
            assert_eq!(
                in_pieces(data, 8192),
                *blake3::hash(data).as_bytes(),
                "{len} bytes"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn agrees_with_the_crate(data: Vec<u8>, repeat in 1usize..60, piece in 1usize..3000) {
            let data = data.repeat(repeat);
            proptest::prop_assert_eq!(in_pieces(&data, piece), *blake3::hash(&data).as_bytes());
        }
    }
}
