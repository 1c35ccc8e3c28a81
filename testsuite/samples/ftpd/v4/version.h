#ifndef FTPD_VERSION_H
#define FTPD_VERSION_H

#define FTPD_VERSION "3.0"

#endif
