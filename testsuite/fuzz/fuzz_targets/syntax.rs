//! See `ginseng_bytes::syntax`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ginseng_bytes::syntax(bytes));
