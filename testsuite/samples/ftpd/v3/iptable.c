/* iptable.c - two hash tables with chains. */
#include "iptable.h"

#include <stddef.h>

#define IP_BUCKETS 64
#define CHILD_BUCKETS 64

struct ip_entry {
    struct ip_entry *next;
    struct sys_addr addr;
    unsigned int sessions;
};

struct child_entry {
    struct child_entry *next;
    pid_t pid;
    struct sys_addr addr;
};

static struct ip_entry *ip_buckets[IP_BUCKETS];
static struct child_entry *child_buckets[CHILD_BUCKETS];
static unsigned int num_hosts;
static unsigned int num_children;

/* The link that leads to the entry of `addr`, or to the end of its chain. */
static struct ip_entry **ip_link(const struct sys_addr *addr)
{
    struct ip_entry **link = &ip_buckets[sys_addr_hash(addr) % IP_BUCKETS];

    while (*link != NULL && !sys_addr_same_host(&(*link)->addr, addr))
        link = &(*link)->next;
    return link;
}

static struct child_entry **child_link(pid_t pid)
{
    struct child_entry **link = &child_buckets[(unsigned int)pid % CHILD_BUCKETS];

    while (*link != NULL && (*link)->pid != pid)
        link = &(*link)->next;
    return link;
}

unsigned int iptable_add(const struct sys_addr *addr)
{
    struct ip_entry **link = ip_link(addr);

    if (*link == NULL) {
        struct ip_entry *entry = sys_calloc(1, sizeof(*entry));

        entry->addr = *addr;
        *link = entry;
        num_hosts++;
    }
    (*link)->sessions++;
    return (*link)->sessions;
}

void iptable_remove(const struct sys_addr *addr)
{
    struct ip_entry **link = ip_link(addr);
    struct ip_entry *entry = *link;

    if (entry == NULL)
        return;
    if (--entry->sessions == 0) {
        *link = entry->next;
        sys_free(entry);
        num_hosts--;
    }
}

unsigned int iptable_hosts(void)
{
    return num_hosts;
}

void iptable_child_started(pid_t child, const struct sys_addr *addr)
{
    struct child_entry *entry = sys_calloc(1, sizeof(*entry));
    struct child_entry **link = child_link(child);

    entry->pid = child;
    entry->addr = *addr;
    entry->next = *link;
    *link = entry;
    num_children++;
}

int iptable_child_ended(pid_t child)
{
    struct child_entry **link = child_link(child);
    struct child_entry *entry = *link;

    if (entry == NULL)
        return 0;
    *link = entry->next;
    iptable_remove(&entry->addr);
    sys_free(entry);
    num_children--;
    return 1;
}

unsigned int iptable_children(void)
{
    return num_children;
}
