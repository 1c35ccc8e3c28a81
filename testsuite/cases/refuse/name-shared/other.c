/* From version 2 on another type of the name. */
#if VERSION >= 2
struct page {
    char text[3];
};
static struct page mine = { "x" };
#endif

const char *other_text(void)
{
#if VERSION >= 2
    mine.text[0]++;
    return mine.text;
#else
    return "-";
#endif
}
