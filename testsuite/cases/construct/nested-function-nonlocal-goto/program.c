#include <stdio.h>
int search(int *v, int n, int want)
{
	__label__ found;
	int at = -1;
	void look(int i) { if (v[i] == want) { at = i; goto found; } }
	for (int i = 0; i < n; i++) look(i);
	return -1;
found:
	return at;
}
int main(void) { int v[] = {4, 5, 6}; printf("%d %d\n", search(v, 3, 6), search(v, 3, 9)); return 0; }
