#include <serve.h>
#include <sys/mman.h>
#include <sys/wait.h>

/* Counters that all processes count. */
struct counters {
    int lines;
#if VERSION == 2
    int letters;
#endif
};

static void *shared(size_t size)
{
    return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static struct counters *all;

static void answer(const char *text)
{
    int child;

    if (all == NULL)
        all = shared(4096);
    if ((child = fork()) == 0) {
        all->lines++;
#if VERSION == 2
        all->letters += strlen(text);
#endif
        _exit(0);
    }
    waitpid(child, NULL, 0);
#if VERSION == 1
    say("%s %d", text, all->lines);
#elif VERSION == 2
    say("%s %d %d", text, all->lines, all->letters);
#else
    say("%s: %d", text, all->lines);
#endif
}

SERVE(answer)
