/* ftpdata.c - data connections and transfer loops. */
#include "ftpdata.h"

#include "ftpcmdio.h"
#include "tunables.h"
#include "update_point.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#define DEFAULT_CHUNK 131072
#define LARGEST_CHUNK (1024 * 1024)

/* A transfer that waits looks around this often. */
#define SLICE_MS 500

/* Ports are taken in turn, so that a port just closed is not used at once. */
static unsigned int next_passive_port(void)
{
    static unsigned int turn = 0;
    unsigned int count = tunable_pasv_max_port - tunable_pasv_min_port + 1;

    if (tunable_pasv_max_port == 0)
        return 0;
    return tunable_pasv_min_port + turn++ % count;
}

unsigned int data_listen(struct session *session)
{
    struct sys_addr addr;
    unsigned int tries;

    data_reset(session);
    for (tries = 0; tries < 20; tries++) {
        addr = session->local;
        sys_addr_set_port(&addr, next_passive_port());
        session->passive_fd = sys_listen(&addr, 1);
        if (session->passive_fd >= 0)
            return sys_addr_port(&addr);
    }
    return 0;
}

void data_reset(struct session *session)
{
    sys_close_failok(&session->passive_fd);
    session->port_given = 0;
}

int data_prepared(const struct session *session)
{
    return session->passive_fd >= 0 || session->port_given;
}

/* Only the client itself may take the connection meant for it. */
static int accept_data(struct session *session)
{
    struct sys_addr peer;
    long long deadline = sys_now_ms() + (long long)tunable_accept_timeout * 1000;
    int fd;

    while (sys_wait_fd(session->passive_fd, POLLIN, deadline - sys_now_ms()) == SYS_WAIT_READY) {
        fd = sys_accept(session->passive_fd, &peer);
        if (fd < 0)
            continue;
        if (tunable_pasv_promiscuous || sys_addr_same_host(&peer, &session->peer))
            return fd;
        sys_close(fd);
    }
    return -1;
}

int data_open(struct session *session)
{
    int fd;

    if (session->port_given)
        fd = sys_connect(&session->port_addr, (long long)tunable_connect_timeout * 1000);
    else
        fd = accept_data(session);
    data_reset(session);
    if (fd < 0) {
        cmdio_reply(session, 425, "Failed to establish connection.");
        return -1;
    }
    sys_data_socket_options(fd);
    return fd;
}

static size_t chunk_size(void)
{
    if (tunable_trans_chunk_size == 0)
        return DEFAULT_CHUNK;
    return tunable_trans_chunk_size < LARGEST_CHUNK ? tunable_trans_chunk_size : LARGEST_CHUNK;
}

void transfer_begin(struct session *session, struct transfer *transfer, int data_fd, int file_fd)
{
    memset(transfer, 0, sizeof(*transfer));
    transfer->data_fd = data_fd;
    transfer->file_fd = file_fd;
    transfer->watch_control = 1;
    transfer->result = TRANSFER_RUNNING;
    transfer->expected = -1;
    transfer->started_ms = sys_now_ms();
    ratelimit_start(&transfer->limit, session->max_rate);
    /* Half of it is for what is read, so that line ends have room to grow. */
    transfer->buffer_size = 2 * chunk_size();
    transfer->buffer = sys_malloc(transfer->buffer_size);
}

void transfer_end(struct transfer *transfer)
{
    sys_close_failok(&transfer->data_fd);
    sys_close_failok(&transfer->file_fd);
    sys_free(transfer->buffer);
    transfer->buffer = NULL;
}

void transfer_load_text(struct transfer *transfer, const struct str *text)
{
    if (text->len > transfer->buffer_size) {
        transfer->buffer = sys_realloc(transfer->buffer, text->len);
        transfer->buffer_size = text->len;
    }
    memcpy(transfer->buffer, str_cstr(text), text->len);
    transfer->filled = text->len;
    transfer->sent = 0;
}

/* LF to CR LF, in place, from the back. */
static size_t expand_lines(char *buffer, size_t len)
{
    size_t lines = 0;
    size_t from;
    size_t to;

    for (from = 0; from < len; from++)
        lines += buffer[from] == '\n';
    to = len + lines;
    for (from = len; from > 0; from--) {
        buffer[--to] = buffer[from - 1];
        if (buffer[to] == '\n')
            buffer[--to] = '\r';
    }
    return len + lines;
}

/* CR LF to LF, in place. A CR at the end of one chunk may belong to an LF at
 * the start of the next one, so it is held back in after_cr. */
