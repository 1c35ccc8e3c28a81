#include <stdio.h>
typedef int word __attribute__((mode(word)));
typedef unsigned byte __attribute__((__mode__(__QI__)));
struct s { byte b; word w; };
int main(void) { byte b = 300; printf("%zu %zu %u %zu\n", sizeof(word), sizeof(byte), b, sizeof(struct s)); return 0; }
