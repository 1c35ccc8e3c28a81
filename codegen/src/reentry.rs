//! Re-entry: at the head of a loop an old activation hands its variables to the new version of its
//! function, see `ginseng_analysis::frames`.
//!
//! The old side is part of the update check: if the runtime names new code, the variables' addresses
//! (of copies, for those that go by value) are put into an array, and the function returns what the
//! new code returns. The new side is a jump to the loop at the start of the function, and behind
//! the loop's own label one assignment for each variable. Variables that stay where they are get a
//! companion pointer, which every use goes through.

use std::collections::BTreeSet;
use std::fmt::Write;

use ginseng_analysis::diff::reentry::{Move, Reentry, Source};
use ginseng_analysis::program::Program;
use ginseng_frontend::facts::{Loop, LoopKind, Unit};
use ginseng_frontend::locals::{Local, LocalId};

use crate::edits::Edits;
use crate::points::UnitPoints;

/// What becomes of a unit's loops.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entered {
    /// Loops at which functions of the unit are entered.
    pub(crate) list: Vec<Reentry>,
    /// Variables that are used through pointers.
    pub(crate) pointers: BTreeSet<LocalId>,
    /// The loops enter their own functions by themselves, in every few turns.
    pub(crate) by_itself: bool,
}

impl Entered {
    /// With the variables that have no name of their own at the loops which old code may leave.
    pub(crate) fn with_hidden(mut self, unit: &Unit, points: &UnitPoints) -> Self {
        for (id, _) in &points.loops {
            let held = unit
                .frames
                .get(*id as usize)
                .filter(|frame| frame.obstacle.is_none());
            let held = held
                .into_iter()
                .flat_map(|frame| frame.locals.iter().copied());
            let hidden = held.filter(|local| unit.locals[*local as usize].hidden);
            self.pointers.extend(hidden);
        }
        self
    }

    /// Every loop of a unit that can be entered, by itself.
    pub(crate) fn everywhere(program: &Program, index: usize) -> Self {
        let unit = &program.units[index].unit;
        let mut found = Self {
            by_itself: true,
            ..Self::default()
        };
        for frame in &unit.frames {
            let function = unit.loops[frame.of as usize].function;
            let held = || frame.locals.iter().map(|id| &unit.locals[*id as usize]);
            let gated = unit.functions[function as usize].gate.is_some();
            if gated || frame.obstacle.is_some() || held().any(|local| local.in_for && local.fixed)
            {
                continue;
            }
            let moves = frame.locals.iter().zip(0..).map(|(&local, at)| Move {
                local,
                source: Source::Old(at, None),
            });
            found.list.push(Reentry {
                // Numbers of loops are as good as those of points.
                point: frame.of,
                function: program.entity_of(index, function),
                unit: index,
                loop_id: frame.of,
                moves: moves.collect(),
            });
            let fixed = frame.locals.iter().copied();
            let fixed = fixed.filter(|id| unit.locals[*id as usize].fixed);
            found.pointers.extend(fixed);
        }
        found
    }
}

/// What checks of updates call.
pub(crate) const DECLARATIONS: &str = "extern unsigned ginseng_pending; \
     extern void *ginseng_update(unsigned); \
     extern __thread unsigned ginseng_armed __attribute__((tls_model(\"initial-exec\"))); \
     extern __thread void **ginseng_locals __attribute__((tls_model(\"initial-exec\"))); ";

/// How deep the thread is inside code that interrupts other code.
pub(crate) const NESTING: &str =
    "extern __thread int ginseng_nesting __attribute__((tls_model(\"initial-exec\"))); ";

/// The condition of every check: one request, or one activation that has not come by yet.
pub(crate) const WAITING: &str = "__builtin_expect((__atomic_load_n(&ginseng_pending, 0 /* \
     relaxed */) | ginseng_armed) != 0, 0) && ginseng_nesting == 0";

/// The update check at a loop whose function can be left for a new version of it.
pub(crate) fn check(unit: &Unit, entered: &Entered, index: u32, point: u32) -> Option<String> {
    let leave = leave(unit, entered, index, point)?;
    let name = name_of(unit, index);
    Some(format!(
        "(__extension__ ({{ if ({WAITING}) {{ void *__ginseng_to = ginseng_update({point}u); \
         if (__builtin_expect(__ginseng_to != 0, 0)) {{ \
         __typeof__(&{name}) __ginseng_new = __ginseng_to; {leave} }} }} }}))"
    ))
}

