//! Where updates may be applied: heads of long-running loops, and points placed by hand.
//!
//! A loop is long-running if it is an outermost loop of its function, some call in it reaches a
//! blocking call, and its function is reachable from `main` or a thread's start without passing
//! through another long-running loop. (Field studies found event-loop heads to be the only
//! placement without failures: Hayden et al., TSE 2012.) A forked child runs what stands behind
//! the `fork`, inside the parent's loop: there the search goes on.
//!
//! Helpers that loop around one system call are no event loops, and a point in one would make
//! everybody who calls it active. So outside `main` and thread starts a loop counts only if its
//! function is called from few places, and if in a program of some size few functions lead to it and
//! it leads to a fair part of the program, or waits for several events at once a few calls down (the rest of the program is then
//! called through pointers); unless no loop at all would be left.
//!
//! [`windows`] adds the calls in which a process waits.

use ginseng_frontend::facts::{Callee, LoopId, Span};
use ginseng_frontend::lex;
use indexmap::IndexSet;
use serde::{Deserialize, Serialize};

use crate::active;
use crate::callgraph::{CallGraph, Site, Via};
use crate::program::{EntityId, Program};
use crate::transactions;
use crate::windows;

/// The function that `GINSENG_UPDATE_POINT` calls.
pub const MARKER: &str = "ginseng_update_point";

/// Library functions in which a server waits for events, besides those that can be windows.
const WAITING: &[&str] = &[
    "mq_receive",
    "msgrcv",
    "__poll_chk",
    "__ppoll_chk",
    "__read_chk",
    "__recv_chk",
    "__recvfrom_chk",
    "recvmmsg",
    "sem_timedwait",
    "sigtimedwait",
    "sigwaitinfo",
    "SSL_accept",
    "SSL_read",
];

/// Waits for the end of a thread.
const JOIN: &str = "pthread_join";

/// Calls after which a second process goes on from the same place.
const FORKING: &[&str] = &["fork", "vfork", "clone", "daemon", "forkpty", "_Fork"];

/// Calls that start a thread in a function handed to them.
const THREADS: &[&str] = &["pthread_create", "thrd_create"];

/// An event loop's function is called from at most so many places.
const FEW_CALLERS: usize = 4;

/// Below so many functions any loop may be the event loop.
const SMALL_PROGRAM: usize = 60;

/// At most one in so many functions leads to an event loop.
const FEW_ABOVE: usize = 10;

/// An event loop leads, by calls by name, to one in so many functions of the program.
const FAIR_PART: usize = 50;

/// An event loop calls one of [`windows::POLLS`] by name, itself or so many calls down.
const FEW_CALLS: usize = 3;

/// What a point stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// The head of this loop.
    Loop(LoopId),
    /// The marker call at this span.
    Marker(Span),
    /// The call at this span, in which the process waits.
    Window(Span),
}

/// An update point as the analysis places it; numbers are given when a build or patch is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The function it stands in.
    pub function: EntityId,
    /// The unit that defines the function.
    pub unit: usize,
    /// Loop head, marker or window.
    pub place: Place,
    /// Its name: that of the marker, `file:line` of the loop, with the function's for a window.
    pub name: String,
}

/// Places all points: loops and markers, then windows, each ordered by unit and position in the text.
pub fn place(program: &Program, graph: &CallGraph) -> Vec<Point> {
    let blocking = graph.callers_of(named(program, blocking()));
    let forking = graph.callers_of(named(program, FORKING.iter().copied()));
    let multiplexing = named(program, windows::POLLS.iter().copied());
    let roots = roots(program, graph);
    let mut points = markers(program);
    let event_loops = windows::event_loops(program, graph);
    let mut chosen = IndexSet::new();
    for strict in [true, false] {
        let mut search = Search {
            program,
            graph,
            roots: &roots,
            blocking: &blocking,
            forking: &forking,
            multiplexing: &multiplexing,
            strict,
            visited: IndexSet::new(),
            continued: IndexSet::new(),
            chosen: IndexSet::new(),
        };
        roots.iter().for_each(|root| search.visit(*root));
        chosen = search.chosen;
        if !chosen.is_empty() || !points.is_empty() || !event_loops.is_empty() {
            break;
        }
    }
    for &(function, unit, loop_id) in &chosen {
        let loc = &program.units[unit].unit.loops[loop_id as usize].loc;
        points.push(Point {
            function,
            unit,
            place: Place::Loop(loop_id),
            name: format!("{}:{}", loc.file, loc.line),
        });
    }
    let atomic: Vec<Vec<Span>> = program
        .units
        .iter()
        .map(|named| {
            let all = transactions::find(&named.unit);
            all.into_iter().filter_map(|found| found.block).collect()
        })
        .collect();
    let is_outside = |point: &Point| {
        let at = position(program, point);
        !atomic[point.unit]
            .iter()
            .any(|block| block.start <= at && at < block.end)
    };
    points.retain(is_outside);
    points.retain(|point| {
        let (_, function) = program
            .function(point.function)
            .expect("points stand in functions");
        function.gate.is_none()
    });
    points.sort_by_key(|point| (point.unit, position(program, point)));
    tell_apart(program, &mut points);
    let mut waiting = event_loops;
    waiting.retain(is_outside);
    let all: Vec<Point> = points.iter().chain(&waiting).cloned().collect();
    let windows = windows::place(program, graph, &all).into_iter();
    waiting.extend(windows.filter(is_outside));
    waiting.sort_by_key(|window| (window.unit, position(program, window)));
    points.extend(waiting);
    points
}

