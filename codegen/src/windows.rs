//! Windows in generated code.
//!
//! The name in the call is replaced by that of a **stub** of the window's own, of the same type,
//! in assembly: it adds the window's number behind the arguments and goes on to the runtime's
//! function. So no order of evaluation matters, a window within another one's arguments is as good
//! as any, and a call costs one jump more than before.

use std::collections::BTreeMap;

use ginseng_abi::program::SOME_LIBRARY;
use ginseng_analysis::points::Place;
use ginseng_analysis::program::{EntityId, Program};
use ginseng_analysis::windows::{CALLS, LOOPS, POLLS};
use ginseng_frontend::facts::{
    Callee, Declaration, DeclarationKind, Role, Span, Symbol, SymbolId, Target, Unit,
};

use crate::rewrite::flat;

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
        "sem_wait" | "sigsuspend" | "sleep" | "usleep" | "wait" => 1,
        "nanosleep" | "pthread_cond_wait" | "pthread_join" | "sigwait" => 2,
        "accept"
        | "poll"
        | "pthread_cond_timedwait"
        | "read"
        | "readv"
        | "recvmsg"
        | "wait3"
        | "waitpid" => 3,
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

    /// What stands in libc's place for libraries: the window is found on the stack then.
    pub(crate) fn interposer(function: &str) -> Self {
        Self {
            id: SOME_LIBRARY,
            function: function.to_owned(),
        }
    }

    /// Its symbol.
    pub(crate) fn name(&self) -> String {
        match self.id {
            SOME_LIBRARY => self.function.clone(),
            id => stub_name(id),
        }
    }

    /// Whether it calls an event loop of a library, and stays on the stack meanwhile.
    pub(crate) fn is_event_loop(&self) -> bool {
        LOOPS.contains(&self.function.as_str())
    }

    /// The runtime's function, or the library's.
    pub(crate) fn target(&self) -> String {
        match self.is_event_loop() {
            true => self.function.clone(),
            false => format!("ginseng_{}", self.function),
        }
    }

    /// How many arguments come before the window's number.
    pub(crate) fn arguments(&self) -> u32 {
        arguments(&self.function)
    }
}

/// The functions that a program with event loops of libraries provides for these libraries, given
/// the names that they leave undefined.
pub(crate) fn interposed(program: &Program, stubs: &[Stub], outside: &[String]) -> Vec<Stub> {
    if !stubs.iter().any(Stub::is_event_loop) {
        return Vec::new();
    }
    let used = |name: &&&str| {
        let entity = program.by_key.get(**name);
        let own = entity.is_some_and(|id| program.entities[*id].definition.is_some());
        !own && outside.iter().any(|other| other == **name)
    };
    let names = POLLS.iter().filter(used);
    names.map(|name| Stub::interposer(name)).collect()
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

/// Declares the stubs of a function's windows: the text, and where it goes.
///
/// With `_FORTIFY_SOURCE` the function is an inline one of the header that compares lengths. It then
/// has a counterpart for each window, which goes on to the library's when a length is wrong.
pub(crate) fn declarations(unit: &Unit, symbol: &Symbol, windows: &[u32]) -> Option<(u32, String)> {
    let first = symbol.declarations.first()?;
    let inline = symbol.declarations.iter();
    let checked = inline
        .rev()
        .find(|declaration| declaration.kind == DeclarationKind::Defines)
        .and_then(|inline| Some((inline, checks(unit, symbol, inline)?)));
    let declare = |id: u32| {
        let (function, stub) = (&symbol.name, stub_name(id));
        let (name, behind) = match &checked {
            None => (name(id), String::new()),
            Some((inline, (condition, arguments))) => (
                format!("__ginseng_unchecked_{id}"),
                format!(
                    " {} {{ return {condition} ? __ginseng_unchecked_{id}({arguments}) \
                     : {function}({arguments}); }}",
                    head(unit, inline, &name(id))
                ),
            ),
        };
        format!(
            " extern __typeof__({function}) {name} __asm__(\"{stub}\") \
             __attribute__((visibility(\"hidden\")));{behind}"
        )
    };
    let at = checked.as_ref().map_or(first, |(inline, _)| *inline);
    Some((at.span.end, windows.iter().copied().map(declare).collect()))
}

/// The head of a definition with another name.
fn head(unit: &Unit, definition: &Declaration, name: &str) -> String {
    let text = &unit.text;
    let before = Span {
        start: definition.span.start,
        end: definition.name.start,
    };
    let behind = Span {
        start: definition.name.end,
        end: definition.declarator.end,
    };
    format!(
        "{}{name}{}",
        flat(before.of(text)) + " ",
        flat(behind.of(text))
    )
}

/// The condition under which a length is not known to be wrong, and the arguments, both by the names
/// of the definition's parameters.
fn checks(unit: &Unit, symbol: &Symbol, definition: &Declaration) -> Option<(String, String)> {
    let list = flat(definition.parameters?.of(&unit.text));
    let list = list.strip_prefix('(')?.strip_suffix(')')?;
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let name = |part: &str| Some(part.rsplit(|c| !word(c)).next()?.to_owned());
    let names: Vec<String> = list.split(',').map(name).collect::<Option<_>>()?;
    let condition = match symbol.name.as_str() {
        "read" | "recv" | "recvfrom" => {
            format!(
                "{} <= __builtin_object_size({}, 0)",
                names.get(2)?,
                names[1]
            )
        }
        "poll" | "ppoll" => format!(
            "{} <= __builtin_object_size({fds}, 1) / sizeof *{fds}",
            names.get(1)?,
            fds = names[0]
        ),
        _ => return None,
    };
    Some((condition, names.join(", ")))
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
