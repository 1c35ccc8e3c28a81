struct s { int x; };
int f(int a, int b) { return a - b; }
long g(char *p) { return *p; }
struct s *make(void) { static struct s v = { 8 }; return &v; }
int h(struct s *p) { return p->x; }
