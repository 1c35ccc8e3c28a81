/* Another type of the same name. */
struct page {
    char text[3];
};
static struct page mine = { "x" };

const char *other_text(void)
{
    mine.text[0]++;
    return mine.text;
}
