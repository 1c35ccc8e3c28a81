/**
 * @file ginseng.h
 * @brief What a program may say to ginsengc. Nothing here is needed: update points are found
 * automatically, and under a plain compiler this header does nothing.
 *
 * @code
 * #include <ginseng.h>
 *
 * for (;;) {
 *     GINSENG_UPDATE_POINT("main loop");
 *     serve_one(accept(listener, NULL, NULL));
 * }
 * @endcode
 */
#ifndef GINSENG_H
#define GINSENG_H

/**
 * @def GINSENG_UPDATE_POINT(name)
 * @brief Marks a place where the program may be updated while it runs.
 *
 * A statement. While no update is requested it costs one load and one branch.
 *
 * @param name A string literal, unique in the program; `status`, `apply` and `explain` show it.
 */

#ifdef __GINSENG__

#ifdef __cplusplus
extern "C" {
#endif

/** @brief Recognised by name and replaced by ginsengc; never called. */
extern void ginseng_update_point(const char *name);

#ifdef __cplusplus
}
#endif

#define GINSENG_UPDATE_POINT(name) ginseng_update_point("" name "")

#else

#define GINSENG_UPDATE_POINT(name) ((void)0)

#endif

#endif
