#include <serve.h>

#if VERSION == 1
int answer(const char *text)
{
    say("%s", text);
    return 1;
}
#else
int answer(const char *text, int came)
{
    say("%s %d", text, came);
    return 2;
}
#endif

int main(void)
{
    int came;

    while ((came = next_line()) >= 0)
        if (came) {
#if VERSION == 1
            answer(line);
#else
            answer(line, came);
#endif
        }
    return 0;
}
