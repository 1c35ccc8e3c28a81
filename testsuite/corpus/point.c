/* Gives a program that never waits an update point, so that it is rewritten as a server is. */
#include <ginseng.h>

__attribute__((constructor)) static void start(void)
{
	GINSENG_UPDATE_POINT("start");
}
