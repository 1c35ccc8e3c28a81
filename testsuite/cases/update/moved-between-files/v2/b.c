int counted(void)
{
    static int count = 10;

    return ++count;
}
