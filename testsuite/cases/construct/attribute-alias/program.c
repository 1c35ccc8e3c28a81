#include <stdio.h>
int real(int x) { return x + 10; }
int other(int x) __attribute__((alias("real")));
extern int weakly(int x) __attribute__((weak, alias("real")));
static int hidden(int x) { return x * 2; }
int shown(int x) __attribute__((alias("hidden")));
int number = 6;
extern int same __attribute__((alias("number")));
int first(int x) { return x + 100; }
int second(int x)
    __attribute__((__alias__("first")));
static int (*const table[])(int) = { first, second };
int main(int argc, char **argv) {
    (void)argv;
    same++;
    printf("%d %d %d %d\n", other(1), weakly(2), shown(4), number);
    printf("%d %d\n", table[argc & 1](1), table[argc - 1](2) + second(3));
    return 0;
}
