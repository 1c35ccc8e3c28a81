/* snapshot.h - all keys in one file. */
#ifndef KVD_SNAPSHOT_H
#define KVD_SNAPSHOT_H

/* Writes the file; -1 if that fails, and then the old one is still there. */
int snapshot_write(void);
/* The same in another process. */
int snapshot_start(void);
/* Looks whether that process has ended. */
void snapshot_check(void *data);
/* Reads the file, if there is one; -1 if it is damaged. */
int snapshot_load(void);

#endif
