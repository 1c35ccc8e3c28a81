int counted(void)
{
    static int count = 10;

    return ++count;
}

int twice(int number)
{
    return number * 3;
}
