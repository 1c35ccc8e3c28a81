static int calls;

static int body(int number)
{
    static int first, second = 100, third[2] = { 1000, VERSION * 0 };

    first += 1;
    second += first;
    third[0] += second;
    return number * 0 + ++calls * 10 + (third[0] > 0);
}
