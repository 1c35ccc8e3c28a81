#include <counter.h>
