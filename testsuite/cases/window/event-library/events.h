struct ev_loop {
    int turns;
};
typedef void event_callback(const char *line);

struct ev_loop *ev_default_loop(void);
void ev_on_line(event_callback *call);
void ev_break(void);
int ev_turn(void);
int ev_run(struct ev_loop *loop, int flags);
