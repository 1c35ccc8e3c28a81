//! Windows: calls that wait, in which a blocked process can be updated at once.
//!
//! A window is an update point at the call itself, with an active set and a constraint set like
//! any other; the statement of the call still counts as old code's. The runtime makes the call and
//! comes back from it when a request is there.
//!
//! Every such call in a function that is active anyway is a window: nothing else becomes active by
//! it. One in another function makes that function active with everybody on the way to it, whose
//! calls then go through slots, and whose old code restricts patches. So it must be worth it: it
//! must be below a long-running loop, and make few more functions active ([`FEW`]). That takes in
//! the event loops that are a few calls deep (redis has `main > aeMain > aeProcessEvents >
//! aeApiPoll > epoll_wait`), and the line reader of a session, but no helper around `read`
//! that half the program calls. The cheapest ones are taken first, since functions that they make
//! active cost nothing for the next.

use fixedbitset::FixedBitSet;
use ginseng_frontend::facts::{Call, Callee, DeclarationKind, SymbolKind, Target};
use indexmap::IndexSet;

use crate::active;
use crate::callgraph::CallGraph;
use crate::points::{self, Place, Point};
use crate::program::{EntityId, Program};

/// The calls that the runtime can make in the program's place.
pub const CALLS: &[&str] = &[
    "accept",
    "accept4",
    "clock_nanosleep",
    "epoll_pwait",
    "epoll_wait",
    "nanosleep",
    "pause",
    "poll",
    "ppoll",
    "pselect",
    "pthread_cond_timedwait",
    "pthread_cond_wait",
    "pthread_join",
    "read",
    "readv",
    "recv",
    "recvfrom",
    "recvmsg",
    "select",
    "sem_wait",
    "sigsuspend",
    "sigwait",
    "sleep",
    "usleep",
    "wait",
    "wait3",
    "wait4",
    "waitid",
    "waitpid",
];

/// Functions of libraries that run an event loop or wait for its next turn: the program's functions
/// that the library was given are called from there. The library waits in `poll` and the like, which
/// the runtime makes in the C library's place, so a process that is idle in it can be updated at once.
pub const LOOPS: &[&str] = &[
    // libevent
    "event_base_dispatch",
    "event_base_loop",
    "event_dispatch",
    "event_loop",
    // libev
    "ev_loop",
    "ev_run",
    // libuv
    "uv_run",
    // GLib
    "g_main_context_iteration",
    "g_main_loop_run",
    // systemd
    "sd_event_loop",
    "sd_event_run",
    "sd_event_wait",
    // D-Bus, libcurl, libwebsockets, ZeroMQ
    "curl_multi_poll",
    "curl_multi_wait",
    "dbus_connection_read_write_dispatch",
    "lws_service",
    "zmq_poll",
];

/// Calls that wait for several events at once; in a library, the runtime takes part in them.
pub const POLLS: &[&str] = &[
    "epoll_pwait",
    "epoll_wait",
    "poll",
    "ppoll",
    "pselect",
    "select",
];

/// Calls that libc goes on making in windows: threads wait for each other in them.
const MADE_BY_LIBC: &[&str] = &[
    "pthread_cond_timedwait",
    "pthread_cond_wait",
    "pthread_join",
    "sem_wait",
    "sigwait",
];

/// What a seccomp sandbox is made with.
const SANDBOXES: &[&str] = &["prctl", "seccomp_load", "syscall"];

/// Functions that one window may make active.
const FEW: usize = 6;

/// Where these calls are cancellation points, libc has to make them. The main thread is not taken for one
/// that is cancelled.
const CANCELS: &[&str] = &["pthread_cancel"];

/// Whether threads of a program may be cancelled, and so have few windows.
pub fn are_cancelled(program: &Program) -> bool {
    is_named(program, CANCELS)
}

/// Whether parts of a program may put themselves into a sandbox.
pub fn may_sandbox(program: &Program) -> bool {
    is_named(program, SANDBOXES)
}

/// Whether the program's code names one of these functions.
fn is_named(program: &Program, names: &[&str]) -> bool {
    let known = names.iter().filter_map(|name| program.by_key.get(*name));
    let known: Vec<EntityId> = known.copied().collect();
    program.units.iter().enumerate().any(|(unit, named)| {
        let mut used = named.unit.references.iter();
        used.any(|reference| match reference.target {
            Target::Symbol(symbol) => known.contains(&program.entity(unit, symbol)),
            Target::Enumerator(..) => false,
        })
    })
}

