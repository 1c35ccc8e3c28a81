#include <stdio.h>
#define __USE_GNU
#include <dlfcn.h>
int found(int x) { return x + 30; }
int main(void) { int (*f)(int) = (int (*)(int))dlsym(0, "found"); Dl_info i; printf("%d %d\n", f ? f(1) : -1, f == found); return dladdr((void *)found, &i) == 0; }
