#include <stdio.h>
#include <pthread.h>
static int n; static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static void *run(void *p) { pthread_mutex_lock(&m); n++; pthread_mutex_unlock(&m); return p; }
int main(void) { pthread_t t[2]; for (int i = 0; i < 2; i++) pthread_create(&t[i], 0, run, 0); for (int i = 0; i < 2; i++) pthread_join(t[i], 0); printf("%d\n", n); return 0; }
