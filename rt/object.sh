#!/bin/sh
# Makes the object that every updatable program links, and the header beside it:
#   rt/object.sh [FOLDER]        default target/release -> FOLDER/ginseng-rt.o, FOLDER/include/
# One relocatable object: what is not reachable is dropped and everything but three names is made
# local, so that it cannot meet other Rust code in a program. It fails if a panic can be reached.
# The large objects go behind all other zero memory, so that the program's own goes on sharing a page
# with its data.
set -eu
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
out=${1:-$target/release}
cargo rustc --quiet -p ginseng-rt --profile runtime --features object --crate-type staticlib
mkdir -p "$out/include"
scratch=$(mktemp -d "$out/rt.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
"${LD:-ld}" -r --gc-sections -u ginseng_update -u GINSENG_INIT -u GINSENG_FINI \
    -o "$scratch/rt.o" "$target/runtime/libginseng_rt.a"
"${OBJCOPY:-objcopy}" --strip-debug --remove-section=.comment --keep-global-symbol=ginseng_update \
    --keep-global-symbol=ginseng_pending \
    --rename-section .bss.ginseng_pending=.lbss.ginseng_pending \
    --rename-section .bss.ginseng_spare=.lbss.ginseng_spare "$scratch/rt.o"
if "${NM:-nm}" -u "$scratch/rt.o" | grep -q ginseng_runtime_can_panic; then
    echo "rt/object.sh: a panic can be reached in the runtime" >&2
    exit 1
fi
mv "$scratch/rt.o" "$out/ginseng-rt.o"
cp rt/include/ginseng.h "$out/include/ginseng.h"
