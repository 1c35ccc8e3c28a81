#include <serve.h>

static int count;

/* So small that it is dissolved in main, which never returns. */
static inline int next(void)
{
#if VERSION == 1
    return ++count;
#else
    return count += 10;
#endif
}

static inline const char *name_of(int number)
{
#if VERSION == 1
    return number % 2 ? "odd" : "even";
#else
    return number % 2 ? "ODD" : "EVEN";
#endif
}

int main(void)
{
    int came;

    while ((came = next_line()) >= 0)
        if (came) {
            int number = next();

            say("%d %s %s", number, name_of(number), line);
        }
    return 0;
}
