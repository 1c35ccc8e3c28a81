#include <stdio.h>
struct entry { const char *name; int (*f)(void); };
static int one(void) { return 1; }
static int two(void) { return 2; }
#define ENTRY(n) static const struct entry entry_##n __attribute__((used, section("entries"))) = { #n, n }
ENTRY(one);
ENTRY(two);
extern const struct entry __start_entries[], __stop_entries[];
__attribute__((section(".text.special"))) static int special(void) { return 3; }
int main(void) { int t = special(); for (const struct entry *e = __start_entries; e < __stop_entries; e++) t += e->f() * 10; printf("%d\n", t); return 0; }
