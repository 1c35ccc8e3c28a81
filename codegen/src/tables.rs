//! Assembly for what C cannot say: entries, slots, and the tables that the runtime reads.

use std::fmt::Write;

use crate::hooks::LOADS_FILTER;
use crate::merges::MergeTable;
use ginseng_abi::program::{SOME_LIBRARY, Text};
use ginseng_abi::{ABI_VERSION, Identity};
use ginseng_analysis::state::{Image, Row, Slot, State};

use crate::rewrite::row_name;
use crate::windows::Stub;

/// A supported architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// x86-64.
    X86_64,
    /// AArch64.
    Aarch64,
}

impl Architecture {
    /// From the first part of a target triple.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "x86_64" => Some(Self::X86_64),
            "aarch64" => Some(Self::Aarch64),
            _ => None,
        }
    }

    /// Whether a stub may be on the stack while the process waits, or has to be told otherwise.
    fn keeps_frame(self, stub: &Stub) -> bool {
        stub.is_event_loop()
            || stub.id == SOME_LIBRARY
            || self == Self::X86_64 && stub.arguments() > 5
    }
}

/// An entry to emit: a stub that jumps through its slot.
pub(crate) struct Entry {
    /// The global C name it also answers to, for functions with external linkage.
    pub(crate) name: Option<String>,
    /// Its slot.
    pub(crate) slot: Slot,
    /// The row of the function behind it.
    pub(crate) target: Row,
}

/// The code of an object that may be on a stack at an update point.
pub(crate) struct Functions {
    /// Rows of the active functions.
    pub(crate) rows: Vec<Row>,
    /// Stubs of windows that have a frame of their own, and what stands in libc's place.
    pub(crate) stubs: Vec<Stub>,
    /// Row of the base program's `main`; 0 without one.
    pub(crate) main: Row,
}

impl Functions {
    /// Those of an object that defines the functions that `has` names and these stubs, when a
    /// process is in this state.
    pub(crate) fn of(
        state: &State,
        has: impl Fn(&str) -> bool,
        stubs: &[Stub],
        architecture: Architecture,
    ) -> Self {
        let row = |key: &str| state.place(key).row;
        let rows = state
            .all_active()
            .into_iter()
            .filter(|key| has(key))
            .filter_map(row);
        let stubs = stubs.iter().filter(|stub| architecture.keeps_frame(stub));
        Self {
            rows: rows.collect(),
            stubs: stubs.cloned().collect(),
            main: row("main").unwrap_or(0),
        }
    }

    fn len(&self) -> usize {
        self.rows.len() + self.stubs.len()
    }
}

/// Assembly text in the making.
pub(crate) struct Tables {
    architecture: Architecture,
    text: String,
}

impl Tables {
    pub(crate) fn new(architecture: Architecture) -> Self {
        let text = "\t.section .note.GNU-stack,\"\",%progbits\n".to_owned();
        Tables { architecture, text }
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }

