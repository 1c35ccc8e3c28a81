struct s { char c[20]; double d; };
static struct s v = { "x", 2.5 };
static int get(struct s *p) { return (int)(p->d * 2); }
int other(void) { return get(&v); }
