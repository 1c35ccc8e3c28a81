/* work.c - a document of records is parsed, added up and freed. */
#include "serve.h"
#include "json.h"

#include <stdio.h>

#define RECORDS 400

static char text[RECORDS * 160];
static size_t length;
static struct parser parser;

void work_start(void)
{
    unsigned int state = 1;
    int record;

    length = (size_t)sprintf(text, "[");
    for (record = 0; record < RECORDS; record++) {
        unsigned int number = next_random(&state);

        length += (size_t)sprintf(
            text + length,
            "%s\n  { \"id\": %d, \"name\": \"record \\\"%u\\\"\", \"size\": -%u.%u, \"ready\": %s,"
            " \"links\": [%u, %u, null, [1, 2, 3]] }",
            record > 0 ? "," : "", record, number % 100, number % 1000, number % 10,
            number % 2 ? "true" : "false", number % 31, number % 77);
    }
    length += (size_t)sprintf(text + length, "]\n");
}

static double sum(const struct json *json)
{
    double all = json->number + (double)json->length;
    const struct json *member;

    for (member = json->first; member != NULL; member = member->next)
        all += sum(member);
    return all;
}

unsigned int work_round(unsigned int seed)
{
    struct json *json = json_parse(&parser, text, length);
    unsigned int result;

    if (json == NULL)
        return seed;
    result = (unsigned int)(long long)sum(json);
    json_free(json);
    return result;
}
