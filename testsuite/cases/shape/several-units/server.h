#include <serve.h>
#include <stdlib.h>

struct part {
    int number;
#if VERSION >= 2
    struct part *owner;
#endif
    char name[8];
#if VERSION >= 3
    unsigned char weight;
#endif
};

struct part *part_new(int number, const char *name);
int part_sum(const struct part *p);
void part_touch(struct part *p);
void part_show(const struct part *p);

extern struct part root;
