struct item {
    int number;
#if VERSION == 1
    short weight;
#else
    long weight;
#endif
};

void load(struct item *item);
