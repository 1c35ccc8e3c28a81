/* A function that nobody declared. */
int main(void) { printf("%d\n", later(20)); return 0; }
int later(int x) { return x + 1; }
