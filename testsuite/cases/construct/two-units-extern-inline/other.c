#include "both.h"
extern int twice(int x);
int far(int x) { return twice(x) + 1; }
