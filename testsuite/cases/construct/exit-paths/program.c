#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static void a(void) { puts("a"); } static void b(void) { puts("b"); fflush(stdout); _exit(7); }
int main(void) { atexit(b); atexit(a); exit(3); }
