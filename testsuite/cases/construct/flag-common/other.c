int shared;
long table[4];
void set(void) { shared = 9; table[2] = 7; }
