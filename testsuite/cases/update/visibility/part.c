#include "part.h"

int internal = 5;

int hidden(int number)
{
    return number + internal;
}

int by_pragma(void)
{
    return internal;
}

int protected_one(int number)
{
    return number * (VERSION == 1 ? 1 : 100);
}
