#include <serve.h>

#if VERSION == 2
long number = 6;
extern long same __attribute__((alias("number")));
#else
int number = 6;
extern int same __attribute__((alias("number")));
#endif
#if VERSION == 3
int table[3] = {1, 2, 3};
extern int rows[3] __attribute__((alias("table")));
#else
int table[2] = {1, 2};
extern int rows[2] __attribute__((alias("table")));
#endif

int main(void)
{
    int came, row, sum;

    while ((came = next_line()) >= 0)
        if (came) {
            number++;
            table[0]++;
            sum = 0;
            for (row = 0; row < (int)(sizeof table / sizeof *table); row++)
                sum += rows[row];
            say(VERSION == 4 ? "now %ld %ld %d" : "%ld %ld %d", (long)number, (long)same, sum);
        }
    return 0;
}
