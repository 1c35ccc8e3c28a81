static int count = 10;

static int step(void)
{
    static int calls;

    return ++calls;
}

int count_one(void)
{
    count += step();
    return count;
}