    fn line(&mut self, line: impl AsRef<str>) {
        self.text.push('\t');
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    fn label(&mut self, name: &str) {
        let _ = writeln!(self.text, "{name}:");
    }

    fn global(&mut self, name: &str) {
        self.line(format!(".globl {name}"));
        self.label(name);
    }

    fn quad(&mut self, value: impl std::fmt::Display) {
        self.line(format!(".8byte {value}"));
    }

    /// The slot table, its first slot exported as row `table`, and the entries.
    pub(crate) fn slots(&mut self, table: Row, entries: &[Entry]) {
        let table = row_name(table);
        self.line(".data");
        self.line(".balign 8");
        self.global(&table);
        for entry in entries {
            self.quad(row_name(entry.target));
        }
        if entries.is_empty() {
            // The symbol is also the anchor of pointers in images; it must stand on something.
            self.quad(0);
        }
        self.line(".text");
        for entry in entries {
            self.line(".balign 16");
            if let Some(name) = &entry.name {
                self.line(format!(".type {name}, %function"));
                self.global(name);
            }
            let row = row_name(entry.slot.entry);
            self.line(format!(".type {row}, %function"));
            self.global(&row);
            self.line(".cfi_startproc");
            let slot = format!("{table}+{}", 8 * entry.slot.index);
            match self.architecture {
                Architecture::X86_64 => {
                    self.line("endbr64");
                    self.line(format!("jmp *{slot}(%rip)"));
                }
                Architecture::Aarch64 => {
                    // `bti c`, as a hint that older processors and assemblers take.
                    self.line("hint #34");
                    self.line(format!("adrp x16, {slot}"));
                    self.line(format!("ldr x16, [x16, #:lo12:{slot}]"));
                    self.line("br x16");
                }
            }
            self.line(".cfi_endproc");
            self.line(format!(".size {row}, .-{row}"));
            if let Some(name) = &entry.name {
                self.line(format!(".size {name}, .-{name}"));
            }
        }
    }

    /// The stubs of windows.
    pub(crate) fn windows(&mut self, stubs: &[Stub]) {
        for stub in stubs {
            let (name, target, id) = (stub.name(), stub.target(), stub.id);
            self.line(".text");
            if id != SOME_LIBRARY {
                self.line(format!(".hidden {name}"));
            }
            self.line(format!(".type {name}, %function"));
            self.global(&name);
            self.line(".cfi_startproc");
            match self.architecture {
                // The frame tells the runtime which window it is.
                Architecture::X86_64 if stub.is_event_loop() => {
                    self.line("subq $8, %rsp");
                    self.line(".cfi_adjust_cfa_offset 8");
                    self.line(format!("call {target}@PLT"));
                    self.line("addq $8, %rsp");
                    self.line(".cfi_adjust_cfa_offset -8");
                    self.line("ret");
                }
                Architecture::Aarch64 if stub.is_event_loop() => {
                    self.line("stp x29, x30, [sp, #-16]!");
                    self.line(".cfi_adjust_cfa_offset 16");
                    self.line(".cfi_rel_offset x29, 0");
                    self.line(".cfi_rel_offset x30, 8");
                    self.line("mov x29, sp");
                    self.line(format!("bl {target}"));
                    self.line("ldp x29, x30, [sp], #16");
                    self.line(".cfi_adjust_cfa_offset -16");
                    self.line(".cfi_restore x29");
                    self.line(".cfi_restore x30");
                    self.line("ret");
                }
                Architecture::X86_64 => {
                    let register = ["edi", "esi", "edx", "ecx", "r8d", "r9d"];
                    match register.get(stub.arguments() as usize) {
                        Some(register) => {
                            self.line(format!("movl ${id}, %{register}"));
                            self.line(format!("jmp {target}@PLT"));
                        }
                        // The seventh one goes onto the stack.
                        None => {
                            self.line(format!("pushq ${id}"));
                            self.line(".cfi_adjust_cfa_offset 8");
                            self.line(format!("call {target}@PLT"));
                            self.line("addq $8, %rsp");
                            self.line(".cfi_adjust_cfa_offset -8");
                            self.line("ret");
                        }
                    }
                }
                Architecture::Aarch64 => {
                    let register = stub.arguments();
                    let (low, high) = (id & 0xffff, id >> 16);
                    self.line(format!("movz w{register}, #{low}"));
                    if high > 0 {
                        self.line(format!("movk w{register}, #{high}, lsl #16"));
                    }
                    self.line(format!("b {target}"));
                }
            }
            self.line(".cfi_endproc");
            self.line(format!(".size {name}, .-{name}"));
        }
    }

    /// `ginseng_program`.
    pub(crate) fn program(
        &mut self,
        identity: &Identity,
        points: &[(u32, String)],
        functions: &Functions,
        flags: u32,
    ) {
        self.line(".section .rodata");
        self.line(".balign 8");
        self.line(".hidden ginseng_program");
        self.global("ginseng_program");
        self.line(format!(".4byte {ABI_VERSION}, {}", points.len()));
        self.bytes(identity);
        self.quad(".Lpoints-.");
        self.quad(".Lfunctions-.");
        self.line(format!(".4byte {}, {}", functions.len(), functions.main));
        self.line(format!(".4byte {flags}, 0"));
        self.points(points);
        self.functions(functions);
    }

    /// What the program calls for libseccomp's `seccomp_load`: the runtime does, and is told where that is.
    pub(crate) fn filter_hook(&mut self) {
        let name = format!("ginseng_{LOADS_FILTER}");
        self.line(".text");
        self.line(format!(".hidden {name}"));
        self.line(format!(".type {name}, %function"));
        self.global(&name);
        self.line(".cfi_startproc");
        match self.architecture {
            Architecture::X86_64 => {
                self.line(format!("movq {LOADS_FILTER}@GOTPCREL(%rip), %rsi"));
                self.line("jmp ginseng_confine@PLT");
            }
            Architecture::Aarch64 => {
                self.line(format!("adrp x1, :got:{LOADS_FILTER}"));
                self.line(format!("ldr x1, [x1, :got_lo12:{LOADS_FILTER}]"));
                self.line("b ginseng_confine");
            }
        }
        self.line(".cfi_endproc");
    }

    /// What may be on a stack, at `.Lfunctions`. The distances need no relocations.
    fn functions(&mut self, functions: &Functions) {
        self.line(".balign 8");
        self.label(".Lfunctions");
        for row in &functions.rows {
            self.quad(format!("{}-.", row_name(*row)));
            self.line(format!(".4byte {row}, {}", Text::Function as u32));
        }
        for stub in &functions.stubs {
            let kind = match stub.id {
                SOME_LIBRARY => Text::Interposer,
                _ => Text::Stub,
            };
            self.quad(format!("{}-.", stub.name()));
            self.line(format!(".4byte {}, {}", stub.id, kind as u32));
        }
    }

    /// The points' numbers and names, at `.Lpoints`.
    fn points(&mut self, points: &[(u32, String)]) {
        self.line(".balign 8");
        self.label(".Lpoints");
        for (index, (id, _)) in points.iter().enumerate() {
            self.line(format!(".4byte {id}, .Lname{index}-."));
        }
        for (index, (_, name)) in points.iter().enumerate() {
            self.label(&format!(".Lname{index}"));
            self.line(format!(".asciz \"{}\"", name.escape_default()));
        }
    }

    /// Storage that starts out as zeroes: row, bytes and alignment.
    pub(crate) fn storage(&mut self, variables: &[(Row, u64, u64)]) {
        for (row, size, align) in variables {
            self.line(".bss");
            self.line(format!(".balign {align}"));
            let row = row_name(*row);
            self.line(format!(".type {row}, %object"));
            self.global(&row);
            self.line(format!(".zero {}", size.max(&1)));
        }
    }

    /// The record, in a section that is not loaded.
    pub(crate) fn record(&mut self) {
        self.line(".section .ginseng,\"\",%progbits");
        self.line(".incbin \"GINSENG_RECORD\"");
    }

    /// `ginseng_patch` and all that it points to.
    pub(crate) fn patch(&mut self, contents: &Contents) {
        let Contents {
            redirections,
            merges,
            transforms,
            writable,
            kinds,
            reentries,
            hook,
            points,
            promises,
            functions,
            grown,
        } = contents;
        self.line(".section .rodata");
        self.points(points);
        self.functions(functions);
        self.line(".balign 4");
        self.label(".Lpromises");
        for promise in *promises {
            self.line(format!(".4byte {promise}"));
        }
        for (index, merge) in merges.iter().enumerate() {
            self.line(".balign 8");
            self.label(&format!(".Lleaves{index}"));
            for leaf in &merge.leaves {
                self.quad(format!("{}, {}, {}", leaf.old, leaf.new, leaf.image));
                self.line(format!(
                    ".4byte {}, {}, {}, {}",
                    leaf.compare,
                    leaf.size,
                    leaf.count,
                    u32::from(leaf.in_block)
                ));
                self.quad(leaf.size);
            }
        }
        self.line(".section .data.rel.ro,\"aw\",%progbits");
        for (index, merge) in merges.iter().enumerate() {
            self.line(".balign 16");
            self.label(&format!(".Lold{index}"));
            self.image(&merge.old);
        }
        for (index, transform) in transforms.iter().enumerate() {
            self.line(".balign 16");
            self.label(&format!(".Lbefore{index}"));
            self.image(transform.old.as_ref().unwrap_or(&Image::default()));
            self.label(&format!(".Lwhat{index}"));
            self.line(format!(".asciz \"{}\"", transform.name.escape_default()));
        }
        self.line(".balign 8");
        self.label(".Lslots");
        for (slot, target) in *redirections {
            self.quad(format!("{}+{}", row_name(slot.table), 8 * slot.index));
            self.quad(row_name(*target));
        }
        self.label(".Lmerges");
        for (index, merge) in merges.iter().enumerate() {
            self.quad(row_name(merge.source));
            self.quad(format!(".Lold{index}"));
            self.quad(row_name(merge.new));
            let (target, offset) = merge.target;
            self.quad(format!("{}+{offset}", row_name(target)));
            self.quad(format!(".Lleaves{index}"));
            self.quad(merge.leaves.len());
            self.quad(merge.kind.map_or_else(|| "0".to_owned(), row_name));
        }
        self.label(".Ltransforms");
        for (index, transform) in transforms.iter().enumerate() {
            self.quad(row_name(transform.source));
            match transform.old {
                Some(_) => self.quad(format!(".Lbefore{index}")),
                None => self.quad(0),
            }
            self.quad(transform.size);
            self.quad(row_name(transform.target));
            self.quad(row_name(transform.convert));
            self.quad(format!(".Lwhat{index}"));
        }
        self.label(".Lwritable");
        for (row, size) in *writable {
            self.quad(row_name(*row));
            self.quad(size);
        }
        self.label(".Lreentries");
        for (at, point, target) in *reentries {
            self.line(format!(".4byte {at}, {point}"));
            self.quad(row_name(*target));
        }
        self.label(".Lgrown");
        for grown in *grown {
            self.quad(row_name(grown.kind));
            self.line(format!(".4byte {}, {}", grown.from, grown.to));
        }
        self.global("ginseng_patch");
        self.line(format!(".4byte {ABI_VERSION}, {}", redirections.len()));
        self.quad(".Lslots");
        self.quad(".Lmerges");
        self.line(format!(".4byte {}, {}", merges.len(), points.len()));
        self.quad(".Lpoints");
        self.line(format!(".4byte {kinds}, {}", transforms.len()));
        self.quad(".Ltransforms");
        self.quad(".Lwritable");
        self.quad(writable.len());
        self.quad(".Lreentries");
        self.quad(reentries.len());
        self.quad(hook.map_or_else(|| "0".to_owned(), row_name));
        self.quad(".Lpromises");
        self.quad(promises.len());
        self.quad(".Lfunctions");
        self.quad(functions.len());
        self.quad(".Lprevious");
        self.quad(".Lgrown");
        self.quad(grown.len());
        self.line(".bss");
        self.line(".balign 8");
        self.label(".Lprevious");
        self.line(".zero 8");
    }

    /// Bytes with pointers among them.
    fn image(&mut self, image: &Image) {
        let mut at = 0usize;
        for (offset, pointer) in &image.pointers {
            self.bytes(&image.bytes[at..*offset as usize]);
            self.quad(format!("{}+{}", pointer.symbol, pointer.addend));
            at = *offset as usize + 8;
        }
        self.bytes(&image.bytes[at..]);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(32) {
            let list: Vec<String> = chunk.iter().map(u8::to_string).collect();
            self.line(format!(".byte {}", list.join(",")));
        }
    }
}

/// What the header of a patch points to.
pub(crate) struct Contents<'a> {
    /// Slots, and the rows they are to reach.
    pub(crate) redirections: &'a [(Slot, Row)],
    /// Values to merge.
    pub(crate) merges: &'a [MergeTable],
    /// Values to convert.
    pub(crate) transforms: &'a [Transform],
    /// Constants that are merged where they are: row and bytes.
    pub(crate) writable: &'a [(Row, u64)],
    /// Number of kinds of extension blocks.
    pub(crate) kinds: usize,
    /// Where old activations go over: the point of the update, theirs, and the new code.
    pub(crate) reentries: &'a [(u32, u32, Row)],
    /// The user's function that runs when all else is done.
    pub(crate) hook: Option<Row>,
    /// Update points in the patch's code, with their names.
    pub(crate) points: &'a [(u32, String)],
    /// In a checking build, digests of what no code from before uses any more.
    pub(crate) promises: &'a [u32],
    /// What of the patch's code may be on a stack at a point.
    pub(crate) functions: &'a Functions,
    /// Kinds of earlier patches whose blocks get more fields.
    pub(crate) grown: &'a [Grown],
}

