//! Many random programs, each of a seed of its own, tried by as many threads as there are processors.

use std::env;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// The number in an environment variable.
///
/// # Panics
/// If it is set to something else.
pub fn number(name: &str, default: u64) -> u64 {
    match env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}={text}")),
        Err(_) => default,
    }
}

/// Tries `count` seeds from `first` on.
///
/// # Panics
/// If some fail, with all that they report.
pub fn try_all(first: u64, count: u64, one: impl Fn(u64) -> Result<(), String> + Sync) {
    let next = AtomicU64::new(first);
    let failed = Mutex::new(Vec::new());
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + count {
                return;
            }
            if let Err(report) = one(seed) {
                let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                failed.push(report);
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    assert!(
        failed.is_empty(),
        "{} of {count} failed\n{}",
        failed.len(),
        failed.join("\n\n")
    );
}
