#ifndef FTPD_VERSION_H
#define FTPD_VERSION_H

#define FTPD_VERSION "2.0"

#endif
