static int count = 10;

int count_one(void)
{
    return ++count;
}
