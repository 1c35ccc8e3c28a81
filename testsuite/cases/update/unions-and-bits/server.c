#include <serve.h>

#if VERSION == 1
static union { int number; char bytes[4]; } either = { 1 }, other = { 1 };
static struct { unsigned low : 4, high : 4; int rest; } bits = { 3, 4, 5 }, used = { 3, 4, 5 };
static volatile int watched = 1;
static _Atomic int atomic = 1;
static float ratio = 1.5f;
static long double precise = 2.5L;
static short matrix[2][2] = { { 1, 2 }, { 3, 4 } };
#else
static union { int number; char bytes[4]; } either = { 2 }, other = { 2 };
static struct { unsigned low : 4, high : 4; int rest; } bits = { 6, 7, 8 }, used = { 6, 7, 8 };
static volatile int watched = 2;
static _Atomic int atomic = 2;
static float ratio = 3.5f;
static long double precise = 4.5L;
static short matrix[2][2] = { { 1, 20 }, { 30, 4 } };
#endif

static void answer(const char *text)
{
    if (strcmp(text, "touch") == 0) {
        other.number = 70;
        used.low = 1;
        matrix[1][0] = 33;
    }
    say("%d %d, %d %d %d, %d %d %d, %d %d %g %Lg, %d %d %d %d", either.number, other.number, bits.low,
        bits.high, bits.rest, used.low, used.high, used.rest, watched, (int)atomic, ratio, precise,
        matrix[0][0], matrix[0][1], matrix[1][0], matrix[1][1]);
}

SERVE(answer)