/// What stands at a loop that enters its own function in every few turns, but in no activation that
/// was entered so itself.
pub(crate) fn turn(unit: &Unit, entered: &Entered, entry: &Reentry) -> Option<String> {
    let leave = leave(unit, entered, entry.loop_id, entry.point)?;
    let name = name_of(unit, entry.loop_id);
    Some(format!(
        "(__extension__ ({{ if (__ginseng_from == 0 && ++__ginseng_turns % 3 == 0) {{ \
         __typeof__(&{name}) __ginseng_new = &{name}; {leave} }} }}))"
    ))
}

fn name_of(unit: &Unit, loop_id: u32) -> &str {
    let function = &unit.functions[unit.loops[loop_id as usize].function as usize];
    &unit.symbols[function.symbol as usize].name
}

/// Hands the variables to `__ginseng_new` and returns for it.
fn leave(unit: &Unit, entered: &Entered, index: u32, point: u32) -> Option<String> {
    let frame = unit.frames.get(index as usize)?;
    if frame.obstacle.is_some() {
        return None;
    }
    let function = &unit.functions[unit.loops[index as usize].function as usize];
    let symbol = &unit.symbols[function.symbol as usize];
    let mut copies = String::new();
    let mut list = format!("(void *){point}ul");
    let mut arguments = Vec::new();
    for &id in &frame.locals {
        let local = &unit.locals[id as usize];
        let name = &local.name;
        let pointer = entered.pointers.contains(&id);
        if pointer {
            let _ = write!(list, ", (void *){}", pointer_name(local));
        } else if local.fixed {
            let _ = write!(list, ", (void *)&{name}");
        } else {
            let _ = write!(copies, "__typeof__({name}) __ginseng_old_{name} = {name}; ");
            let _ = write!(list, ", (void *)&__ginseng_old_{name}");
        }
        if local.declaration.is_none() {
            arguments.push(match pointer {
                true => format!("(*{})", pointer_name(local)),
                false => name.clone(),
            });
        }
    }
    let call = format!("__ginseng_new({})", arguments.join(", "));
    // The array must outlive the call, so this is no tail call.
    let keep = "__asm__ volatile(\"\" : : \"r\"(__ginseng_list) : \"memory\");";
    let leave = match symbol.ty.starts_with("void (") {
        true => format!("{call}; {keep} return;"),
        false => {
            format!("__typeof__({call}) __ginseng_result = {call}; {keep} return __ginseng_result;")
        }
    };
    Some(format!(
        "{copies}void *__ginseng_list[] = {{ {list} }}; ginseng_locals = __ginseng_list; {leave}"
    ))
}

/// Edits the functions that can be entered at a loop. Comes last: it repeats initialisers as they
/// are written by then.
pub(crate) fn edit(unit: &Unit, entered: &Entered, edits: &mut Edits) {
    for &id in &entered.pointers {
        through_pointer(unit, &unit.locals[id as usize], edits);
    }
    let functions: BTreeSet<u32> = entered.list.iter().map(|e| function_of(unit, e)).collect();
    for function in functions {
        let here = || {
            entered
                .list
                .iter()
                .filter(move |e| function_of(unit, e) == function)
        };
        let mut jumps = String::new();
        for entry in here() {
            let point = entry.point;
            let _ = write!(
                jumps,
                "if (__ginseng_from[0] == (void *){point}ul) {{ ginseng_locals = 0; \
                 goto __ginseng_at_{point}; }} "
            );
        }
        let start = format!(
            " void **__ginseng_from __attribute__((unused)) = ginseng_locals; \
             int __ginseng_skip __attribute__((unused)) = 0, \
             __ginseng_entry __attribute__((unused)) = __extension__ ({{ \
             if (__builtin_expect(__ginseng_from != 0, 0)) {{ {jumps}}} 0; }});"
        );
        let body = unit.functions[function as usize].body;
        edits.insert(body.start + 1, start);
        let mut loops: BTreeSet<u32> = BTreeSet::new();
        for entry in here() {
            let this = &unit.loops[entry.loop_id as usize];
            let text = arrival(unit, entered, entry, edits);
            if loops.insert(entry.loop_id) {
                open(this, edits);
            }
            match this.kind {
                LoopKind::Do => edits.insert(this.body.start, text),
                LoopKind::While | LoopKind::For => edits.insert(this.body.end, text),
            }
        }
        for id in loops {
            close(&unit.loops[id as usize], edits);
        }
    }
}

