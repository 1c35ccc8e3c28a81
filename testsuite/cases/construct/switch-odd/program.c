#include <stdio.h>
static void copy(char *to, const char *from, int n) { int k = (n + 3) / 4; switch (n % 4) { case 0: do { *to++ = *from++; case 3: *to++ = *from++; case 2: *to++ = *from++; case 1: *to++ = *from++; } while (--k > 0); } }
static int none(int x) { switch (x) ; switch (x) case 3: return 4; switch (x) { int y; case 1: y = 5; return y; } return 0; }
int main(void) { char b[16] = ""; copy(b, "duff's", 6); printf("%s %d %d\n", b, none(3), none(1)); return 0; }
