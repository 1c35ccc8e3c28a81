static int count = 20000;

int other_count(void)
{
    return count += 20000;
}