fn function_of(unit: &Unit, entry: &Reentry) -> u32 {
    unit.loops[entry.loop_id as usize].function
}

/// Room for arrivals inside a loop: at the end of the body, where the next thing is the controlling
/// expression. (In `do`, the check has opened a block in front of the body.)
fn open(this: &Loop, edits: &mut Edits) {
    if this.kind != LoopKind::Do {
        edits.insert(this.body.start, "{ ");
    }
    if let Some(step) = this.step {
        edits.insert(
            step.start,
            "(__ginseng_skip ? (void)(__ginseng_skip = 0) : (void)(",
        );
        edits.insert(step.end, "))");
    }
}

fn close(this: &Loop, edits: &mut Edits) {
    if this.kind != LoopKind::Do {
        edits.insert(this.body.end, " }");
    }
}

/// Where the jump leads: every variable in scope gets its value.
fn arrival(unit: &Unit, entered: &Entered, entry: &Reentry, edits: &Edits) -> String {
    let this = &unit.loops[entry.loop_id as usize];
    let mut text = format!(" if (0) {{ __ginseng_at_{}: ; ", entry.point);
    if this.step.is_some() {
        text.push_str("__ginseng_skip = 1; ");
    }
    for found in &entry.moves {
        let local = &unit.locals[found.local as usize];
        let name = &local.name;
        let pointer = entered.pointers.contains(&found.local);
        let _ = match &found.source {
            Source::Old(index, None) if pointer => {
                let at = index + 1;
                write!(text, "{} = __ginseng_from[{at}]; ", pointer_name(local))
            }
            Source::Old(index, ty) => {
                let at = index + 1;
                let own = format!("__typeof__({name})");
                let ty = ty.as_deref().unwrap_or(&own);
                write!(text, "{name} = *({ty} *)__ginseng_from[{at}]; ")
            }
            Source::Initialiser if local.fixed || local.aggregate => {
                let value = value(unit, local, edits);
                write!(
                    text,
                    "{{ __typeof__({name}) __ginseng_first = {value}; \
                     __builtin_memcpy((void *)&{name}, &__ginseng_first, sizeof {name}); }} "
                )
            }
            Source::Initialiser => {
                let value = value(unit, local, edits);
                write!(text, "{name} = ({value}); ")
            }
            Source::Zero if local.fixed => {
                write!(
                    text,
                    "__builtin_memset((void *)&{name}, 0, sizeof {name}); "
                )
            }
            Source::Zero => write!(text, "{name} = 0; "),
        };
        if pointer && !matches!(found.source, Source::Old(_, None)) {
            let _ = write!(text, "{} = (void *)&{name}; ", pointer_name(local));
        }
    }
    text.push('}');
    text
}

/// The initialiser as it is written by now, on one line.
fn value(unit: &Unit, local: &Local, edits: &Edits) -> String {
    let span = local.initialiser.unwrap_or_default();
    crate::rewrite::flat(&edits.apply_within(&unit.text, span))
}

/// Has every use of a variable go through its companion.
fn through_pointer(unit: &Unit, local: &Local, edits: &mut Edits) {
    let body = unit.functions[local.function as usize].body;
    let from = local.declaration.map_or(body.start + 1, |whole| whole.end);
    let name = &local.name;
    let own = pointer_name(local);
    // That of a parameter stands in front of the jump to a loop, which is put there later.
    edits.insert(
        from,
        format!(" __typeof__({name}) *{own} __attribute__((unused)) = &{name};"),
    );
    for used in local.uses.iter().filter(|used| used.start >= from) {
        edits.replace(*used, format!("(*{own})"));
    }
}

fn pointer_name(local: &Local) -> String {
    format!("__ginseng_{}_at_{}", local.name, local.span.start)
}
