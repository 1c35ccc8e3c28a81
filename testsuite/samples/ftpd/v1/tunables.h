/* tunables.h - everything that the configuration file can set. */
#ifndef FTPD_TUNABLES_H
#define FTPD_TUNABLES_H

/* Switches. */
extern int tunable_anonymous_enable;
extern int tunable_local_enable;
extern int tunable_write_enable;
extern int tunable_anon_upload_enable;
extern int tunable_chroot_enable;
extern int tunable_xferlog_enable;
extern int tunable_pasv_enable;
extern int tunable_port_enable;
extern int tunable_pasv_promiscuous;
extern int tunable_port_promiscuous;
extern int tunable_ascii_download_enable;
extern int tunable_ascii_upload_enable;
extern int tunable_force_dot_files;
extern int tunable_dirmessage_enable;
extern int tunable_hide_ids;

/* Numbers: ports, counts, seconds, bytes per second, modes. */
extern unsigned int tunable_listen_port;
extern unsigned int tunable_max_clients;
extern unsigned int tunable_max_per_ip;
extern unsigned int tunable_max_login_fails;
extern unsigned int tunable_idle_session_timeout;
extern unsigned int tunable_data_connection_timeout;
extern unsigned int tunable_connect_timeout;
extern unsigned int tunable_accept_timeout;
extern unsigned int tunable_local_max_rate;
extern unsigned int tunable_anon_max_rate;
extern unsigned int tunable_local_umask;
extern unsigned int tunable_file_open_mode;
extern unsigned int tunable_pasv_min_port;
extern unsigned int tunable_pasv_max_port;
extern unsigned int tunable_trans_chunk_size;
extern unsigned int tunable_delay_failed_login;

/* Texts; NULL where not set. */
extern const char *tunable_listen_address;
extern const char *tunable_port_file;
extern const char *tunable_user_file;
extern const char *tunable_anon_root;
extern const char *tunable_run_as_user;
extern const char *tunable_xferlog_file;
extern const char *tunable_banner;
extern const char *tunable_message_file;

#endif
