#include <stdio.h>
#if defined __x86_64__
#include <immintrin.h>
static int sum(const int *v) { __m128i a = _mm_loadu_si128((const __m128i *)v); a = _mm_add_epi32(a, _mm_shuffle_epi32(a, 0x4e)); a = _mm_add_epi32(a, _mm_shuffle_epi32(a, 0xb1)); return _mm_cvtsi128_si32(a); }
#else
#include <arm_neon.h>
static int sum(const int *v) { return vaddvq_s32(vld1q_s32(v)); }
#endif
int main(void) { int v[] = { 1, 2, 3, 4 }; printf("%d\n", sum(v)); return 0; }
