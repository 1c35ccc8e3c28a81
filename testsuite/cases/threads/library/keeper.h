/* Starts a thread of the library's own, which lives beside the program. */
void keeper_start(void);

/* How often it has woken. */
unsigned keeper_turns(void);

/* Has it call this before it waits again, once. */
void keeper_ask(void (*call)(void));
