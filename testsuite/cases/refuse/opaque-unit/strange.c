/* Nested functions: a GNU extension that libclang does not read. */
int strange(int number)
{
    int twice(int value)
    {
        return 2 * value;
    }
#if VERSION == 3
    return 1000 + twice(number);
#else
    return twice(number);
#endif
}
