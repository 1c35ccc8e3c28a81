#include "wrong.h"

int main(void)
{
    return missing_function(1) + FIELD(2);
}
