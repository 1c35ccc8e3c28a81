//! What the fuzzer found worth keeping is tried again: hostile bytes of all kinds, small and many.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use ginseng_bytes::TARGETS;

#[test]
fn the_kept_seeds_do_no_harm() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds");
    let mut failed = Vec::new();
    for (name, target) in TARGETS {
        let folder = fs::read_dir(seeds.join(name)).expect("each target has seeds");
        let mut count = 0;
        for file in folder {
            let path = file.expect("the folder can be read").path();
            let bytes = fs::read(&path).expect("the seed can be read");
            if catch_unwind(|| target(&bytes)).is_err() {
                failed.push(path);
            }
            count += 1;
        }
        assert!(count > 0, "{name} has no seeds");
    }
    assert!(failed.is_empty(), "{failed:#?}");
}
