#!/bin/sh
# Runs every fuzz target, or those that are named:
#   testsuite/fuzz/run.sh SECONDS [TARGET...]
# Starts from seeds/ and from what earlier runs found (corpus/). Ends with status 1 if a target crashed, took
# more than ten seconds for an input or more than half a gigabyte; the input is then in artifacts/TARGET.
#   testsuite/fuzz/run.sh merge [TARGET...]
# Keeps of both, in seeds/, the few files that reach all the code that all of them reach. Findings stay: files
# with a `-` in their name, given by hand.
set -eu
cd "$(dirname "$0")"
what=$1
shift
command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz
# The instrumentation is not stable: without a nightly compiler the stable one is told to go on.
if rustup run nightly rustc --version >/dev/null 2>&1; then
    export RUSTUP_TOOLCHAIN=nightly
else
    export RUSTC_BOOTSTRAP=1
fi
[ $# -gt 0 ] || set -- $(cargo fuzz list --fuzz-dir .)
# What was freed is kept for a while by the sanitizer, and counts.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=16"
fuzz() {
    target=$1
    shift
    cargo fuzz run --fuzz-dir . "$target" "$@" -timeout=10 -rss_limit_mb=512
}
status=0
for target; do
    mkdir -p "corpus/$target"
    case $what in
    merge)
        merged=$(mktemp -d)
        find "seeds/$target" -name '*-*' -exec cp {} "$merged" ';'
        # Without counters: how often code runs is no reason to keep a file.
        fuzz "$target" "$merged" "seeds/$target" "corpus/$target" -- -set_cover_merge=1 -use_counters=0
        rm -r "seeds/$target"
        mkdir "seeds/$target"
        cp "$merged"/* "seeds/$target"
        rm -r "$merged"
        ;;
    *)
        fuzz "$target" "corpus/$target" "seeds/$target" -- -max_total_time="$what" -print_final_stats=1 || status=1
        ;;
    esac
done
exit $status
