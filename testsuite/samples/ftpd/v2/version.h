#ifndef FTPD_VERSION_H
#define FTPD_VERSION_H

#define FTPD_VERSION "1.1"

#endif
