#include <stdio.h>
#include <string.h>
static char b[10];
int main(void) { printf("%zu ", __builtin_object_size(b + 2, 0)); __builtin___strcpy_chk(b, "hi", __builtin_object_size(b, 0)); __builtin_printf("%s %zu\n", b, __builtin_strlen("four")); return 0; }
