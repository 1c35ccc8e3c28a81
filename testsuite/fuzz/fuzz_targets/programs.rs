//! See `ginseng_bytes::programs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ginseng_bytes::programs(bytes));
