static int count = 10;
static int sum = 20;

int count_one(void)
{
    return ++count;
}

int sum_up(void)
{
    return sum += 2;
}
