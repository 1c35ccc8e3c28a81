#include <stdio.h>
[[nodiscard]] static int f(int x [[maybe_unused]]) { return 4; }
[[gnu::noinline]] static int g(int x) { switch (x) { case 1: x++; [[fallthrough]]; default: return x; } }
struct [[gnu::packed]] s { char c; int i; };
int main(void) { printf("%d %d %zu\n", f(1), g(1), sizeof(struct s)); return 0; }
