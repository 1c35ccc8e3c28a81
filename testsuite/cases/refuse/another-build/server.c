#include <counter.h>

#if VERSION == 3
int only_here(void)
{
    return 3;
}
#endif
