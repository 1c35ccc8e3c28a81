#!/bin/sh
# Makes the object that every updatable program links, and the header beside it:
#   rt/object.sh [FOLDER]        default target/release -> FOLDER/ginseng-rt.o, FOLDER/include/
# One relocatable object: what is not reachable is dropped and everything but what generated code
# calls is made local, so that it cannot meet other Rust code in a program. It fails if a panic can be reached.
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

# What generated code and patches call, and the data that checks look at.
roots='-u GINSENG_INIT -u GINSENG_FINI -u ginseng_locals -u ginseng_armed -u ginseng_nesting'
kept='--keep-global-symbol=ginseng_pending --keep-global-symbol=ginseng_armed --keep-global-symbol=ginseng_locals --keep-global-symbol=ginseng_nesting'
for name in update is_stale extension fresh forget copied filled free realloc reallocarray munmap \
    memcpy memmove mempcpy memset bzero bcopy qsort prctl syscall confine \
    accept accept4 clock_nanosleep epoll_pwait epoll_wait nanosleep pause poll ppoll pselect read \
    readv recv recvfrom recvmsg select sigsuspend sleep usleep wait wait3 wait4 waitid waitpid \
    pthread_cond_timedwait pthread_cond_wait pthread_join sem_wait sigwait; do
    roots="$roots -u ginseng_$name"
    kept="$kept --keep-global-symbol=ginseng_$name"
done
# One piece of text, so that the runtime knows its own code on a stack. What runs all the time lies together, in
# few pages: the hooks, the windows, the calls that wait, and then the blocks.
cat >"$scratch/rt.ld" <<'END'
SECTIONS {
    .text.ginseng : {
        ginseng_text = .;
        *(.text .text.ginseng_free .text.ginseng_mem* .text.ginseng_extension)
        *(.text.*ginseng_rt*windows* .text.*ginseng_rt*threads*)
        *(.text.ginseng_*)
        *(.text.*ginseng_rt*extensions* .text.*ginseng_rt*hooks* .text.*ginseng_rt*show_blocks*)
        *(.text.*)
        ginseng_text_end = .;
    }
    .eh_frame : { KEEP (*(.eh_frame)) }
}
END
# shellcheck disable=SC2086 # lists of words
"${LD:-ld}" -r --gc-sections $roots -T "$scratch/rt.ld" -o "$scratch/rt.o" "$target/runtime/libginseng_rt.a"
# shellcheck disable=SC2086
"${OBJCOPY:-objcopy}" --strip-debug --remove-section=.comment $kept \
    --rename-section .bss.ginseng_pending=.lbss.ginseng_pending \
    --rename-section .bss.ginseng_extensions=.lbss.ginseng_extensions \
    --rename-section .bss.ginseng_spare=.lbss.ginseng_spare "$scratch/rt.o"
if "${NM:-nm}" -u "$scratch/rt.o" | grep -q ginseng_runtime_can_panic; then
    echo "rt/object.sh: a panic can be reached in the runtime" >&2
    exit 1
fi
mv "$scratch/rt.o" "$out/ginseng-rt.o"
cp rt/include/ginseng.h "$out/include/ginseng.h"
