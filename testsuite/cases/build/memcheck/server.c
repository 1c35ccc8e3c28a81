#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct guest {
    struct guest *next;
    char *name;
#if VERSION >= 2
    int visits;
#endif
};

static struct guest *guests;

/* The last version uses memory that it has given back. */
__attribute__((noinline)) static int length_of(char *name)
{
#if VERSION == 3
    char *copy = strdup(name);
    free(copy);
    return strlen(copy + 1);
#else
    return strlen(name);
#endif
}

__attribute__((noinline)) void enter(const char *name)
{
    struct guest *guest = guests;
    int seen = 0;

    while (guest && strcmp(guest->name, name))
        guest = guest->next, seen++;
    if (!guest) {
        guest = malloc(sizeof *guest);
        memset(guest, 0, sizeof *guest);
        guest->name = strdup(name);
        guest->next = guests;
        guests = guest;
    }
#if VERSION >= 2
    guest->visits++;
    printf("%s: length %d, visit %d\n", guest->name, length_of(guest->name), guest->visits);
#else
    printf("%s: length %d\n", guest->name, length_of(guest->name));
#endif
    fflush(stdout);
}

static void leave(void)
{
    while (guests) {
        struct guest *next = guests->next;
        free(guests->name);
        free(guests);
        guests = next;
    }
}

int main(void)
{
    char line[100];
    long length;
    while ((length = read(0, line, sizeof line - 1)) > 0) {
        line[length - 1] = 0;
        enter(line);
    }
    leave();
    return 0;
}
