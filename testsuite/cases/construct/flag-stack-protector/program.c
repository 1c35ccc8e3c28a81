#include <stdio.h>
#include <string.h>
#include <stdlib.h>
static void fill(char *p) { char b[16]; strcpy(b, "fortified"); snprintf(p, 16, "%s!", b); memset(b, 0, sizeof b); }
int main(void) { char b[16]; fill(b); puts(b); return 0; }
