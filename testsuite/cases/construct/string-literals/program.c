#include <stdio.h>
#include <wchar.h>
#include <uchar.h>
static const char *s = "a" "b\x41" "\e[0m" "\101\n" "\u00e9";
static const wchar_t *w = L"wide" L"r"; static const char16_t *u = u"x\U0001F600"; static const char32_t *v = U"y"; static const char *e = u8"\u20ac";
static const char *raw = R"x(back\slash "quoted" )" end)x";
static char nul[] = "in\0side";
int main(void) { printf("%zu %zu %d %d %s %s %zu %s\n", sizeof("a" "b"), wcslen(w), u[1], (int)v[0], e, raw, sizeof nul, s); return 0; }
