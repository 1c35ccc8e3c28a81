int v = 4;
int f(int x) { return x * 2; }
