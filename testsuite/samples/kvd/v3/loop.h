/* loop.h - one thread waits for all descriptors and timers. */
#ifndef KVD_LOOP_H
#define KVD_LOOP_H

#define LOOP_READ 1u
#define LOOP_WRITE 2u

/* A descriptor and who is told of its events. */
struct watch {
    int fd;
    unsigned int events;
    void (*ready)(void *data, unsigned int events);
    void *data;
    struct watch *next_dead;
};

struct timer {
    long long due;
    long long interval;
    void (*run)(void *data);
    void *data;
    struct timer *next;
};

struct loop {
    int poll_fd;
    int stopped;
    long long now; /* milliseconds since 1970, at the last event */
    struct timer *timers; /* the next one first */
    struct watch *dead; /* freed when no event can name them any more */
    void (*before_sleep)(void);
};

extern struct loop loop;

void loop_start(void);
void loop_run(void);
void loop_stop(void);
long long loop_clock(void);

struct watch *loop_watch(int fd, unsigned int events, void (*ready)(void *, unsigned int),
                         void *data);
void loop_change(struct watch *watch, unsigned int events);
void loop_unwatch(struct watch *watch);

void loop_every(long long interval, void (*run)(void *), void *data);

#endif
