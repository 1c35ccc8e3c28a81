#include "body.h"

int shared(int number)
{
    return number + (VERSION == 1 ? 2 : 2000);
}

int hidden_count;

int one(int number) { return hidden_count++, shared(number) + body(number); } int three(int number) { return number * VERSION; }
