#include <serve.h>

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#define MAX(a, b) ({ __typeof__(a) left = (a); __typeof__(b) right = (b); left > right ? left : right; })

struct message {
    char kind;
    int length;
    char text[];
} __attribute__((packed));

static const char *const names[] = { [2] = "two", [0] = "zero", [4 ... 5] = "more" };

static int by_label(int which)
{
    static void *labels[] = { &&first, &&second };

    goto *labels[which & 1];
first:
    return VERSION * 10;
second:
    return VERSION * 20;
}

static int sum_of_array(int count)
{
    int numbers[count];
    int sum = 0;

    for (int i = 0; i < count; i++)
        numbers[i] = i * VERSION;
    for (int i = 0; i < count; i++)
        sum += numbers[i];
    return sum;
}

static const char *kind_of(int number)
{
    switch (number) {
    case 0 ... 3:
        return VERSION == 1 ? "few" : "FEW";
    case 4:
        number++;
        __attribute__((fallthrough));
    default:
        return (number ?: 1) ? "many" : "none";
    }
}

static int flexible(const char *text)
{
    struct message *message = malloc(sizeof *message + strlen(text) + 1);
    int result;

    assert(message != NULL);
    message->kind = 'k';
    message->length = (int)strlen(text) * VERSION;
    strcpy(message->text, text);
    result = message->length + (int)offsetof(struct message, text);
    free(message);
    return result;
}

static void clean(int **pointer)
{
    **pointer += VERSION;
}

static int cleaned(void)
{
    static int count;
    {
        __attribute__((cleanup(clean))) int *guard = &count;

        (void)guard;
    }
    return count;
}

static long long wide(void)
{
    __int128 big = (__int128)1 << 70;

    return (long long)(big >> 60) + VERSION + _Generic(1.0f, float: 5, default: 6)
        + __builtin_popcount(255) + L'\x41' + 'ab' % 3;
}

static void answer(const char *text)
{
    int length = (int)strlen(text);
    const char *name = length < 6 && names[length] ? names[length] : "-";

    say("%d %d %d %s %d %d %lld %s", by_label(length), sum_of_array(length), MAX(length, VERSION),
        kind_of(length), flexible(text), cleaned(), wide(), name);
}

SERVE(answer)
