#include <stdio.h>
static int sum(int n) { int s = 0;
#pragma omp parallel for reduction(+:s)
	for (int i = 0; i < n; i++) s += i;
	return s; }
int main(void) { int t = 0;
#pragma omp parallel num_threads(2)
	{
#pragma omp atomic
		t += 1;
	}
	printf("%d %d\n", sum(100), t); return 0; }
