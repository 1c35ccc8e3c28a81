int twice = 2;
int handle(int n) { return n; }
int missing(int n) { return n; }
int absent;
