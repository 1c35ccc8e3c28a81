__attribute__((visibility("hidden"))) int hidden(int number);
__attribute__((visibility("protected"))) int protected_one(int number);
#pragma GCC visibility push(hidden)
int by_pragma(void);
#pragma GCC visibility pop
extern __attribute__((visibility("internal"))) int internal;
