#include <counter.h>

#if VERSION == 2
struct unused {
    int number;
};
int changed[2];
#elif VERSION == 3
long changed[2];
#endif
