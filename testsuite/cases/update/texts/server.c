#include <serve.h>

#include <wchar.h>

static void answer(const char *text)
{
#if VERSION == 1
    say("caf\xe9 %s %zu", text, sizeof "a\0b");
#else
    /* Latin-1, UTF-8, wide and raw bytes; escapes; adjacent literals; trigraph look-alikes. */
    static const char latin[] = "naïve";
    static const wchar_t wide[] = L"w\u00efde";

    say("%zu %02x %zu %lc %s %s", sizeof latin, (unsigned char)latin[2],
        sizeof wide / sizeof *wide, (wint_t)(wide[1] == 0xef ? L'y' : L'n'),
        "gr\u00fc\303\237e, " "na\u00efve" "\x21" "!", "??/ \"quoted\" \\ // no comment");
    say("%s /* %s */", u8"\u20ac", text);
#endif
}

SERVE(answer)
