//! What `/proc` says about a process.

use std::fs;
use std::io;

use ginseng_abi::control::{CONTROL_LEN, marked};

/// A living process.
pub(crate) struct Process {
    /// Its pid as the tool sees it.
    pub(crate) pid: u32,
    /// Its pid in its innermost pid namespace.
    pub(crate) own_pid: u32,
    /// Effective user and group.
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// Its command name.
    pub(crate) name: String,
    /// The scheduler's word for it: `sleeping`, `running`, ...
    pub(crate) state: String,
    /// Number of threads.
    pub(crate) threads: u32,
    /// Signals with a handler, bit `n - 1` for signal `n`.
    pub(crate) caught: u64,
    /// Number of seccomp filters; before Linux 5.9, the seccomp mode.
    pub(crate) filters: u32,
}

impl Process {
    /// Reads `/proc/PID/status`; `None` if there is no such process, or only its exit status.
    ///
    /// # Errors
    /// If `/proc` cannot be read.
    pub(crate) fn read(pid: u32) -> io::Result<Option<Self>> {
        let Some(text) = unless_gone(fs::read(format!("/proc/{pid}/status")))? else {
            return Ok(None);
        };
        let text = String::from_utf8_lossy(&text);
        let field = |name: &str| field(&text, name);
        let number = |name: &str, nth: usize| {
            field(name)
                .split_whitespace()
                .nth(nth)
                .and_then(|word| word.parse().ok())
        };
        let state = field("State");
        if state.starts_with('Z') || state.starts_with('X') {
            return Ok(None);
        }
        Ok(Some(Self {
            pid,
            own_pid: own_number(&text).unwrap_or(pid),
            uid: number("Uid", 1).unwrap_or(u32::MAX),
            gid: number("Gid", 1).unwrap_or(u32::MAX),
            name: field("Name").to_owned(),
            state: state.split(['(', ')']).nth(1).unwrap_or(state).to_owned(),
            threads: number("Threads", 0).unwrap_or(1),
            filters: filters(&text),
            caught: u64::from_str_radix(field("SigCgt"), 16).unwrap_or(0),
        }))
    }

    /// The most seccomp filters that one of its threads has: each may have more than the first one.
    pub(crate) fn most_filters(&self) -> u32 {
        let folder = format!("/proc/{}/task", self.pid);
        let threads = match self.threads {
            1 => Vec::new(),
            _ => numbers(&folder).unwrap_or_default(),
        };
        let filters = threads.into_iter().filter_map(|thread| {
            let status = fs::read(format!("{folder}/{thread}/status")).ok()?;
            Some(filters(&String::from_utf8_lossy(&status)))
        });
        filters.fold(self.filters, u32::max)
    }

    /// Whether the process has a handler for `signal`.
    pub(crate) fn catches(&self, signal: u32) -> bool {
        signal > 0
            && self
                .caught
                .checked_shr(signal - 1)
                .is_some_and(|bits| bits & 1 == 1)
    }
}

/// A field of a `status` file.
fn field<'a>(text: &'a str, name: &str) -> &'a str {
    let mut lines = text.lines();
    let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.unwrap_or_default().trim()
}

/// Number of seccomp filters; before Linux 5.9, the seccomp mode.
fn filters(status: &str) -> u32 {
    let number = |name| field(status, name).parse().ok();
    number("Seccomp_filters")
        .or_else(|| number("Seccomp"))
        .unwrap_or(0)
}

/// The number of a process or thread in its innermost pid namespace.
fn own_number(status: &str) -> Option<u32> {
    let numbers = field(status, "NSpid").split_whitespace();
    numbers.last()?.parse().ok()
}

/// The thread of a process that has the number `own` in the process's innermost pid namespace: its number
/// here, and its name. `None` if it has ended.
pub(crate) fn thread(pid: u32, own: u32) -> Option<(u32, String)> {
    let known = |thread: u32| {
        let status = fs::read(format!("/proc/{pid}/task/{thread}/status")).ok()?;
        let status = String::from_utf8_lossy(&status);
        let named = || (thread, field(&status, "Name").to_owned());
        (own_number(&status) == Some(own)).then(named)
    };
    known(own).or_else(|| {
        let threads = numbers(&format!("/proc/{pid}/task")).ok()?;
        threads.into_iter().find_map(known)
    })
}

/// A place in a process's memory where a control file is mapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mapping {
    /// Address range as `/proc` spells it.
    pub(crate) range: String,
    /// Inode number of the file.
    pub(crate) inode: u64,
    /// Its path, perhaps as seen in another root.
    pub(crate) path: String,
    /// Index of the entry that the process marked as its own.
    pub(crate) marked: Option<usize>,
}

/// Finds the control file in a process's memory; `None` if it has none or is gone.
///
/// # Errors
/// If the process's memory map may not be read.
pub(crate) fn control_mapping(pid: u32) -> io::Result<Option<Mapping>> {
    let Some(maps) = unless_gone(fs::read(format!("/proc/{pid}/maps")))? else {
        return Ok(None);
    };
    let maps = String::from_utf8_lossy(&maps);
    let mut areas = maps.lines().filter_map(Area::parse).peekable();
    Ok(areas
        .find(|area| area.is_shared && area.len() == CONTROL_LEN && area.offset == 0)
        .map(|control| {
            let next = areas.peek().filter(|area| {
                area.is_shared && area.start == control.end && area.inode == control.inode
            });
            let page = rustix::param::page_size();
            Mapping {
                range: control.range.to_owned(),
                inode: control.inode,
                path: control.path.to_owned(),
                marked: next.and_then(|area| marked(area.offset, area.len(), page)),
            }
        }))
}

/// A line of `/proc/PID/maps`.
struct Area<'a> {
    range: &'a str,
    start: usize,
    end: usize,
    /// Readable, writable and shared.
    is_shared: bool,
    offset: usize,
    inode: u64,
    path: &'a str,
}

impl<'a> Area<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let mut words = line.splitn(6, ' ');
        let (range, access, offset) = (words.next()?, words.next()?, words.next()?);
        let (_device, inode, path) = (words.next()?, words.next()?, words.next()?.trim_start());
        let (start, end) = range.split_once('-')?;
        let number = |text| usize::from_str_radix(text, 16).ok();
        Some(Self {
            range,
            start: number(start)?,
            end: number(end)?,
            is_shared: access == "rw-s",
            offset: number(offset)?,
            inode: inode.parse().ok()?,
            path: path.strip_suffix(" (deleted)").unwrap_or(path),
        })
    }

    fn len(&self) -> usize {
        self.end.saturating_sub(self.start)
    }
}

/// All pids, ascending.
///
/// # Errors
/// If `/proc` cannot be read.
pub(crate) fn pids() -> io::Result<Vec<u32>> {
    numbers("/proc")
}

/// The names of a folder's entries that are numbers, ascending.
fn numbers(folder: &str) -> io::Result<Vec<u32>> {
    let names = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name()));
    let names = names.collect::<io::Result<Vec<_>>>()?;
    let mut numbers: Vec<u32> = names
        .iter()
        .filter_map(|name| name.to_str()?.parse().ok())
        .collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// `None` when the file, or the process it is about, went away.
fn unless_gone(read: io::Result<Vec<u8>>) -> io::Result<Option<Vec<u8>>> {
    match read {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::SRCH.raw_os_error()) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
