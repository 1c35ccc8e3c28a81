#include <stdio.h>
static const char *who(void) { return __func__; } static const char *gnu(void) { return __FUNCTION__; } static const char *pretty(void) { return __PRETTY_FUNCTION__; }
int main(void) { printf("%s %s %s %zu\n", who(), gnu(), pretty(), sizeof __func__); return 0; }
