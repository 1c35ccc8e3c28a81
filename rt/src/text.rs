//! Text in a buffer of fixed size: the runtime has no allocator and no formatting.

use core::ffi::CStr;

/// Up to `N - 1` bytes; what does not fit is dropped and remembered.
pub(crate) struct Buffer<const N: usize> {
    bytes: [u8; N],
    len: usize,
    cut: bool,
}

impl<const N: usize> Buffer<N> {
    pub(crate) fn new() -> Self {
        Self {
            bytes: [0; N],
            len: 0,
            cut: false,
        }
    }

    pub(crate) fn push(&mut self, text: &[u8]) -> &mut Self {
        let end = self.len.saturating_add(text.len());
        match self.bytes.get_mut(self.len..end) {
            Some(place) if end < N => {
                for (place, byte) in place.iter_mut().zip(text) {
                    *place = *byte;
                }
                self.len = end;
            }
            _ => self.cut = true,
        }
        self
    }

    pub(crate) fn push_number(&mut self, number: u64) -> &mut Self {
        if number >= 10 {
            self.push_number(number / 10);
        }
        self.push(&[b'0' + (number % 10) as u8])
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// The text for the kernel, unless something was dropped.
    pub(crate) fn path(&self) -> Option<&CStr> {
        if self.cut {
            None
        } else {
            CStr::from_bytes_until_nul(&self.bytes).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_overflow() {
        let mut buffer = Buffer::<16>::new();
        buffer
            .push(b"n")
            .push_number(0)
            .push(b"/")
            .push_number(1_203);
        assert_eq!(buffer.path(), Some(c"n0/1203"));
        buffer.push(b"does not fit");
        assert_eq!(buffer.path(), None);
        assert_eq!(buffer.bytes(), b"n0/1203");
    }
}
