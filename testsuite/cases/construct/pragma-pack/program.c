#include <stdio.h>
#pragma pack(push, 1)
struct a { char c; int i; };
#pragma pack(2)
struct b { char c; int i; };
#pragma pack(pop)
struct c { char c; int i; };
_Pragma("pack(1)") struct d { char c; long l; };
#pragma pack()
int main(void) { struct a v = { 1, 2 }; printf("%zu %zu %zu %zu %d\n", sizeof(struct a), sizeof(struct b), sizeof(struct c), sizeof(struct d), v.i); return 0; }
