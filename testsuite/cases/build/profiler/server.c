#include <stdio.h>
#include <unistd.h>

__attribute__((noinline)) static unsigned spin(unsigned n)
{
    for (unsigned i = 0; i < 100000; i++)
        n = n * 1103515245 + 12345;
    return n;
}

__attribute__((noinline)) unsigned work(unsigned n)
{
    for (unsigned i = 0; i < 100000; i++)
        n = n * 69069 + 1;
    return spin(n);
}

int main(void)
{
    char line[100];
    unsigned sum = 0;
    while (read(0, line, sizeof line) > 0)
        sum = work(sum);
    printf("%d\n", VERSION);
    return sum == 1;
}
