//! See `ginseng_bytes::libraries`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ginseng_bytes::libraries(bytes));
