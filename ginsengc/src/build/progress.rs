//! A progress bar for long work, on terminals only.

use std::io::IsTerminal;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// Counts compile jobs.
pub(crate) struct Progress {
    bar: ProgressBar,
    start: Instant,
    shown: OnceLock<()>,
}

impl Progress {
    /// For `jobs` jobs, from now on.
    pub(crate) fn new(jobs: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(jobs as u64), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("compiling {wide_bar} {pos}/{len}") {
            bar.set_style(style);
        }
        Self {
            bar,
            start: Instant::now(),
            shown: OnceLock::new(),
        }
    }

    /// One job is done; any thread may say so.
    pub(crate) fn step(&self) {
        if self.start.elapsed() > PATIENCE && std::io::stderr().is_terminal() {
            self.shown
                .get_or_init(|| self.bar.set_draw_target(ProgressDrawTarget::stderr()));
        }
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
