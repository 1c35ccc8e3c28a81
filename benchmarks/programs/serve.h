/* serve.h - what the programs have in common: numbers in, numbers out. */
#ifndef SERVE_H
#define SERVE_H

/* Which release a build is. All do the same work; later ones have more fields in their structs. */
#ifndef VERSION
#define VERSION 0
#endif

/* A number that no input has, another one in each release: changed code, and the same work. */
#define NEVER (4000000000u + VERSION)

/* Prepares the input; what is kept there is as old as the process. */
void work_start(void);
/* Does the work once; a number that tells whether it was right. */
unsigned int work_round(unsigned int seed);

/* The same pseudo-random numbers on every machine. */
static inline unsigned int next_random(unsigned int *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

#endif
