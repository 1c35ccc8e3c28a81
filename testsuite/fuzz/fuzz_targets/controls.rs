//! See `ginseng_bytes::controls`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ginseng_bytes::controls(bytes));
