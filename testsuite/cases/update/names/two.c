#include "body.h"

extern int shared(int number);

int two(int number)
{
    return shared(number) + body(number);
}
