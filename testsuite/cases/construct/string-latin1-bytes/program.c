#include <stdio.h>
#include <string.h>
static const char s[] = "aäÿ";
int main(void) { printf("%zu %d\n", strlen(s), (unsigned char)s[1]); return 0; }
