# Runs server1 under memcheck, and puts the patches named into it, each between two lines of input.
mkfifo input
valgrind --leak-check=full ./server1 <input >seen 2>&1 &
server=$!
exec 3>input
say() {
	echo "$1" >&3
	i=0
	until [ "$(grep -c ': length' seen)" -ge $2 ] || [ $i = 400 ]; do sleep 0.05; i=$((i + 1)); done
}
say anna 1
lines=1
for patch in "$@"; do
	ginsengc apply $server $patch
	say anna $((lines + 1))
	say bert $((lines + 2))
	lines=$((lines + 2))
done
exec 3>&-
wait $server
echo "ended with $?"
rm input
cat seen
