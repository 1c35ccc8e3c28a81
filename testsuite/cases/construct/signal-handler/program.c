#include <stdio.h>
#include <signal.h>
static volatile sig_atomic_t got; static void on(int s) { got = s; } static void info(int s, siginfo_t *i, void *c) { (void)c; got = s + (i->si_signo == s); }
int main(void) { signal(SIGUSR1, on); raise(SIGUSR1); int a = got; struct sigaction sa = { .sa_sigaction = info, .sa_flags = SA_SIGINFO }; sigaction(SIGUSR2, &sa, 0); raise(SIGUSR2); printf("%d %d\n", a, got); return 0; }
