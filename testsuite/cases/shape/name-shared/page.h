struct page {
    struct page *next;
    int hits;
#if VERSION >= 2
    int views;
#endif
};

extern struct page *all;
int page_views(void);
