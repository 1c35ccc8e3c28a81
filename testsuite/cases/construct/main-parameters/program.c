#include <stdio.h>
#include <string.h>
int main(int argc, char *argv[], char **environ) { printf("%d %d %d\n", argc, strlen(argv[0]) > 0, environ != 0); return argc + 2; }
