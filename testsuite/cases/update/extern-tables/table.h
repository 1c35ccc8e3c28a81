struct entry {
    const char *name;
    int value;
};

extern struct entry table[];
extern int table_rows;