/// Puts the place behind a name that several markers have.
fn tell_apart(program: &Program, points: &mut [Point]) {
    let names: Vec<String> = points.iter().map(|point| point.name.clone()).collect();
    for point in points {
        let Place::Marker(span) = point.place else {
            continue;
        };
        let calls = &program.units[point.unit].unit.calls;
        let shared = names.iter().filter(|name| **name == point.name).count() > 1;
        if let Some(call) = calls.iter().find(|call| shared && call.span == span) {
            point.name = format!("{} ({}:{})", point.name, call.loc.file, call.loc.line);
        }
    }
}

/// Where a point's check goes in the text.
pub fn position(program: &Program, point: &Point) -> u32 {
    match point.place {
        Place::Loop(id) => program.units[point.unit].unit.loops[id as usize].span.start,
        Place::Marker(span) | Place::Window(span) => span.start,
    }
}

/// `main` and the functions that threads start in.
pub fn roots(program: &Program, graph: &CallGraph) -> IndexSet<EntityId> {
    let main = program.by_key.get("main").copied().into_iter();
    let mut roots: IndexSet<EntityId> = main.chain(thread_starts(program, graph)).collect();
    roots.retain(|id| program.entities[*id].definition.is_some());
    roots
}

/// The functions that threads start in.
pub(crate) fn thread_starts(program: &Program, graph: &CallGraph) -> IndexSet<EntityId> {
    let mut starts = IndexSet::new();
    for starter in named(program, THREADS.iter().copied()) {
        for (caller, site) in graph.called_by(starter) {
            let calls = graph.calls(*caller).iter();
            let handed =
                calls.filter(|(callee, other)| other.span == site.span && *callee != starter);
            starts.extend(handed.map(|(callee, _)| *callee));
        }
    }
    starts.retain(|id| program.entities[*id].definition.is_some());
    starts
}

/// The library functions that wait or fork.
pub(crate) fn waiting(program: &Program) -> Vec<EntityId> {
    named(program, blocking().chain(FORKING.iter().copied()))
}

/// Names of the library functions in which a server waits for events.
pub fn blocking() -> impl Iterator<Item = &'static str> {
    let all = windows::CALLS.iter().chain(windows::LOOPS).chain(WAITING);
    // A loop of these waits for threads to end, not for events.
    all.copied().filter(|name| *name != JOIN)
}

fn named(program: &Program, names: impl Iterator<Item = &'static str>) -> Vec<EntityId> {
    names
        .filter_map(|name| program.by_key.get(name).copied())
        .filter(|id| program.entities[*id].definition.is_none())
        .collect()
}

fn markers(program: &Program) -> Vec<Point> {
    let mut points = Vec::new();
    for (unit, named) in program.units.iter().enumerate() {
        for call in &named.unit.calls {
            let Callee::Direct(symbol) = call.callee else {
                continue;
            };
            if program.entities[program.entity(unit, symbol)].name == MARKER {
                points.push(Point {
                    function: program.entity_of(unit, call.function),
                    unit,
                    place: Place::Marker(call.span),
                    name: marker_name(call.span.of(&named.unit.text)),
                });
            }
        }
    }
    points
}

/// The string literals in a marker call, joined.
fn marker_name(call: &str) -> String {
    lex::tokens(call)
        .into_iter()
        .filter(|token| token.kind == lex::Kind::String)
        .map(|token| token.of(call).trim_matches('"'))
        .collect()
}

