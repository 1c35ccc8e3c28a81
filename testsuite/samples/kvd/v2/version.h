/* version.h - what INFO and `kvd -v` say. */
#ifndef KVD_VERSION_H
#define KVD_VERSION_H

#define KVD_VERSION "1.1"

#endif
