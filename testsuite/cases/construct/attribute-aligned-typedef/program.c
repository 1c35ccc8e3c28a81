#include <stdio.h>
typedef int wide __attribute__((aligned(64)));
typedef int narrow __attribute__((aligned(1)));
struct s { char c; wide w; };
struct n { char c; narrow w; } __attribute__((packed));
int main(void) { printf("%zu %zu %zu\n", sizeof(struct s), sizeof(struct n), _Alignof(wide)); return 0; }
