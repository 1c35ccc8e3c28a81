#include <serve.h>

int sum(int count, ...)
{
    va_list numbers;
    int all = 0;

    va_start(numbers, count);
    while (count-- > 0)
        all += va_arg(numbers, int);
    va_end(numbers);
#if VERSION == 1
    return all;
#else
    return -all;
#endif
}

double mean(int count, ...)
{
    va_list numbers;
    double all = VERSION;

    va_start(numbers, count);
    for (int i = 0; i < count; i++)
        all += va_arg(numbers, double);
    va_end(numbers);
    return all;
}

static int (*stored)(int, ...) = sum;

static void answer(const char *text)
{
    int number = (int)strlen(text);

    say("%d %d %g", sum(3, number, 10, 20), stored(1, number), mean(2, 0.5, 0.25));
}

SERVE(answer)
