#include <serve.h>

/* A log of the visitors, record by record. */
struct visit {
    int number;
    char name[16];
#if VERSION == 2
    int length;
#endif
};

static struct visit last;

static void log_bytes(const void *bytes, size_t size)
{
    FILE *log = fopen("log", "a");

    fwrite(bytes, 1, size, log);
    fclose(log);
}

static void answer(const char *text)
{
    last.number++;
    snprintf(last.name, sizeof last.name, "%s", text);
    log_bytes(&last, sizeof last);
#if VERSION == 2
    last.length = strlen(text);
    say("%d %s %d", last.number, last.name, last.length);
#elif VERSION == 3
    say("%d: %s", last.number, last.name);
#else
    say("%d %s", last.number, last.name);
#endif
}

SERVE(answer)
