struct pair {
    int left;
};

#define FIELD(x) (((struct pair *)x)->right)

int broken(void)
{
    int number = "text";
    return number
}
