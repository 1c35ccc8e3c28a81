#include <counter.h>

#if VERSION > 1
struct unused {
    int number;
};
#endif

#if VERSION == 2
int changed[2];
#elif VERSION == 3
struct unused changed;
#endif
