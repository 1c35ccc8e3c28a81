#include <serve.h>

/* At the heads of these loops, names of variables mean something else that an inner block declared. */

#if VERSION == 1
#define STEP 1
#define SAY(...) say(__VA_ARGS__)
#elif VERSION == 2
#define STEP 10
#define SAY(form, ...) say("new " form, __VA_ARGS__)
#else
#define STEP 10
#define SAY(form, ...) say("newer " form, __VA_ARGS__)
#endif

/* A parameter, behind a variable of another type, behind a third one. */
static int automatic(int x)
{
    int outer = 7;

    x += outer;
    {
        char x[8] = "text";

        x[0] += STEP;
        {
            long x = 1000, outer = 20;
            int came;

            while ((came = next_line()) >= 0) {
                if (!came)
                    continue;
                x += STEP;
                outer += STEP;
                SAY("automatic %ld %ld", x, outer);
                if (strcmp(line, "next") == 0)
                    break;
            }
        }
        SAY("automatic %s", x);
    }
    return x + outer;
}

/* Behind a variable with static storage, and behind a function. */
static int lasting(x) int x;
{
    int came = -3;

    x++;
    {
        static int x = 50;
        int next_line(void);

        for (;;) {
            extern int shared;
            int came = next_line();

            if (came < 0)
                return -1;
            if (!came)
                continue;
            x += STEP;
            SAY("lasting %d %d", x, shared);
            if (strcmp(line, "next") == 0)
                break;
        }
    }
    return x + came;
}

int shared = 5;

/* Behind an enumerator and a type. */
static int constants(int x, int y)
{
    {
        enum { x = 3 };
        typedef long y;

        for (y sum = 0;;) {
            int came = next_line();

            if (came < 0)
                return -1;
            if (!came)
                continue;
            sum += x * STEP;
            SAY("constants %ld %d", sum, (int)sizeof(y));
            if (strcmp(line, "next") == 0)
                break;
        }
    }
    return x * 100 + y;
}

int main(int argc, char **argv)
{
    int result = 0;

    switch (argc > 1 ? argv[1][0] : 0) {
    case 'a': result = automatic(100); break;
    case 'l': result = lasting(200); break;
    case 'c': result = constants(4, 2); break;
    }
    say("result %d", result);
    return 0;
}
