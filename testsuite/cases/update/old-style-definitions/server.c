#include <serve.h>

/* Definitions in the style of Kernighan and Ritchie. */
int area(width, height)
    int width;
    int height;
{
#if VERSION == 1
    return width * height;
#else
    return width * height * 100;
#endif
}

static char initial(text, otherwise)
    const char *text;
    char otherwise;
{
    return *text ? *text : otherwise;
}

static void answer(const char *text)
{
    say("%d %c", area((int)strlen(text), 5), initial(text, '-'));
}

SERVE(answer)
