#include <stdio.h>
#include <tgmath.h>
#include <inttypes.h>
#include <stdbool.h>
static bool odd(uint_fast16_t x) { return x & 1; }
int main(void) { float f = 2.25f; printf("%.2f %.2f %" PRId64 " %d\n", (double)sqrt(f), (double)fabs(-1.5L), INT64_C(5), odd(3)); return 0; }
