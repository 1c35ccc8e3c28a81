/* A variable in a register of its own: neither parser can say what it is. */
register long reserved __asm__("r15");

int strange(int number)
{
#if VERSION == 3
    return 1000 + 2 * number;
#else
    return 2 * number;
#endif
}
