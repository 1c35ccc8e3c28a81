#include <stdio.h>
#include <unistd.h>

int counter;

__attribute__((noinline)) static int helper(int n)
{
    return n + VERSION;
}

__attribute__((noinline)) int handle(const char *line)
{
    static int calls;
    printf("%d %d %s", helper(10), ++calls, line);
    fflush(stdout);
    counter++;
    return 0;
}

int main(void)
{
    char line[100];
    long length;
    while ((length = read(0, line, sizeof line - 1)) > 0) {
        line[length] = 0;
        handle(line);
    }
    return 0;
}
