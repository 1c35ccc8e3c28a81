#include <stdio.h>
struct p { int x, y; };
static struct p v[] = { 1, 2, 3, 4, { 5 } };
static int m[2][3] = { 1, 2, 3, 4 };
static char s[3][4] = { "abc", { "de" }, 'f' };
static int scalar = { 7 };
int main(void) { printf("%d %d %d %s %d\n", v[1].y, v[2].x, m[1][0], s[1], scalar); return 0; }
