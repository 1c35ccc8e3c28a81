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

/**
 * @def GINSENG_TRANSACTION
 * @brief The block that follows runs in one version: no update comes while it runs.
 *
 * @code
 * GINSENG_TRANSACTION {
 *     account->balance -= sum;
 *     journal_write(account, sum);
 * }
 * @endcode
 *
 * A compound statement must follow. It may be left in any way but `longjmp`, and must not be jumped
 * into. Blocks may be nested. The rest of the program is not held up; an update just waits for the
 * next point behind the block, so it should not wait for long itself.
 */

#ifdef __GINSENG__

/* What stands here is not the program's own. */
#pragma GCC system_header

#ifdef __cplusplus
extern "C" {
#endif

/** @brief Recognised by name and replaced by ginsengc; never called. */
extern void ginseng_update_point(const char *name);

/** @brief Recognised by name and replaced by ginsengc; does nothing where that leaves code alone. */
static inline int ginseng_transaction(void)
{
	return 1;
}

#ifdef __cplusplus
}
#endif

#define GINSENG_UPDATE_POINT(name) ginseng_update_point("" name "")
#define GINSENG_TRANSACTION if (!ginseng_transaction()) {} else

#else

#define GINSENG_UPDATE_POINT(name) ((void)0)
#define GINSENG_TRANSACTION if (0) {} else

#endif

#endif
