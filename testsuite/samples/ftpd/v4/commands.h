/* commands.h - the commands of the protocol and their dispatch. */
#ifndef FTPD_COMMANDS_H
#define FTPD_COMMANDS_H

#include "session.h"

typedef void (*command_handler)(struct session *session);

/* What must hold before a handler is called. */
#define NEEDS_LOGIN 0x01u
#define NEEDS_ARGUMENT 0x02u
#define NEEDS_WRITE 0x04u

struct ftp_command {
    const char *verb;
    command_handler handler;
    unsigned int needs;
    const char *syntax;
};

/* Executes session->verb. */
void commands_execute(struct session *session);

/* Finds a row by its verb; the table ends with a NULL verb. */
const struct ftp_command *commands_find(const struct ftp_command *table, const char *verb);

/* filecmds.c */
void handle_cwd(struct session *session);
void handle_cdup(struct session *session);
void handle_pwd(struct session *session);
void handle_mkd(struct session *session);
void handle_rmd(struct session *session);
void handle_dele(struct session *session);
void handle_rnfr(struct session *session);
void handle_rnto(struct session *session);
void handle_size(struct session *session);
void handle_mdtm(struct session *session);
void handle_mfmt(struct session *session);
void handle_xsha256(struct session *session);
void handle_hash(struct session *session);
void handle_site_chmod(struct session *session);
void handle_site_umask(struct session *session);

/* transfercmds.c */
void handle_pasv(struct session *session);
void handle_epsv(struct session *session);
void handle_port(struct session *session);
void handle_eprt(struct session *session);
void handle_rest(struct session *session);
void handle_retr(struct session *session);
void handle_stor(struct session *session);
void handle_appe(struct session *session);
void handle_list(struct session *session);
void handle_nlst(struct session *session);
void handle_mlsd(struct session *session);
void handle_stou(struct session *session);

/* mlst.c */
void handle_mlst(struct session *session);

/* login.c */
void handle_user(struct session *session);
void handle_pass(struct session *session);

#endif
