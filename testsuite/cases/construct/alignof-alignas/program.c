#include <stdio.h>
#include <stdint.h>
static _Alignas(64) char a[3]; static _Alignas(double) char b; struct s { char c; _Alignas(16) char d; };
int main(void) { _Alignas(32) int local; int x; printf("%d %zu %zu %d %zu %zu\n", (int)((uintptr_t)a % 64), _Alignof(struct s), sizeof(struct s), (int)((uintptr_t)&local % 32), __alignof__(x), __alignof__(b)); return 0; }
