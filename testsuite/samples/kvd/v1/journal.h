/* journal.h - each change, as it comes, at the end of a file. */
#ifndef KVD_JOURNAL_H
#define KVD_JOURNAL_H

#include "client.h"

/* Opens the file to go on with it; -1 if that fails. */
int journal_open(void);
/* Runs what an earlier server wrote; 1 if there was something, -1 if it is damaged. */
int journal_replay(void);
/* Notes the command with these flags that a client has just run. */
void journal_add(const struct client *client, unsigned int flags);
/* Before anybody is told of a change it is in the file. */
void journal_flush(void);

#endif
