//! The processes that share a control file.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::Ordering::Acquire;

use ginseng_abi::control::{CLAIMING, Entry};

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

/// Looks for members, remembering who is none.
#[derive(Default)]
pub(crate) struct Scanner {
    /// Processes seen, and whether they map the control file.
    known: BTreeMap<u32, bool>,
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
            self.known.clear();
        }
        self.known.retain(|pid, _| pids.binary_search(pid).is_ok());
        let entries: Vec<(u32, usize)> = control
            .entries()
            .map(|(index, entry)| (entry.pid.load(Acquire), index))
            .filter(|(pid, _)| *pid != 0 && *pid != CLAIMING)
            .collect();
        let mut members = Vec::new();
        for pid in pids {
            let maps = |pid| {
                let mapping = control_mapping(pid).ok().flatten();
                mapping.is_some_and(|mapping| mapping.inode == control.inode)
            };
            if !*self.known.entry(pid).or_insert_with(|| maps(pid)) {
                continue;
            }
            let Some(process) = Process::read(pid)? else {
                continue;
            };
            let own_pid = process.own_pid;
            let entry = entries
                .iter()
                .find(|(claimed_by, _)| *claimed_by == own_pid);
            members.push(Member {
                index: entry.map(|(_, index)| *index),
                process,
            });
        }
        Ok(members)
    }
}
