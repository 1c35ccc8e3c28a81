/* transfercmds.c - commands that prepare and make transfers. */
#include "commands.h"

#include "ftpcmdio.h"
#include "ftpdata.h"
#include "ls.h"
#include "path.h"
#include "tunables.h"
#include "xferlog.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define IPPORT_PRIVILEGED 1024
#define MOST_UNIQUE_TRIES 1000

enum store_mode {
    STORE_REPLACE,
    STORE_APPEND,
    STORE_UNIQUE
};

void handle_pasv(struct session *session)
{
    struct str host = STR_INIT;
    unsigned int port;
    size_t i;

    if (!tunable_pasv_enable || session->data_policy == DATA_EPSV_ONLY
        || sys_addr_is_ipv6(&session->local)) {
        cmdio_reply(session, 550, "PASV is not possible here.");
        return;
    }
    port = data_listen(session);
    if (port == 0) {
        cmdio_reply(session, 425, "Cannot listen for a data connection.");
        return;
    }
    sys_addr_text(&session->local, &host);
    for (i = 0; i < host.len; i++) {
        if (host.data[i] == '.')
            host.data[i] = ',';
    }
    cmdio_replyf(session, 227, "Entering Passive Mode (%s,%u,%u).", str_cstr(&host), port >> 8,
                 port & 255);
    str_free(&host);
}

void handle_epsv(struct session *session)
{
    const char *family = sys_addr_is_ipv6(&session->local) ? "2" : "1";
    unsigned int port;

    str_upper(&session->argument);
    if (!tunable_pasv_enable) {
        cmdio_reply(session, 550, "EPSV is not possible here.");
    } else if (str_equal(&session->argument, "ALL")) {
        session->data_policy = DATA_EPSV_ONLY;
        cmdio_reply(session, 200, "EPSV ALL ok.");
    } else if (!str_isempty(&session->argument) && !str_equal(&session->argument, family)) {
        cmdio_replyf(session, 522, "Network protocol not supported, use (%s).", family);
    } else if ((port = data_listen(session)) == 0) {
        cmdio_reply(session, 425, "Cannot listen for a data connection.");
    } else {
        cmdio_replyf(session, 229, "Entering Extended Passive Mode (|||%u|)", port);
    }
}

/* Takes an address for active mode, if it is one that the client may name. */
static void use_port(struct session *session, const struct sys_addr *addr)
{
    if (!tunable_port_enable || session->data_policy == DATA_EPSV_ONLY) {
        cmdio_reply(session, 550, "Active mode is not possible here.");
    } else if (!tunable_port_promiscuous
               && (!sys_addr_same_host(addr, &session->peer)
                   || sys_addr_port(addr) < IPPORT_PRIVILEGED)) {
        cmdio_reply(session, 500, "Illegal address.");
    } else {
        data_reset(session);
        session->port_addr = *addr;
        session->port_given = 1;
        cmdio_replyf(session, 200, "%s command successful. Consider using PASV.",
                     str_cstr(&session->verb));
    }
}

void handle_port(struct session *session)
{
    struct sys_addr addr;
    unsigned int part[6];
    char host[32];
    char rest;
    int i;

    if (sscanf(str_cstr(&session->argument), "%3u,%3u,%3u,%3u,%3u,%3u%c", &part[0], &part[1],
               &part[2], &part[3], &part[4], &part[5], &rest) != 6) {
        cmdio_reply(session, 500, "Illegal PORT command.");
        return;
    }
    for (i = 0; i < 6; i++) {
        if (part[i] > 255) {
            cmdio_reply(session, 500, "Illegal PORT command.");
            return;
        }
    }
    snprintf(host, sizeof(host), "%u.%u.%u.%u", part[0], part[1], part[2], part[3]);
    if (sys_addr_parse(&addr, host, part[4] << 8 | part[5]) == 0)
        use_port(session, &addr);
    else
        cmdio_reply(session, 500, "Illegal PORT command.");
}

