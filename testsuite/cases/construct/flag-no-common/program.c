#include <stdio.h>
int shared;
int shared;
extern int shared;
static int tentative;
static int tentative = 3;
int main(void) { printf("%d %d\n", shared, tentative); return 0; }