static size_t squeeze_lines(struct transfer *transfer, char *out, const char *in, size_t len)
{
    size_t to = 0;
    size_t from;

    for (from = 0; from < len; from++) {
        if (transfer->after_cr && in[from] != '\n')
            out[to++] = '\r';
        transfer->after_cr = in[from] == '\r';
        if (!transfer->after_cr)
            out[to++] = in[from];
    }
    return to;
}

static unsigned int slices_allowed(void)
{
    return tunable_data_connection_timeout * (1000 / SLICE_MS);
}

/* Looks at the control connection in the middle of a transfer. */
static void look_for_abort(struct session *session, struct transfer *transfer)
{
    if (!cmdio_fill(session)) {
        /* Nobody is left to tell: this is a lost client, not an ABOR. */
        transfer->result = TRANSFER_NETWORK_ERROR;
        return;
    }
    switch (cmdio_check_abort(session)) {
    case 1:
        transfer->result = TRANSFER_ABORTED;
        break;
    case 0:
        /* Some other command, sent early: it has to wait for its turn. */
        transfer->watch_control = 0;
        break;
    default:
        break;
    }
}

/* A whole slice went by with nothing moved. */
static void note_stall(struct session *session, struct transfer *transfer, short events)
{
    struct transfer_stats *stats = events == POLLIN ? &session->received : &session->sent;

    transfer->stalled_slices++;
    stats->stalled_ms += SLICE_MS;
}

/* Waits one slice for the data connection; says whether it is ready. */
static int transfer_wait(struct session *session, struct transfer *transfer, short events)
{
    struct pollfd items[2] = {
        { .fd = transfer->data_fd, .events = events },
        { .fd = transfer->watch_control ? session->control_fd : -1, .events = POLLIN }
    };
    int ready = poll(items, 2, SLICE_MS);

    if (ready < 0) {
        if (errno != EINTR)
            transfer->result = TRANSFER_NETWORK_ERROR;
        return 0;
    }
    if (ready == 0)
        note_stall(session, transfer, events);
    if (ready == 0 && transfer->stalled_slices > slices_allowed()) {
        transfer->result = TRANSFER_TIMEOUT;
        return 0;
    }
    if (items[1].revents != 0)
        look_for_abort(session, transfer);
    return transfer->result == TRANSFER_RUNNING && items[0].revents != 0;
}

/* Ends a transfer that has taken longer than any may. */
static void transfer_check_time(struct transfer *transfer)
{
    long long most = (long long)tunable_max_transfer_seconds * 1000;

    if (most > 0 && transfer->result == TRANSFER_RUNNING
        && sys_now_ms() - transfer->started_ms > most)
        transfer->result = TRANSFER_TIMEOUT;
}

/* Bytes went over the network. */
static void transfer_progress(struct session *session, struct transfer *transfer, size_t count,
                              long long *total)
{
    transfer->stalled_slices = 0;
    transfer->steps++;
    ratelimit_adjust(&transfer->limit, session->max_rate);
    transfer->bytes += (long long)count;
    *total += (long long)count;
    ratelimit_spend(&transfer->limit, (unsigned int)count);
}

/* Reads the next chunk of the file; says whether there is something to send. */
static int transfer_fill(struct transfer *transfer)
{
    size_t most = transfer->buffer_size / 2;
    ssize_t count = 0;

    if (transfer->file_fd >= 0)
        count = sys_read(transfer->file_fd, transfer->buffer,
                         ratelimit_chunk(&transfer->limit, (unsigned int)most));
    if (count <= 0) {
        transfer->result = count == 0 ? TRANSFER_DONE : TRANSFER_FILE_ERROR;
        return 0;
    }
    transfer->sent = 0;
    transfer->filled = (size_t)count;
    if (transfer->ascii)
        transfer->filled = expand_lines(transfer->buffer, (size_t)count);
    return 1;
}

static void transfer_push(struct session *session, struct transfer *transfer)
{
    size_t left = transfer->filled - transfer->sent;
    ssize_t count = sys_write(transfer->data_fd, transfer->buffer + transfer->sent,
                              ratelimit_chunk(&transfer->limit, (unsigned int)left));

    if (count >= 0) {
        transfer->sent += (size_t)count;
        transfer_progress(session, transfer, (size_t)count, &session->bytes_sent);
    } else if (errno != EAGAIN && errno != EWOULDBLOCK) {
        transfer->result = TRANSFER_NETWORK_ERROR;
    }
}

