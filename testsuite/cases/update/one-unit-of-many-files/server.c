/* All in one unit, as some programs are built; statics of parts have positions in other files. */
#include "part_a.inc"
#include "part_b.inc"
