static int sum = 20;

int sum_up(void)
{
    return sum += 2;
}
