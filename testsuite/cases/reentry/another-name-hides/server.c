#include <serve.h>

/* The new version has two variables of the old one's name where the loop begins: which of them goes on is
   not for us to say. */
static int serve(int x)
{
    int came;

    x *= 10;
#if VERSION == 2
    {
        int x = 3;
#endif
        while ((came = next_line()) >= 0)
            if (came)
                say("version %d: %d", VERSION, ++x);
#if VERSION == 2
    }
#endif
    return x;
}

int main(void)
{
    serve(1);
    return 0;
}
