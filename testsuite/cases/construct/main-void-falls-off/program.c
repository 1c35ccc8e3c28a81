#include <stdio.h>
void helper(void) { puts("helped"); }
int main(void) { helper(); }
