/* serve.h - what the servers of the cases share: one loop, lines in, lines out. */
#ifndef SERVE_H
#define SERVE_H

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The line that next_line read. */
static char line[256];

/* 1: a line came; 0: none in 5 ms, so that the loop around it turns and can be updated; -1: end. */
static inline int next_line(void)
{
    struct pollfd input = { 0, POLLIN, 0 };
    size_t length = 0;

    if (poll(&input, 1, 5) <= 0)
        return 0;
    while (read(0, line + length, 1) == 1) {
        if (line[length] == '\n') {
            line[length] = '\0';
            return 1;
        }
        if (length < sizeof line - 2)
            length++;
    }
    return -1;
}

static inline void say(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    vprintf(format, values);
    va_end(values);
    putchar('\n');
    fflush(stdout);
}

/* Calls `answer` for each line. */
#define SERVE(answer)                          \
    int main(void)                             \
    {                                          \
        int came;                              \
        while ((came = next_line()) >= 0)      \
            if (came)                          \
                answer(line);                  \
        return 0;                              \
    }

#endif
