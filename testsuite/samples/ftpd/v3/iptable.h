/* iptable.h - who is connected: sessions per client address, and the address of each child. */
#ifndef FTPD_IPTABLE_H
#define FTPD_IPTABLE_H

#include <sys/types.h>

#include "sysutil.h"

/* How many sessions the address has with this one. */
unsigned int iptable_add(const struct sys_addr *addr);
void iptable_remove(const struct sys_addr *addr);
unsigned int iptable_hosts(void);

void iptable_child_started(pid_t child, const struct sys_addr *addr);
/* Forgets an ended child and its session; says whether it was one of ours. */
int iptable_child_ended(pid_t child);
unsigned int iptable_children(void);

#endif
