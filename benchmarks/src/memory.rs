//! Resident memory of a process, as `/proc/PID/smaps_rollup` has it.

use std::fs;

use anyhow::{Context, Result};

/// In kilobytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    /// All resident pages.
    pub(crate) resident: f64,
    /// The same, pages shared by n processes counted for one n-th.
    pub(crate) proportional: f64,
    /// Pages that this process alone has written.
    pub(crate) private_dirty: f64,
}

impl Memory {
    /// Of a living process.
    pub(crate) fn of(pid: u32) -> Result<Self> {
        let path = format!("/proc/{pid}/smaps_rollup");
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
        Self::parse(&text).with_context(|| format!("cannot understand {path}"))
    }

    fn parse(text: &str) -> Option<Self> {
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line?.trim().strip_suffix(" kB")?.parse::<f64>().ok()
        };
        Some(Self {
            resident: field("Rss:")?,
            proportional: field("Pss:")?,
            private_dirty: field("Private_Dirty:")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_whole_name() {
        let text = "5500-7ff [rollup]\nRss:    1656 kB\nPss:   239 kB\nPss_Dirty:   7 kB\n\
                    Private_Clean:  0 kB\nPrivate_Dirty:   84 kB\n";
        let memory = Memory::parse(text).unwrap();
        assert_eq!(memory.resident, 1656.0);
        assert_eq!(memory.proportional, 239.0);
        assert_eq!(memory.private_dirty, 84.0);
    }
}
