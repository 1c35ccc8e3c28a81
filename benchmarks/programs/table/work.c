/* work.c - many keys that stay, looked up, changed, and some of them replaced. */
#include "serve.h"
#include "table.h"

#define KEYS 20000
#define LOOKUPS 20000

static struct table table;

static unsigned int key_of(unsigned int number, char key[12])
{
    unsigned int length = 4;

    key[0] = 'k';
    key[1] = 'e';
    key[2] = 'y';
    key[3] = ':';
    do
        key[length++] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    return length;
}

void work_start(void)
{
    unsigned int number;
    char key[12];

    for (number = 0; number < KEYS; number++)
        *table_at(&table, key, key_of(number, key)) = number;
}

unsigned int work_round(unsigned int seed)
{
    unsigned int state = seed, sum = 0, at;
    char key[12];

    for (at = 0; at < LOOKUPS; at++) {
        unsigned int number = next_random(&state) % KEYS;
        unsigned int length = key_of(number, key);

        if (at % 16 == 0) {
            sum += (unsigned int)table_remove(&table, key, length);
            *table_at(&table, key, length) = number;
        } else if (at % 4 == 0) {
            ++*table_at(&table, key, length);
            --*table_at(&table, key, length);
        } else {
            sum += (unsigned int)table_find(&table, key, length)->value;
        }
    }
    return sum;
}
