static inline int weigh(int number)
{
#if VERSION == 1
    return number * 10;
#else
    return number * 11;
#endif
}
