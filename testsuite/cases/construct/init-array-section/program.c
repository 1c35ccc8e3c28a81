#include <stdio.h>
static int n; static void early(int argc, char **argv, char **envp) { (void)argv; (void)envp; n = argc + 40; }
__attribute__((section(".init_array"), used)) static void (*const p)(int, char **, char **) = early;
int main(void) { printf("%d\n", n); return 0; }
