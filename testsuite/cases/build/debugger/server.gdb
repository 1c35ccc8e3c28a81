# The runtime's signal wakes a process that waits; gdb stops at it unless it is told not to.
handle SIG62 nostop noprint pass
set breakpoint pending on
set debuginfod enabled off
set confirm off
break handle
commands
silent
bt
p counter
continue
end
break helper
commands
silent
bt 2
continue
end
run < input
info breakpoints