/// The functions that threads run which may be cancelled.
fn cancelled(program: &Program, graph: &CallGraph) -> IndexSet<EntityId> {
    match are_cancelled(program) {
        true => graph.callees_of(points::thread_starts(program, graph)),
        false => IndexSet::new(),
    }
}

/// Event loops of libraries that the program runs, as windows.
pub fn event_loops(program: &Program, graph: &CallGraph) -> Vec<Point> {
    let found = candidates(program, graph, LOOPS).into_iter();
    found.flat_map(|(_, windows)| windows).collect()
}

/// The windows of a program with these loops, markers and event loops of libraries, ordered by unit
/// and position.
pub fn place(program: &Program, graph: &CallGraph, points: &[Point]) -> Vec<Point> {
    if points.is_empty() {
        return Vec::new();
    }
    let functions = points.iter().map(|point| point.function);
    let mut active = active::ancestors(program, graph, functions);
    let below = below(program, graph, points);
    let mut inside = Vec::new();
    let mut further: Vec<(FixedBitSet, EntityId, Vec<Point>)> = Vec::new();
    for (function, windows) in candidates(program, graph, CALLS) {
        if active.contains(function) {
            inside.extend(windows);
        } else if below.contains(&function) {
            let above = active::ancestors(program, graph, [function]);
            further.push((above, function, windows));
        }
    }
    further.sort_by_cached_key(|(above, function, _)| (above.difference_count(&active), *function));
    for (above, _, windows) in further {
        if above.difference_count(&active) <= FEW {
            active.union_with(&above);
            inside.extend(windows);
        }
    }
    inside.sort_by_key(|window| (window.unit, points::position(program, window)));
    inside
}

/// Functions that may run inside a long-running loop, or below a function with a marker.
fn below(program: &Program, graph: &CallGraph, points: &[Point]) -> IndexSet<EntityId> {
    let called = points.iter().flat_map(|point| {
        let span = match point.place {
            Place::Loop(id) => Some(program.units[point.unit].unit.loops[id as usize].span),
            _ => None,
        };
        let calls = graph.calls(point.function).iter();
        calls
            .filter(move |(_, site)| span.is_none_or(|span| span.contains(site.span)))
            .map(|(callee, _)| *callee)
    });
    graph.callees_of(called)
}

/// All calls to these functions that could be windows, by function.
fn candidates(program: &Program, graph: &CallGraph, names: &[&str]) -> Vec<(EntityId, Vec<Point>)> {
    let mut found: Vec<(EntityId, Vec<Point>)> = Vec::new();
    let cancelled = cancelled(program, graph);
    for (unit, named) in program.units.iter().enumerate() {
        for call in &named.unit.calls {
            let function = program.entity_of(unit, call.function);
            let gated = named.unit.functions[call.function as usize].gate.is_some();
            let Some(name) = waits(program, unit, call, names) else {
                continue;
            };
            let lost = cancelled.contains(&function) && !MADE_BY_LIBC.contains(&name);
            if gated || lost || graph.interrupting.contains(&function) {
                continue;
            }
            let window = Point {
                function,
                unit,
                place: Place::Window(call.span),
                name: format!("{}:{} {name}", call.loc.file, call.loc.line),
            };
            match found.last_mut().filter(|(last, _)| *last == function) {
                Some((_, windows)) => windows.push(window),
                None => found.push((function, vec![window])),
            }
        }
    }
    found
}

/// The library function of the list that a call names, if generated code can declare another one
/// of its type.
fn waits<'a>(program: &'a Program, unit: usize, call: &Call, names: &[&str]) -> Option<&'a str> {
    let Callee::Direct(symbol) = call.callee else {
        return None;
    };
    let facts = &program.units[unit].unit.symbols[symbol as usize];
    let entity = &program.entities[program.entity(unit, symbol)];
    let first = facts.declarations.first()?;
    let usable = entity.kind == SymbolKind::Function
        && entity.definition.is_none()
        && first.kind == DeclarationKind::Declares
        && !first.in_block;
    let known = names.contains(&entity.name.as_str());
    (usable && known).then_some(&entity.name)
}
