#include <stdio.h>
#include <pthread.h>
static pthread_once_t once = PTHREAD_ONCE_INIT; static int n, inits; static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER; static pthread_key_t key; static void gone(void *p) { pthread_mutex_lock(&m); n += *(int *)p; pthread_mutex_unlock(&m); } static void init(void) { inits++; pthread_key_create(&key, gone); }
static void *run(void *p) { pthread_once(&once, init); pthread_setspecific(key, p); return p; }
int main(void) { pthread_t t[4]; int v[4] = { 1, 2, 3, 4 }; for (int i = 0; i < 4; i++) pthread_create(&t[i], 0, run, &v[i]); for (int i = 0; i < 4; i++) pthread_join(t[i], 0); printf("%d %d\n", n, inits); return 0; }
