#include <stdio.h>
extern inline __attribute__((gnu_inline, always_inline, artificial)) int say(const char *f, ...) { return printf(f, __builtin_va_arg_pack()) + __builtin_va_arg_pack_len(); }
int main(void) { int n = say("%d %s\n", 4, "x"); printf("%d\n", n); return 0; }
