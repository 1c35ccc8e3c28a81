#include <serve.h>
#include <stdlib.h>

struct request {
    int number;
#if VERSION >= 2
    int retries;
#endif
#if VERSION >= 3
    char error[20];
#endif
};

/* Of the same size, so that the allocator gives its memory to requests and back. */
struct other {
    int a, b[5];
};

/* Old code that frees and allocates: no version changes it. */
static void release(void *memory)
{
    free(memory);
}

static void *fresh(size_t size)
{
    return malloc(size);
}

/* How many objects are not as they were made. */
static int round_of(int count)
{
    struct request *requests[16];
    struct other *others[16];
    int wrong = 0;

    for (int i = 0; i < 16; i++) {
        requests[i] = fresh(sizeof **requests);
        requests[i]->number = count + i;
#if VERSION >= 2
        if (requests[i]->retries != 0)
            wrong++;
        requests[i]->retries = 1 + i;
#endif
#if VERSION >= 3
        if (requests[i]->error[0] != '\0')
            wrong++;
        sprintf(requests[i]->error, "error %d", i);
#endif
    }
    for (int i = 0; i < 16; i++) {
        wrong += requests[i]->number != count + i;
#if VERSION >= 2
        wrong += requests[i]->retries != 1 + i;
#endif
        if (i % 3)
            release(requests[i]);
    }
    for (int i = 0; i < 16; i++) {
        others[i] = fresh(sizeof **others);
        for (int k = 0; k < 5; k++)
            others[i]->b[k] = -1;
    }
    for (int i = 0; i < 16; i++) {
        release(others[i]);
        if (i % 3 == 0)
            release(requests[i]);
    }
    return wrong;
}

static void answer(const char *text)
{
    int wrong = 0;

    for (int i = 0; i < atoi(text); i++)
        wrong += round_of(i);
    say("%d wrong", wrong);
}

SERVE(answer)