/* "|1|127.0.0.1|1234|", with any delimiter. */
static int parse_eprt(const struct str *argument, struct sys_addr *addr)
{
    struct str family = STR_INIT;
    struct str host = STR_INIT;
    struct str port_text = STR_INIT;
    struct str rest = STR_INIT;
    char delimiter = str_cstr(argument)[0];
    unsigned int port = 0;
    int good;

    str_copy(&family, argument);
    str_cut_front(&family, 1);
    good = str_split(&family, delimiter, &host) && str_split(&host, delimiter, &port_text)
        && str_split(&port_text, delimiter, &rest) && str_isempty(&rest)
        && str_to_uint(str_cstr(&port_text), 10, &port) && port <= 65535
        && sys_addr_parse(addr, str_cstr(&host), port) == 0
        && str_equal(&family, sys_addr_is_ipv6(addr) ? "2" : "1");
    str_free(&family);
    str_free(&host);
    str_free(&port_text);
    str_free(&rest);
    return good;
}

void handle_eprt(struct session *session)
{
    struct sys_addr addr;

    if (parse_eprt(&session->argument, &addr))
        use_port(session, &addr);
    else
        cmdio_reply(session, 500, "Illegal EPRT command.");
}

void handle_rest(struct session *session)
{
    long long offset;

    if (!str_to_offset(str_cstr(&session->argument), &offset)) {
        cmdio_reply(session, 501, "Bad restart position.");
        return;
    }
    session->restart_at = offset;
    cmdio_replyf(session, 350, "Restart position accepted (%lld).", offset);
}

/* A position set by REST holds for one transfer. */
static long long take_restart(struct session *session)
{
    long long offset = session->restart_at;

    session->restart_at = 0;
    return offset;
}

static int require_data(struct session *session)
{
    if (data_prepared(session))
        return 1;
    cmdio_reply(session, 425, "Use PORT or PASV first.");
    return 0;
}

static int open_for_reading(struct session *session, long long offset, long long *size)
{
    struct str real = STR_INIT;
    struct stat info;
    int fd;

    path_resolve(session, str_cstr(&session->argument), &real);
    fd = open(str_cstr(&real), O_RDONLY | O_NONBLOCK);
    if (fd >= 0 && (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode) || offset > info.st_size
                    || lseek(fd, (off_t)offset, SEEK_SET) < 0))
        sys_close_failok(&fd);
    if (fd >= 0)
        *size = (long long)info.st_size;
    else
        cmdio_reply(session, 550, "Failed to open file.");
    str_free(&real);
    return fd;
}

static int open_for_writing(struct session *session, int append, long long offset)
{
    struct str real = STR_INIT;
    struct stat info;
    int flags = O_WRONLY | O_CREAT | O_NONBLOCK; /* a FIFO must not hold us up */
    int fd;

    if (append)
        flags |= O_APPEND;
    else if (offset == 0)
        flags |= O_TRUNC;
    path_resolve(session, str_cstr(&session->argument), &real);
    fd = open(str_cstr(&real), flags, (mode_t)tunable_file_open_mode);
    if (fd >= 0 && (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)))
        sys_close_failok(&fd);
    if (fd >= 0 && offset > 0 && lseek(fd, (off_t)offset, SEEK_SET) < 0)
        sys_close_failok(&fd);
    if (fd < 0)
        cmdio_reply(session, 553, "Could not create file.");
    str_free(&real);
    return fd;
}

void handle_retr(struct session *session)
{
    struct transfer transfer;
    long long offset = take_restart(session);
    long long size = 0;
    int file_fd;
    int data_fd;

    if (!require_data(session))
        return;
    file_fd = open_for_reading(session, offset, &size);
    if (file_fd < 0)
        return;
    cmdio_replyf(session, 150, "Opening %s mode data connection for %s (%lld bytes).",
                 session->ascii ? "ASCII" : "BINARY", str_cstr(&session->argument), size - offset);
    data_fd = data_open(session);
    transfer_begin(session, &transfer, data_fd, file_fd);
    transfer.ascii = session->ascii && tunable_ascii_download_enable;
    transfer.expected = size - offset;
    if (data_fd >= 0) {
        transfer_send(session, &transfer);
        sys_close_failok(&transfer.data_fd);
        session->files_sent += transfer.result == TRANSFER_DONE;
        transfer_account(&session->sent, &transfer);
        xferlog_transfer(session, &transfer, 'o');
        transfer_reply(session, &transfer, "Transfer complete.");
    }
    transfer_end(&transfer);
}

