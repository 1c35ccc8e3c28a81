/* update_point.h - the place where a running server may take new code.
 * With a plain compiler the marker is nothing at all. */
#ifndef FTPD_UPDATE_POINT_H
#define FTPD_UPDATE_POINT_H

#ifdef __GINSENG__
#include <ginseng.h>
#else
#define GINSENG_UPDATE_POINT(name) ((void)0)
#endif

#endif
