//! See `ginseng_bytes::objects`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ginseng_bytes::objects(bytes));
