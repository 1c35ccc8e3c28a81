//! See `ginseng_bytes::masks`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ginseng_bytes::masks(bytes));
