#include <stdio.h>
#define LOG(fmt, ...) printf(fmt "\n", ##__VA_ARGS__)
#define CAT(a, b) a##b
#define OLD(args...) printf(args)
#define OPT(x, ...) (x __VA_OPT__(+) __VA_ARGS__)
static int CAT(na, me)(int x) { return x; }
int main(void) { LOG("none"); LOG("%d %d", name(1), OPT(1, 2)); OLD("%s\n", "old"); return __COUNTER__; }
