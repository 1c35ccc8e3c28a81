# Runs server1 in gdb, which obeys the script named, and updates it between two lines of input.
mkfifo input
gdb -q -batch -x "$1" ./server1 >seen 2>&1 &
gdb=$!
exec 3>input
echo one >&3
until grep -q '^11 1 one' seen; do sleep 0.05; done
ginsengc apply "$(pgrep -x -P $gdb server1)" v2.so
echo two >&3
exec 3>&-
wait $gdb
cat seen
