/* tunables.c - the defaults. */
#include "tunables.h"

#include <stddef.h>

int tunable_anonymous_enable = 1;
int tunable_local_enable = 1;
int tunable_write_enable = 1;
int tunable_anon_upload_enable = 0;
int tunable_chroot_enable = 0;
int tunable_xferlog_enable = 1;
int tunable_pasv_enable = 1;
int tunable_port_enable = 1;
int tunable_pasv_promiscuous = 0;
int tunable_port_promiscuous = 0;
int tunable_ascii_download_enable = 1;
int tunable_ascii_upload_enable = 1;
int tunable_force_dot_files = 0;
int tunable_dirmessage_enable = 1;
int tunable_hide_ids = 1;
int tunable_mdtm_write = 1;

unsigned int tunable_listen_port = 2121;
unsigned int tunable_max_clients = 200;
unsigned int tunable_max_per_ip = 50;
unsigned int tunable_max_login_fails = 5;
unsigned int tunable_idle_session_timeout = 300;
unsigned int tunable_data_connection_timeout = 120;
unsigned int tunable_connect_timeout = 30;
unsigned int tunable_accept_timeout = 30;
unsigned int tunable_local_max_rate = 0;
unsigned int tunable_anon_max_rate = 0;
unsigned int tunable_local_umask = 022;
unsigned int tunable_file_open_mode = 0666;
unsigned int tunable_pasv_min_port = 0;
unsigned int tunable_pasv_max_port = 0;
unsigned int tunable_trans_chunk_size = 0;
unsigned int tunable_delay_failed_login = 1;
unsigned int tunable_login_timeout = 60;
unsigned int tunable_max_upload_size = 0;

const char *tunable_listen_address = "127.0.0.1";
const char *tunable_port_file = NULL;
const char *tunable_user_file = NULL;
const char *tunable_anon_root = NULL;
const char *tunable_run_as_user = NULL;
const char *tunable_xferlog_file = NULL;
const char *tunable_banner = NULL;
const char *tunable_message_file = ".message";
const char *tunable_hide_file = NULL;