void transfer_send(struct session *session, struct transfer *transfer)
{
    while (transfer->result == TRANSFER_RUNNING) {
        GINSENG_UPDATE_POINT("transfer");
        if (transfer->sent == transfer->filled && !transfer_fill(transfer))
            break;
        if (transfer_wait(session, transfer, POLLOUT))
            transfer_push(session, transfer);
        transfer_check_time(transfer);
    }
}

static int upload_too_large(struct session *session, const struct transfer *transfer,
                            size_t count)
{
    unsigned long long total = (unsigned long long)transfer->bytes + count;

    if (tunable_max_upload_size > 0 && total > tunable_max_upload_size)
        return 1;
    return !quota_take(&session->quota, (long long)count);
}

/* Takes what has arrived to the file. */
static void transfer_pull(struct session *session, struct transfer *transfer)
{
    char *in = transfer->buffer + 1; /* room for a CR held back */
    size_t most = ratelimit_chunk(&transfer->limit, (unsigned int)(transfer->buffer_size / 2));
    ssize_t count = sys_read(transfer->data_fd, in, most);
    size_t len;

    if (count < 0) {
        if (errno != EAGAIN && errno != EWOULDBLOCK)
            transfer->result = TRANSFER_NETWORK_ERROR;
        return;
    }
    if (count == 0) {
        transfer->result = TRANSFER_DONE;
        if (transfer->after_cr && sys_write_all(transfer->file_fd, "\r", 1) < 0)
            transfer->result = TRANSFER_FILE_ERROR;
        return;
    }
    len = (size_t)count;
    if (transfer->ascii) {
        len = squeeze_lines(transfer, transfer->buffer, in, len);
        in = transfer->buffer;
    }
    if (upload_too_large(session, transfer, (size_t)count)
        || sys_write_all(transfer->file_fd, in, len) < 0)
        transfer->result = TRANSFER_FILE_ERROR;
    else
        transfer_progress(session, transfer, (size_t)count, &session->bytes_received);
}

void transfer_receive(struct session *session, struct transfer *transfer)
{
    while (transfer->result == TRANSFER_RUNNING) {
        GINSENG_UPDATE_POINT("transfer");
        if (transfer_wait(session, transfer, POLLIN))
            transfer_pull(session, transfer);
        transfer_check_time(transfer);
    }
}

/* Bytes per second; a transfer too short to measure counts as one millisecond. */
long long transfer_throughput(const struct transfer *transfer)
{
    long long elapsed = sys_now_ms() - transfer->started_ms;

    return transfer->bytes * 1000 / (elapsed > 0 ? elapsed : 1);
}

void transfer_account(struct transfer_stats *stats, const struct transfer *transfer)
{
    long long rate = transfer_throughput(transfer);

    if (transfer->result == TRANSFER_ABORTED)
        stats->aborted++;
    else if (transfer->result != TRANSFER_DONE)
        stats->failed++;
    else if (rate > stats->best_rate)
        stats->best_rate = rate;
}

/* Line ends change the count, so only binary transfers can tell. */
static int is_short(const struct transfer *transfer)
{
    return !transfer->ascii && transfer->expected > transfer->bytes;
}

static void reply_done(struct session *session, const struct transfer *transfer, const char *good)
{
    long long rate = transfer_throughput(transfer);

    if (rate < 10 * 1024)
        cmdio_replyf(session, 226, "%s %lld bytes, %lld B/s.", good, transfer->bytes, rate);
    else if (rate < 10 * 1024 * 1024)
        cmdio_replyf(session, 226, "%s %lld bytes, %lld KB/s.", good, transfer->bytes,
                     rate / 1024);
    else
        cmdio_replyf(session, 226, "%s %lld bytes, %lld MB/s.", good, transfer->bytes,
                     rate / (1024 * 1024));
}

void transfer_reply(struct session *session, const struct transfer *transfer, const char *good)
{
    switch (transfer->result) {
    case TRANSFER_DONE:
        if (is_short(transfer)) {
            cmdio_reply(session, 451, "The file became shorter during the transfer.");
            break;
        }
        reply_done(session, transfer, good);
        break;
    case TRANSFER_FILE_ERROR:
        cmdio_reply(session, 451, "Failure reading or writing local file.");
        break;
    case TRANSFER_TIMEOUT:
        cmdio_reply(session, 426, "Data timeout. Transfer closed.");
        break;
    case TRANSFER_ABORTED:
        cmdio_reply(session, 426, "Transfer aborted.");
        cmdio_reply(session, 226, "ABOR successful.");
        break;
    default:
        cmdio_reply(session, 426, "Failure on the data connection.");
        break;
    }
}
