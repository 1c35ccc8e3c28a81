//! See `ginseng_bytes::patches`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ginseng_bytes::patches(bytes));
