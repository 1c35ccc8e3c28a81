struct s { char c; long l; };
struct t { char c; int i; short s; };
int printf(const char *, ...);
int main(void) { struct t v = { 1, 2, 3 }; printf("%d %d %d\n", (int)sizeof(struct s), (int)sizeof(struct t), v.i); return 0; }
