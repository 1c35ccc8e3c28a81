#include <counter.h>

#if VERSION == 3
int only_here = 3;
#endif
