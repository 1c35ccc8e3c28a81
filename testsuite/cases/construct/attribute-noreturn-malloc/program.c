#include <stdio.h>
#include <stdlib.h>
static void __attribute__((noreturn)) die(int s) { exit(s); }
_Noreturn static void quit(void) { die(3); }
static void *get(size_t n) __attribute__((malloc, alloc_size(1), returns_nonnull));
static void *get(size_t n) { return malloc(n); }
static void put(void *p) { free(p); }
static char *text(void) __attribute__((malloc(put, 1)));
static char *text(void) { char *s = get(4); s[0] = 'x'; s[1] = 0; return s; }
int main(void) { char *s = text(); puts(s); put(s); fflush(stdout); quit(); }
