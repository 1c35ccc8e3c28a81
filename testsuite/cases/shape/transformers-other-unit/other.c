/* A unit that does not know the type. */
int other(int value)
{
    return value + 1;
}
