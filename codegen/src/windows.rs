//! Windows in generated code.
//!
//! The name in the call is replaced by that of a **stub** of the window's own, of the same type,
//! in assembly: it adds the window's number behind the arguments and goes on to the runtime's
//! function. So no order of evaluation matters, a window within another one's arguments is as good
//! as any, and a call costs one jump more than before.

use std::collections::BTreeMap;

use ginseng_analysis::points::Place;
use ginseng_analysis::program::{EntityId, Program};
use ginseng_analysis::windows::CALLS;
use ginseng_frontend::facts::{Callee, Role, Span, SymbolId, Target, Unit};

/// A call that becomes a window.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    /// The point's number.
    pub(crate) id: u32,
    /// The whole call.
    pub(crate) call: Span,
}

/// What a stub leads to.
#[derive(Clone, Debug)]
pub(crate) struct Stub {
    /// The point's number.
    pub(crate) id: u32,
    /// The library function.
    pub(crate) function: String,
}

/// How many arguments the functions have.
fn arguments(function: &str) -> u32 {
    match function {
        "pause" => 0,
        "sigsuspend" | "sleep" | "usleep" | "wait" => 1,
        "nanosleep" => 2,
        "accept" | "poll" | "read" | "readv" | "recvmsg" | "wait3" | "waitpid" => 3,
        "accept4" | "clock_nanosleep" | "epoll_wait" | "ppoll" | "recv" | "wait4" | "waitid" => 4,
        "epoll_pwait" | "select" => 5,
        _ => 6,
    }
}

impl Stub {
    /// The stub of a window in this unit.
    pub(crate) fn of(program: &Program, unit: usize, id: u32, place: Place) -> Option<Self> {
        let Place::Window(span) = place else {
            return None;
        };
        let (symbol, _) = callee(&program.units[unit].unit, span)?;
        let entity: EntityId = program.entity(unit, symbol);
        Some(Self {
            id,
            function: program.entities[entity].name.clone(),
        })
    }

    /// The runtime's function.
    pub(crate) fn target(&self) -> String {
        format!("ginseng_{}", self.function)
    }

    /// How many arguments come before the window's number.
    pub(crate) fn arguments(&self) -> u32 {
        arguments(&self.function)
    }
}

/// Assembler name of a window's stub.
pub(crate) fn stub_name(id: u32) -> String {
    format!("ginseng.w{id}")
}

/// Its name in C.
pub(crate) fn name(id: u32) -> String {
    format!("__ginseng_window_{id}")
}

/// The runtime's functions that stubs go on to.
pub(crate) fn exports() -> impl Iterator<Item = String> {
    CALLS.iter().map(|name| format!("ginseng_{name}"))
}

/// Declares the stubs behind the function's first declaration.
pub(crate) fn declarations(function: &str, windows: impl Iterator<Item = u32>) -> String {
    windows
        .map(|id| {
            format!(
                " extern __typeof__({function}) {} __asm__(\"{}\") \
                 __attribute__((visibility(\"hidden\")));",
                name(id),
                stub_name(id)
            )
        })
        .collect()
}

/// The windows of a unit by where their callees' names start, and by the functions called.
#[derive(Default)]
pub(crate) struct Sites {
    pub(crate) names: BTreeMap<u32, u32>,
    pub(crate) functions: BTreeMap<SymbolId, Vec<u32>>,
}

impl Sites {
    pub(crate) fn of(unit: &Unit, windows: &[Window]) -> Self {
        let mut sites = Self::default();
        for window in windows {
            if let Some((symbol, name)) = callee(unit, window.call) {
                sites.names.insert(name, window.id);
                sites.functions.entry(symbol).or_default().push(window.id);
            }
        }
        sites
    }
}

/// The function that a call names, and where its name starts.
fn callee(unit: &Unit, call: Span) -> Option<(SymbolId, u32)> {
    let this = unit.calls.iter().find(|other| other.span == call)?;
    let Callee::Direct(symbol) = this.callee else {
        return None;
    };
    let named = unit.references_in(call).iter().find(|reference| {
        reference.role == Role::Callee && reference.target == Target::Symbol(symbol)
    })?;
    Some((symbol, named.span.start))
}