/* The argument becomes a name that no file has yet. */
static int choose_unique_name(struct session *session)
{
    struct str base = STR_INIT;
    struct str real = STR_INIT;
    unsigned int tries;
    int found = 0;

    str_copy(&base, &session->argument);
    if (str_isempty(&base))
        str_set(&base, "stou");
    for (tries = 0; tries < MOST_UNIQUE_TRIES && !found; tries++) {
        str_copy(&session->argument, &base);
        str_addf(&session->argument, ".%u", ++session->unique_number);
        path_resolve(session, str_cstr(&session->argument), &real);
        found = access(str_cstr(&real), F_OK) < 0;
    }
    str_free(&real);
    str_free(&base);
    return found;
}

static void reply_ready(struct session *session, enum store_mode mode)
{
    if (mode == STORE_UNIQUE)
        cmdio_replyf(session, 150, "FILE: %s", str_cstr(&session->argument));
    else
        cmdio_reply(session, 150, "Ok to send data.");
}

static void receive_file(struct session *session, enum store_mode mode)
{
    struct transfer transfer;
    long long offset = take_restart(session);
    int file_fd;
    int data_fd;

    if (!require_data(session))
        return;
    if (mode == STORE_UNIQUE && !choose_unique_name(session)) {
        cmdio_reply(session, 553, "Could not find a free name.");
        return;
    }
    file_fd = open_for_writing(session, mode == STORE_APPEND, mode == STORE_REPLACE ? offset : 0);
    if (file_fd < 0)
        return;
    reply_ready(session, mode);
    data_fd = data_open(session);
    transfer_begin(session, &transfer, data_fd, file_fd);
    transfer.ascii = session->ascii && tunable_ascii_upload_enable;
    if (data_fd >= 0) {
        transfer_receive(session, &transfer);
        session->files_received += transfer.result == TRANSFER_DONE;
        transfer_account(&session->received, &transfer);
        xferlog_transfer(session, &transfer, 'i');
        transfer_reply(session, &transfer, "Transfer complete.");
    }
    transfer_end(&transfer);
}

void handle_stor(struct session *session)
{
    receive_file(session, STORE_REPLACE);
}

void handle_appe(struct session *session)
{
    receive_file(session, STORE_APPEND);
}

void handle_stou(struct session *session)
{
    receive_file(session, STORE_UNIQUE);
}

static void send_listing(struct session *session, enum ls_format format)
{
    struct str text = STR_INIT;
    struct transfer transfer;
    int data_fd;

    if (!require_data(session))
        return;
    if (!ls_build(session, str_cstr(&session->argument), format, &text)) {
        cmdio_reply(session, 550, "No such file or directory.");
        data_reset(session);
        str_free(&text);
        return;
    }
    cmdio_reply(session, 150, "Here comes the directory listing.");
    data_fd = data_open(session);
    transfer_begin(session, &transfer, data_fd, -1);
    transfer_load_text(&transfer, &text);
    str_free(&text);
    if (data_fd >= 0) {
        transfer_send(session, &transfer);
        sys_close_failok(&transfer.data_fd);
        transfer_reply(session, &transfer, "Directory send OK.");
    }
    transfer_end(&transfer);
}

void handle_list(struct session *session)
{
    send_listing(session, LS_LONG);
}

void handle_nlst(struct session *session)
{
    send_listing(session, LS_NAMES);
}

void handle_mlsd(struct session *session)
{
    send_listing(session, LS_FACTS);
}
