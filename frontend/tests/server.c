enum state { CLOSED, READING = 3, WRITING };
struct conn {
    int fd;
    enum state state;
    unsigned keep : 1, busy : 2;
    struct conn *next;
    int (*handler)(struct conn *, const char *);
};
extern int accept(int, void *, void *);
extern void *malloc(unsigned long);
extern void (*signal(int number, void (*handler)(int)))(int);
static struct conn *conns;
int total, limit = 10;
static int greet(struct conn *conn, const char *line);
static int (*const commands[])(struct conn *, const char *) = { greet, 0 };
static volatile int stop;

static void on_signal(int number) { stop = number; }

static int greet(struct conn *conn, const char *line)
{
    static int count = 1;
    conn->state = WRITING;
    return line[0] == 'x' ? count++ : -1;
}

static void serve(int fd)
{
    while (!stop) {
        struct conn *conn = malloc(sizeof *conn);
        conn->fd = accept(fd, 0, 0);
        conn->handler = commands[0];
        conn->next = conns;
        conns = conn;
        for (struct conn *each = conns; each; each = each->next)
            if (each->handler(each, "x") < 0 && each->state == READING)
                total++;
    }
}

int main(void)
{
    signal(2, on_signal);
    serve(limit);
    return (*greet)(conns, "y");
}
