int target(int x) { return x + 1; }
