#include <stdio.h>
enum e { A, B };
enum w { C = 70000 };
struct s { enum e e; enum w w; };
int main(void) { printf("%zu %zu %zu\n", sizeof(enum e), sizeof(enum w), sizeof(struct s)); return 0; }
