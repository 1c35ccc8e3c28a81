/* Version VERSION of server.c, as the code generator writes patches. */
#include <stdint.h>

struct SlotWrite { void *slot; const void *target; };
struct Leaf { uint64_t old_offset, new_offset, image_offset; uint32_t compare, size, count, zero; uint64_t stride; };
struct Merge { const void *source, *old, *new; void *target; const struct Leaf *leaves; uint64_t count; const void *kind; };
struct Header {
    uint32_t abi, slot_count;
    const struct SlotWrite *slots;
    const struct Merge *merges;
    uint32_t merge_count, point_count;
    const void *points;
    uint32_t kinds, transform_count;
    const void *transforms;
};

extern char slot __asm__("g.1");
extern int counter __asm__("g.2"), touched __asm__("g.3"), table[4] __asm__("g.4");

#define OLD (10 * (VERSION - 1) + (VERSION == 2 ? -9 : 0))
static const int old_value = OLD, new_value = 10 * VERSION;
static const int old_table[4] = {OLD, 2, 3, 4}, new_table[4] = {10 * VERSION, 2, 33, 44};
static const struct Leaf one = {0, 0, 0, 4, 4, 1, 0, 4}, four = {0, 0, 0, 4, 4, 4, 0, 4};

static int version(void) { return VERSION; }

static const struct SlotWrite slots[] = {{&slot, version}};
static const struct Merge merges[] = {
    {&counter, &old_value, &new_value, &counter, &one, 1, 0},
    {&touched, &old_value, &new_value, &touched, &one, 1, 0},
    {table, old_table, new_table, table, &four, 1, 0},
};
#ifdef MISSING
extern int missing(void);
const void *needs = missing;
#endif
#ifdef LARGE
__attribute__((visibility("default"))) const char large[LARGE] = {1};
#endif
#ifdef HEADERLESS
#define ginseng_patch something_else
#endif
__attribute__((visibility("default"))) const struct Header ginseng_patch = {
    2, 1, slots, merges, 3, 0, 0, 0, 0, 0,
};
