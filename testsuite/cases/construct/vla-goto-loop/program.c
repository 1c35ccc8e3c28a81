#include <stdio.h>
int main(void) { int k = 1, t = 0; again: { int v[k]; for (int i = 0; i < k; i++) v[i] = i; t += v[k - 1]; } if (++k < 6) goto again; printf("%d\n", t); return 0; }
