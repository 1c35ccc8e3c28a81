/* Tentative definitions in both files are one variable. */
#include <stdio.h>
int shared;
long table[4];
void set(void);
int main(void) { set(); printf("%d %ld\n", shared, table[2]); return 0; }
