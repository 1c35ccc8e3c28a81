//! What was measured, as it is kept on disk.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::stats::{self, Interval};

/// All numbers of one run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Numbers {
    pub(crate) machine: Machine,
    /// Against plain cc, in the order of measurement.
    pub(crate) ratios: Vec<Ratio>,
    pub(crate) samples: Vec<Samples>,
}

/// Where it was measured.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) processors: usize,
    pub(crate) kernel: String,
    pub(crate) compiler: String,
    /// Load average of a minute before and after: other work makes intervals wider.
    pub(crate) load_before: f64,
    pub(crate) load_after: f64,
    /// Some numbers were kept from earlier runs.
    #[serde(default)]
    pub(crate) in_parts: bool,
}

/// A variant against plain cc, in pairs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ratio {
    pub(crate) what: String,
    pub(crate) variant: String,
    pub(crate) unit: String,
    /// Median of plain cc.
    pub(crate) base: f64,
    /// Median of the variant.
    pub(crate) value: f64,
    #[serde(flatten)]
    pub(crate) interval: Interval,
}

/// Single values.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Samples {
    pub(crate) what: String,
    pub(crate) part: String,
    pub(crate) unit: String,
    /// In the order of measurement.
    pub(crate) values: Vec<f64>,
}

impl Numbers {
    /// Adds pairs of plain cc and a variant.
    pub(crate) fn ratio(&mut self, what: &str, variant: &str, unit: &str, pairs: &[(f64, f64)]) {
        let column = |pick: fn(&(f64, f64)) -> f64| pairs.iter().map(pick).collect::<Vec<_>>();
        self.ratios.push(Ratio {
            what: what.to_owned(),
            variant: variant.to_owned(),
            unit: unit.to_owned(),
            base: stats::median(&column(|pair| pair.0)),
            value: stats::median(&column(|pair| pair.1)),
            interval: stats::paired(pairs),
        });
    }

    /// Adds single values.
    pub(crate) fn add(&mut self, what: &str, part: &str, unit: &str, values: Vec<f64>) {
        let (what, part, unit) = (what.to_owned(), part.to_owned(), unit.to_owned());
        self.samples.push(Samples {
            what,
            part,
            unit,
            values,
        });
    }

    /// Adds what an earlier run measured and this one did not.
    pub(crate) fn keep_others(&mut self, earlier: Self) {
        self.machine.in_parts = true;
        let ratios = earlier.ratios.into_iter();
        let others: Vec<Ratio> = ratios
            .filter(|it| self.find(&it.what, &it.variant).is_none())
            .collect();
        self.ratios.extend(others);
        let samples = earlier.samples.into_iter();
        let others: Vec<Samples> = samples
            .filter(|it| {
                !self
                    .samples
                    .iter()
                    .any(|own| own.what == it.what && own.part == it.part)
            })
            .collect();
        self.samples.extend(others);
    }

    /// The ratio of a variant, if it was measured.
    pub(crate) fn find(&self, what: &str, variant: &str) -> Option<&Ratio> {
        self.ratios
            .iter()
            .find(|it| it.what == what && it.variant == variant)
    }

    /// The samples of one kind, sorted, if there are any.
    pub(crate) fn sorted(&self, what: &str, part: &str) -> Option<Vec<f64>> {
        let found = self
            .samples
            .iter()
            .find(|it| it.what == what && it.part == part)?;
        let mut values = found.values.clone();
        values.sort_by(f64::total_cmp);
        (!values.is_empty()).then_some(values)
    }

    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let text = toml::to_string(self).context("cannot spell the numbers")?;
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path)
            .with_context(|| format!("cannot read {}: run `make bench`", path.display()))?;
        toml::from_str(&text).with_context(|| format!("cannot understand {}", path.display()))
    }
}

impl Machine {
    /// Looks at this machine.
    pub(crate) fn look() -> Result<Self> {
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").context("cannot read /proc/cpuinfo")?;
        let model = cpuinfo.lines().find(|line| line.starts_with("model name"));
        let model = model
            .and_then(|line| line.split_once(": "))
            .map(|(_, name)| name);
        let version = Command::new("cc")
            .arg("--version")
            .output()
            .context("cannot run cc")?;
        let version = String::from_utf8_lossy(&version.stdout).into_owned();
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease");
        Ok(Self {
            processor: model.unwrap_or("unknown").to_owned(),
            processors: std::thread::available_parallelism()?.get(),
            kernel: kernel
                .context("cannot read the kernel's release")?
                .trim()
                .to_owned(),
            compiler: version.lines().next().unwrap_or("unknown").to_owned(),
            load_before: load_average()?,
            load_after: 0.0,
            in_parts: false,
        })
    }
}

/// Processes that wanted to run, on average over the last minute.
pub(crate) fn load_average() -> Result<f64> {
    let text = fs::read_to_string("/proc/loadavg").context("cannot read /proc/loadavg")?;
    let first = text
        .split_whitespace()
        .next()
        .context("/proc/loadavg is empty")?;
    first.parse().context("/proc/loadavg has no number")
}
