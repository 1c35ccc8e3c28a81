/* login.c - USER and PASS, against the user file or as anonymous. */
#include "commands.h"

#include "banner.h"
#include "ftpcmdio.h"
#include "path.h"
#include "privs.h"
#include "sha256.h"
#include "tunables.h"
#include "xferlog.h"

#include <string.h>

#define USER_FIELDS 7
#define MAX_SALT 32
#define UNKNOWN_USER_ROUNDS 1000

/* One line of the user file: name:rounds:salt:hash:root:access[:quota]
 * where salt and hash are hexadecimal and access is "rw" or "ro". */
struct user_record {
    struct str name;
    struct str root;
    unsigned int rounds;
    unsigned char salt[MAX_SALT];
    size_t salt_len;
    unsigned char digest[SHA256_SIZE];
    int may_write;
    long long quota; /* bytes, 0: the configured one */
};

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/* How many bytes, or -1 where the text is not hexadecimal or too long. */
static long parse_hex(const char *text, unsigned char *bytes, size_t size)
{
    size_t count;

    for (count = 0; text[2 * count] != '\0'; count++) {
        int high = hex_digit(text[2 * count]);
        int low = high < 0 ? -1 : hex_digit(text[2 * count + 1]);

        if (low < 0 || count == size)
            return -1;
        bytes[count] = (unsigned char)(high << 4 | low);
    }
    return (long)count;
}

static int parse_user(struct str *line, struct user_record *record)
{
    struct str rest = STR_INIT;
    struct str fields[USER_FIELDS];
    long salt_len;
    size_t i;
    int good;

    for (i = 0; i < USER_FIELDS; i++) {
        str_init(&fields[i]);
        str_split(line, ':', &rest);
        str_copy(&fields[i], line);
        str_copy(line, &rest);
    }
    salt_len = parse_hex(str_cstr(&fields[2]), record->salt, MAX_SALT);
    good = salt_len > 0 && str_to_uint(str_cstr(&fields[1]), 10, &record->rounds)
        && parse_hex(str_cstr(&fields[3]), record->digest, SHA256_SIZE) == SHA256_SIZE
        && !str_isempty(&fields[4]);
    if (good) {
        record->salt_len = (size_t)salt_len;
        if (!str_to_offset(str_cstr(&fields[6]), &record->quota))
            record->quota = 0;
        record->may_write = str_equal(&fields[5], "rw");
        str_copy(&record->name, &fields[0]);
        str_copy(&record->root, &fields[4]);
    }
    for (i = 0; i < USER_FIELDS; i++)
        str_free(&fields[i]);
    str_free(&rest);
    return good;
}

static void free_record(struct user_record *record)
{
    str_free(&record->name);
    str_free(&record->root);
}

/* Lines that are no record count as absent. */
static int find_user(const struct str *name, struct user_record *record)
{
    struct str line = STR_INIT;
    struct str rest = STR_INIT;
    int found = 0;

    if (tunable_user_file == NULL || sys_read_file(tunable_user_file, &rest) < 0)
        return 0;
    while (!found && !str_isempty(&rest)) {
        struct str next = STR_INIT;

        str_split(&rest, '\n', &next);
        str_copy(&line, &rest);
        str_copy(&rest, &next);
        str_free(&next);
        found = parse_user(&line, record) && str_equal(name, str_cstr(&record->name));
    }
    str_free(&rest);
    str_free(&line);
    return found;
}

/* The time it takes must not tell how much of the hash was right. */
static int digests_equal(const unsigned char *a, const unsigned char *b)
{
    unsigned char difference = 0;
    size_t i;

    for (i = 0; i < SHA256_SIZE; i++)
        difference |= (unsigned char)(a[i] ^ b[i]);
    return difference == 0;
}

/* An unknown name costs as much time as a known one. */
static int verify_user(const struct str *name, const char *password, struct user_record *record)
{
    unsigned char digest[SHA256_SIZE];
    int known = find_user(name, record);
    int right;

    if (!known)
        record->rounds = UNKNOWN_USER_ROUNDS;
    password_hash(password, record->salt, record->salt_len, record->rounds, digest);
    right = digests_equal(digest, record->digest);
    return known && right;
}

static int is_denied(const struct str *name)
{
    return tunable_deny_user != NULL && path_matches(tunable_deny_user, str_cstr(name));
}

static int is_anonymous(const struct str *name)
{
    return str_equal_nocase(name, "anonymous") || str_equal_nocase(name, "ftp");
}

void handle_user(struct session *session)
{
    if (session->phase == PHASE_LOGGED_IN) {
        cmdio_reply(session, 530, "Can't change to another user.");
        return;
    }
    if (is_denied(&session->argument)) {
        cmdio_reply(session, 530, "Permission denied.");
        return;
    }
    str_copy(&session->user, &session->argument);
    session->phase = PHASE_NEED_PASSWORD;
    cmdio_reply(session, 331, "Please specify the password.");
}

static void login_failed(struct session *session)
{
    session->phase = PHASE_NEED_USER;
    session->failed_logins++;
    xferlog_event(session, "FAIL LOGIN", "");
    /* Each further guess takes longer. */
    if (tunable_delay_failed_login > 0)
        sys_sleep_ms((long long)tunable_delay_failed_login * 500 * (1 + session->failed_logins));
    cmdio_reply(session, 530, "Login incorrect.");
    if (session->failed_logins >= tunable_max_login_fails)
        session->phase = PHASE_CLOSING;
}

static void login_done(struct session *session, const char *home)
{
    if (privs_enter(session, home) < 0) {
        cmdio_reply(session, 421, "Cannot enter the home directory.");
        session->phase = PHASE_CLOSING;
        return;
    }
    session->phase = PHASE_LOGGED_IN;
    xferlog_event(session, "OK LOGIN", "");
    banner_directory(session, 230, &session->root);
    cmdio_reply(session, 230, "Login successful.");
}

static int login_anonymous(struct session *session)
{
    if (!tunable_anonymous_enable)
        return 0;
    /* "ftp" is another name for the same user. */
    str_set(&session->user, "anonymous");
    session->anonymous = 1;
    session->may_write = tunable_write_enable && tunable_anon_upload_enable;
    session->max_rate = tunable_anon_max_rate;
    session_set_umask(session, tunable_anon_umask);
    login_done(session, tunable_anon_root);
    return 1;
}

static int login_local(struct session *session)
{
    struct user_record record = { .name = STR_INIT, .root = STR_INIT };
    int good = tunable_local_enable
        && verify_user(&session->user, str_cstr(&session->argument), &record);

    if (good) {
        session->may_write = tunable_write_enable && record.may_write;
        session->max_rate = tunable_local_max_rate;
        if (record.quota > 0)
            quota_set(&session->quota, record.quota);
        login_done(session, str_cstr(&record.root));
    }
    free_record(&record);
    return good;
}

void handle_pass(struct session *session)
{
    int good;

    if (session->phase != PHASE_NEED_PASSWORD) {
        cmdio_reply(session, 503, "Login with USER first.");
        return;
    }
    good = is_anonymous(&session->user) ? login_anonymous(session) : login_local(session);
    if (!good)
        login_failed(session);
}
