#define _GNU_SOURCE
#include <serve.h>

#include <dlfcn.h>

int plugin(int number);

int plugin(int number)
{
    return number + (VERSION == 1 ? 1 : 100);
}

static void answer(const char *text)
{
    int (*found)(int) = (int (*)(int))dlsym(RTLD_DEFAULT, "plugin");

    say("%d %s", found ? found((int)strlen(text)) : -1, found == plugin ? "same" : "apart");
}

SERVE(answer)
