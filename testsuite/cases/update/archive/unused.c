/* Never linked: its undefined function would be missed. */
int missing(void);

int unused(void)
{
    return missing();
}
