#include <stdio.h>
static const __WCHAR_TYPE__ w[] = L"abc";
int main(void) { printf("%zu %d\n", sizeof w, w[2]); return 0; }
