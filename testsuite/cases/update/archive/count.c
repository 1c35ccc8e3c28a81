static int counted;

int count(void)
{
#if VERSION == 1
    return ++counted;
#else
    return 100 + ++counted;
#endif
}