/// A kind of extension block that gets more fields.
pub(crate) struct Grown {
    /// Row of its descriptor.
    pub(crate) kind: Row,
    /// Bytes in use before.
    pub(crate) from: u64,
    /// Bytes in use from now on.
    pub(crate) to: u64,
}

/// A variable of another type, by rows.
pub(crate) struct Transform {
    /// Running storage.
    pub(crate) source: Row,
    /// Old initialiser.
    pub(crate) old: Option<Image>,
    /// Bytes of both.
    pub(crate) size: u64,
    /// New storage.
    pub(crate) target: Row,
    /// The function that converts the value.
    pub(crate) convert: Row,
    /// Name for people.
    pub(crate) name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(architecture: Architecture) -> String {
        let slot = Slot {
            entry: 7,
            table: 0,
            index: 1,
        };
        let entries = [
            Entry {
                name: None,
                slot: Slot {
                    entry: 6,
                    index: 0,
                    ..slot
                },
                target: 4,
            },
            Entry {
                name: Some("f".into()),
                slot,
                target: 5,
            },
        ];
        let mut tables = Tables::new(architecture);
        tables.slots(0, &entries);
        let text = tables.finish();
        let start = text.rfind("\t.balign 16").expect("entries are aligned");
        text[start..].replace('\t', "    ")
    }

    #[test]
    fn an_entry_jumps_through_its_slot() {
        insta::assert_snapshot!("entry_x86_64", entry(Architecture::X86_64));
        insta::assert_snapshot!("entry_aarch64", entry(Architecture::Aarch64));
    }
}
