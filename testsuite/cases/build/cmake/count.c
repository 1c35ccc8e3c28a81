static int count;

int count_one(void)
{
    return ++count;
}
