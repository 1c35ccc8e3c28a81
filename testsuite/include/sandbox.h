/* Seccomp filters that let some system calls pass; any other is the process's last. */
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* Lets one pass, in the list of SANDBOX. */
#define MAY(call) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* Declares a program for SECCOMP_MODE_FILTER. */
#define SANDBOX(program, ...) \
    struct sock_filter program##_filter[] = { \
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)), \
        __VA_ARGS__, \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS), \
    }; \
    struct sock_fprog program = { sizeof program##_filter / sizeof *program##_filter, program##_filter }
