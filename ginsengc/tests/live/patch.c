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
    const void *transforms, *writable;
    uint64_t writable_count;
    const void *reentries;
    uint64_t reentry_count;
    void (*hook)(void);
    const uint32_t *promises;
    uint64_t promise_count;
    const void *functions;
    uint64_t function_count;
    void *previous;
    const void *grown;
    uint64_t grown_count;
};

extern char slot __asm__("g.1");
extern int counter __asm__("g.2"), touched __asm__("g.3"), table[4] __asm__("g.4");

#define OLD (10 * (VERSION - 1) + (VERSION == 2 ? -9 : 0))
__attribute__((unused)) static const int old_value = OLD, new_value = 10 * VERSION;
__attribute__((unused)) static const int old_table[4] = {OLD, 2, 3, 4}, new_table[4] = {10 * VERSION, 2, 33, 44};
__attribute__((unused)) static const struct Leaf one = {0, 0, 0, 4, 4, 1, 0, 4}, four = {0, 0, 0, 4, 4, 4, 0, 4};

#ifdef SHAPES
/* The table gets new fields, and two numbers become wider. */
struct Kind { uint32_t size, object; int (*init)(const void *object, void *block); uint32_t room; };
struct Transform {
    const void *source, *old;
    uint64_t size;
    void *target;
    int (*convert)(const void *source, void *target);
    const char *name;
};
struct added { int first, third, other; };
extern void *ginseng_extension(const void *object, const struct Kind *kind);
extern void ginseng_forget(const void *start, uint64_t size);

static int init_table(const void *object, void *block) {
    struct added *added = block;
    added->first = added->third = added->other = ((const int *)object)[2];
    return 0;
}
static int cannot(const void *object, void *block) {
    *(int *)block = 12345;
    return object != 0;
}
static const struct Kind kind = {sizeof(struct added), sizeof table, init_table, 16};
static const struct Kind odd = {4, 4, cannot, 16};

static long wide_counter = 5, wide_touched;
static int widen_counter(const void *source, void *target) {
    return *(long *)target = *(const int *)source, 0;
}
static int widen_touched(const void *source, void *target) {
    *(long *)target = *(const int *)source;
    ginseng_extension(&touched, &kind); /* goes with the patch if it is refused */
    return *(const int *)source == 13;
}

static int version(void) {
    const struct added *added = ginseng_extension(table, &kind);
    int *zero = ginseng_extension(&counter, &odd);
    ginseng_forget(&touched, sizeof touched);
    return *zero * 1000000 + wide_counter * 100000 + wide_touched * 10000 + added->first + added->third +
           added->other;
}
#else
static int version(void) { return VERSION; }
#endif

static const struct SlotWrite slots[] = {{&slot, version}};
static const struct Merge merges[] = {
#ifdef SHAPES
    {table, (const int[4]){1, 2, 3, 4}, (const int[3]){100, 200, 300}, table,
     (const struct Leaf[]){
         {0, 0, 0, 4, 4, 1, 0, 4}, /* untouched: the new value */
         {8, 4, 4, 4, 4, 1, 0, 4}, /* touched: as it was made */
         {0, 8, 8, 0, 4, 1, 0, 4}, /* added: the new value */
     }, 3, &kind},
#else
    {&counter, &old_value, &new_value, &counter, &one, 1, 0},
    {&touched, &old_value, &new_value, &touched, &one, 1, 0},
    {table, old_table, new_table, table, &four, 1, 0},
#endif
};
#ifdef SHAPES
static const struct Transform transforms[] = {
    {&counter, &(const int){1}, 4, &wide_counter, widen_counter, "counter"}, /* untouched */
    {&touched, &(const int){1}, 4, &wide_touched, widen_touched, "touched"},
};
enum { MERGES = 1, KINDS = 2, TRANSFORMS = 2 };
#else
#define transforms 0
enum { MERGES = 3, KINDS = 0, TRANSFORMS = 0 };
#endif
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
static void *previous;
__attribute__((visibility("default"))) const struct Header ginseng_patch = {
    7, 1, slots, merges, MERGES, 0, 0, KINDS, TRANSFORMS, transforms, 0, 0, .previous = &previous,
};
