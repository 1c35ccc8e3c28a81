#include <stdio.h>
enum __attribute__((packed)) small { A, B = 200 };
typedef enum { X, Y } __attribute__((packed)) tiny;
struct s { enum small e; tiny t; char c; };
int main(void) { struct s v = { B, Y, 3 }; printf("%zu %zu %d %d\n", sizeof(enum small), sizeof v, v.e, v.t); return 0; }
