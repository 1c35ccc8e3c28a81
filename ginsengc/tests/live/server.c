/* A small server with hand-written tables (tables.s) in the shapes that ginsengc generates. It
 * loops over update point 1 and obeys one-letter commands on stdin; see `command`. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <unistd.h>

extern unsigned ginseng_pending;
extern void *ginseng_update(unsigned point);
extern int version(void); /* an entry: reaches the present version through a slot */

#define POINT(id)                                                                                  \
    do {                                                                                           \
        if (__builtin_expect(__atomic_load_n(&ginseng_pending, __ATOMIC_RELAXED), 0))              \
            ginseng_update(id);                                                                    \
    } while (0)

int counter __asm__("g.2") = 1;             /* merged: untouched, takes the new initialiser */
int touched __asm__("g.3") = 1;             /* merged: changed while running, keeps its value */
int table[4] __asm__("g.4") = {1, 2, 3, 4}; /* merged element by element */

int version_1(void) { return 1; }

enum { FAMILY = 64 };
static volatile int *seen; /* what each process's version() said last, shared by the family */
static int children, self, points = 1, forking, point = 1, way;

/* Ways to point 3. tables.s lists all functions but the last one; work behind each call keeps frames. */
#define WAY __attribute__((noinline, noipa)) void
static volatile int back;
WAY shared(void) {
    POINT(3);
    back++;
}
WAY blamed(void) {
    shared();
    back++;
}
WAY other(void) {
    shared();
    back++;
}
__attribute__((noinline, noipa)) int compare(const void *a, const void *b) {
    shared();
    return *(const char *)a - *(const char *)b;
}
WAY sorting(void) {
    char letters[] = "ba";
    qsort(letters, 2, 1, compare);
    back++;
}
WAY blamed_sorting(void) {
    sorting();
    back++;
}
WAY unlisted(void) {
    shared();
    back++;
}
static void go(int way) {
    switch (way) {
    case 'b': blamed(); break;
    case 'o': other(); break;
    case 'q': sorting(); break;
    case 'Q': blamed_sorting(); break;
    case 'u': unlisted(); break;
    }
}

static void *sleeper(void *unused) {
    for (;;)
        pause();
    return unused;
}

/* Allows what the loop of `child` needs: any other system call is the process's last. */
static void sandbox(void) {
    static struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), /* the call's number */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_nanosleep, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        _exit(4);
}

static pid_t child(const char *root, long clone_flags, int point) {
    int me = ++children;
    pid_t pid = clone_flags ? syscall(SYS_clone, clone_flags | SIGCHLD, 0, 0, 0, 0) : fork();
    if (pid)
        return pid;
    self = me;
    if (root && (chroot(root) || chdir("/") || setgid(65534) || setuid(65534)))
        _exit(3);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a change of user clears it */
    if (point < 0) {
        point = -point;
        sandbox();
    }
    for (;;) {
        POINT(point);
        seen[self] = version();
        usleep(2000);
    }
    return 0;
}

static void command(char *line) {
    line[strcspn(line, "\n")] = 0;
    switch (line[0]) {
    case 'v': /* what everyone runs */
        printf("v");
        for (int i = 0; i <= children; i++)
            printf(" %d", seen[i]);
        printf(" counter %d touched %d table %d %d %d %d\n", counter, touched, table[0], table[1],
               table[2], table[3]);
        break;
    case 'f': child(NULL, 0, 1); puts("ok"); break;                  /* fork */
    case 'c': child(line + 2, 0, 1); puts("ok"); break;              /* chroot and drop privileges */
    case 'i': { /* POINT ROOT: raw clone, own pid namespace, root and user, loop over POINT */
        char *root = strchr(line + 2, ' ');
        printf("%d\n", child(root ? root + 1 : NULL, CLONE_NEWPID, atoi(line + 2)));
        break;
    }
    case 'g': { /* raw clone into a pid namespace of its own, whose child is forked */
        int me = ++children;
        if (syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0) == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            child(NULL, 0, 1);
            for (self = me;; usleep(2000)) {
                POINT(1);
                seen[self] = version();
            }
        }
        children++; /* the child's child */
        puts("ok");
        break;
    }
    case 'b': /* the first child forked while a request waits passes one point, then blocks */
        for (int turn = 0; turn < 100000 && !__atomic_load_n(&ginseng_pending, __ATOMIC_RELAXED); turn++)
            usleep(100);
        usleep(5000); /* past the tool's first looks */
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            POINT(1);
            seen[FAMILY] = version();
            for (;;)
                pause();
        }
        puts("ok");
        break;
    case 'B': printf("%d\n", seen[FAMILY]); break; /* what it runs */
    case 's': printf("%d\n", child(NULL, line[2] == 'r' ? SIGCHLD : 0, -1)); break; /* in a sandbox; raw clone */
    case 'w': puts(unshare(CLONE_NEWPID) ? "no" : "ok"); break; /* children in a pid namespace */
    case 'k': puts(kill(atoi(line + 2), SIGKILL) ? "no" : "ok"); break;
    case 'F': forking = 1; puts("ok"); break;                        /* fork on and on */
    case 'p': points = atoi(line + 2); puts("ok"); break;            /* pass update points or not */
    case 'P': point = atoi(line + 2); puts("ok"); break;             /* pass another one */
    case 'W': points = 0; way = line[2]; puts("ok"); break;          /* pass point 3, on a way */
    case 't': { pthread_t t; pthread_create(&t, NULL, sleeper, NULL); puts("ok"); break; }
    case 'n': signal(SIGRTMAX - 2, SIG_DFL); puts("ok"); break;      /* lose the handler */
    case 'u': puts(setgid(65534) || setuid(65534) ? "no" : "ok"); break;
    case 'd': for (int fd = 3; fd < 64; fd++) close(fd); puts("ok"); break;
    case 'T': touched = atoi(line + 2); puts("ok"); break;
    case 'e': puts(errno == EXDEV ? "ok" : "errno was changed"); break;
    case 'E': errno = EXDEV; puts("ok"); break;
    case 'q': exit(0);
    }
    fflush(stdout);
}

int main(void) {
    char line[256];
    if (errno) /* C promises zero */
        return 5;
    seen = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    signal(SIGCHLD, SIG_IGN);
    touched = 7;
    table[2] = 99;
    puts("ready");
    fflush(stdout);
    for (;;) {
        if (points)
            POINT(point);
        go(way);
        seen[0] = version();
        if (forking) {
            int me = ++children % (FAMILY - 1) + 1;
            if (fork() == 0) {
                for (int i = 0; i < 20; i++) {
                    usleep(5000);
                    POINT(1);
                    seen[me] = version();
                }
                seen[me] = 0;
                _exit(0);
            }
        }
        struct pollfd in = {0, POLLIN, 0};
        if (poll(&in, 1, 2) > 0) {
            int saved = errno;
            if (!fgets(line, sizeof line, stdin))
                return 0;
            if (line[0] == 'e')
                errno = saved;
            command(line);
        }
    }
}