struct Search<'a> {
    program: &'a Program,
    graph: &'a CallGraph,
    roots: &'a IndexSet<EntityId>,
    /// Functions that may block, library ones included.
    blocking: &'a IndexSet<EntityId>,
    /// Functions that may fork, library ones included.
    forking: &'a IndexSet<EntityId>,
    /// Library functions that wait for several events.
    multiplexing: &'a [EntityId],
    /// Only loops that look like event loops.
    strict: bool,
    visited: IndexSet<EntityId>,
    continued: IndexSet<(EntityId, u32)>,
    chosen: IndexSet<(EntityId, usize, LoopId)>,
}

impl Search<'_> {
    /// A function entered at its start.
    fn visit(&mut self, function: EntityId) {
        if self.program.entities[function].definition.is_some() && self.visited.insert(function) {
            self.scan(function, 0);
        }
    }

    /// What a function does from offset `from` on.
    fn scan(&mut self, function: EntityId, from: u32) {
        let graph = self.graph;
        let calls = graph.calls(function);
        for &(callee, site) in calls.iter().filter(|(_, site)| site.span.start >= from) {
            if !self.blocking.contains(&callee) {
                continue;
            }
            let outermost = self.outermost_loop(&site, from);
            match outermost.filter(|(_, span)| self.is_event_loop(function, calls, *span)) {
                Some((loop_id, span)) => {
                    if self.chosen.insert((function, site.unit, loop_id)) {
                        self.children_of(function, calls, span);
                    }
                }
                None => {
                    self.visit(callee);
                    if self.forking.contains(&callee) {
                        self.continue_behind(function, callee, &site);
                    }
                }
            }
        }
    }

    /// Goes on in the children forked inside a chosen loop.
    fn children_of(&mut self, function: EntityId, calls: &[(EntityId, Site)], span: Span) {
        for (callee, site) in calls {
            if span.contains(site.span) && self.forking.contains(callee) {
                self.continue_behind(function, *callee, site);
            }
        }
    }

    /// A forked child returns from `callee` at `site`: what stands behind runs in it.
    fn continue_behind(&mut self, function: EntityId, callee: EntityId, site: &Site) {
        if !self.continued.insert((function, site.span.end)) {
            return;
        }
        if self.program.entities[callee].definition.is_some() {
            let graph = self.graph;
            for (inner, inner_site) in graph.calls(callee) {
                if self.forking.contains(inner) {
                    self.continue_behind(callee, *inner, inner_site);
                }
            }
        }
        self.scan(function, site.span.end);
    }

    /// See the module's text.
    fn is_event_loop(&self, function: EntityId, calls: &[(EntityId, Site)], span: Span) -> bool {
        if !self.strict || self.roots.contains(&function) {
            return true;
        }
        let callers: IndexSet<(EntityId, Span)> = self
            .graph
            .called_by(function)
            .iter()
            .map(|(caller, site)| (*caller, site.span))
            .collect();
        if callers.len() > FEW_CALLERS {
            return false;
        }
        let functions = self.program.defined_functions().count();
        if functions < SMALL_PROGRAM {
            return true;
        }
        let above = active::ancestors(self.program, self.graph, [function]);
        if above.count_ones(..) * FEW_ABOVE > functions {
            return false;
        }
        let inside = calls
            .iter()
            .filter(|(_, site)| span.contains(site.span) && site.via == Via::Name)
            .map(|(callee, _)| *callee);
        let leads_to = self.graph.named_callees_of(inside);
        let own = leads_to
            .iter()
            .filter(|id| self.program.entities[**id].definition.is_some());
        own.count() * FAIR_PART >= functions || self.multiplexes(calls, span)
    }

    /// Whether a loop waits for several events at once.
    fn multiplexes(&self, calls: &[(EntityId, Site)], span: Span) -> bool {
        let named = |(callee, site): &(EntityId, Site)| (site.via == Via::Name).then_some(*callee);
        let inside = calls.iter().filter(|(_, site)| span.contains(site.span));
        let mut callees: IndexSet<EntityId> = inside.filter_map(named).collect();
        for _ in 0..FEW_CALLS {
            if callees
                .iter()
                .any(|callee| self.multiplexing.contains(callee))
            {
                return true;
            }
            let below = callees.iter().flat_map(|callee| self.graph.calls(*callee));
            callees = below.filter_map(named).collect();
        }
        false
    }

    /// The outermost loop around a call that starts at or behind `from`.
    fn outermost_loop(&self, site: &Site, from: u32) -> Option<(LoopId, Span)> {
        let loops = &self.program.units[site.unit].unit.loops;
        let mut found = None;
        let mut next = site.in_loop;
        while let Some(id) = next {
            let this = &loops[id as usize];
            if this.span.start >= from {
                found = Some((id, this.span));
            }
            next = this.parent;
        }
        found
    }
}
