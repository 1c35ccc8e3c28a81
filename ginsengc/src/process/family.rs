//! The processes that share a control file.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};

use ginseng_abi::control::{CLAIMING, Entry, FOREIGN_PID};

use crate::process::control::ControlFile;
use crate::process::proc::{Process, control_mapping, pids};

/// One living process of a family.
pub(crate) struct Member {
    pub(crate) process: Process,
    /// Index of its entry; none until it has claimed one.
    pub(crate) index: Option<usize>,
}

impl Member {
    /// The process's entry.
    pub(crate) fn entry<'a>(&self, control: &'a ControlFile) -> Option<&'a Entry> {
        control.get().entries.get(self.index?)
    }
}

/// What is known of a process.
enum Seen {
    /// It does not map the control file.
    Stranger,
    /// It does, and marked this entry.
    Member(Option<usize>),
}

/// Looks for members, remembering what it saw.
#[derive(Default)]
pub(crate) struct Scanner {
    seen: BTreeMap<u32, Seen>,
}

impl Scanner {
    /// All living members by ascending pid. A scan that is not `fresh` believes what an earlier
    /// one saw of a pid, which is much cheaper.
    ///
    /// # Errors
    /// If `/proc` cannot be read. Processes whose memory map may not be read are no members.
    pub(crate) fn members(
        &mut self,
        control: &ControlFile,
        fresh: bool,
    ) -> io::Result<Vec<Member>> {
        let pids = pids()?;
        if fresh {
            self.seen.clear();
        }
        self.seen.retain(|pid, _| pids.binary_search(pid).is_ok());
        let mut members = Vec::new();
        for pid in pids {
            if matches!(self.seen.get(&pid), Some(Seen::Stranger)) {
                continue;
            }
            let Some(process) = Process::read(pid)? else {
                continue;
            };
            let owns = |index: &usize| {
                let entry = control.get().entries.get(*index);
                entry.is_some_and(|entry| entry.pid.load(Acquire) == process.own_pid)
            };
            let index = match self.seen.get(&pid) {
                Some(Seen::Member(Some(index))) if owns(index) => Some(*index),
                _ => match control_mapping(pid).ok().flatten() {
                    Some(mapping) if mapping.inode == control.inode => mapping.marked.filter(owns),
                    _ => {
                        self.seen.insert(pid, Seen::Stranger);
                        continue;
                    }
                },
            };
            self.seen.insert(pid, Seen::Member(index));
            members.push(Member { process, index });
        }
        Ok(members)
    }

    /// Frees the entries of processes that were killed in pid namespaces of their own, which the
    /// runtime cannot do. Only root sees all processes, and only from the namespace that the family
    /// was started in, or from one around it.
    ///
    /// # Errors
    /// If `/proc` cannot be read.
    pub(crate) fn free_left_behind(&mut self, control: &ControlFile) -> io::Result<()> {
        let is_foreign = |entry: &Entry| entry.flags.load(Relaxed) & FOREIGN_PID != 0;
        // Read before the processes are: whoever has its pid here by now, has its mark.
        let foreign: Vec<_> = control
            .entries()
            .filter(|(_, entry)| is_foreign(entry))
            .map(|(index, entry)| (index, entry, entry.pid.load(Acquire)))
            .filter(|(_, _, owner)| *owner != 0 && *owner != CLAIMING)
            .collect();
        if foreign.is_empty() || !rustix::process::geteuid().is_root() {
            return Ok(());
        }
        let members = self.members(control, true)?;
        let entries = members.iter().filter_map(|member| member.entry(control));
        if entries.filter(|entry| !is_foreign(entry)).count() == 0 {
            return Ok(());
        }
        for (index, entry, owner) in foreign {
            if members.iter().all(|member| member.index != Some(index)) {
                // Whoever has claimed it since keeps it.
                let _ = entry.pid.compare_exchange(owner, 0, AcqRel, Relaxed);
            }
        }
        Ok(())
    }
}
