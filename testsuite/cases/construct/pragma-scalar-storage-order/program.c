#include <stdio.h>
#include <string.h>
#pragma scalar_storage_order big-endian
struct big { int x; short s; };
#pragma scalar_storage_order default
int main(void) { struct big b = { 0x01020304, 5 }; unsigned char c[4]; memcpy(c, &b, 4); printf("%d %x %d\n", c[0], b.x, b.s); return 0; }
