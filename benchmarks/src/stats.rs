//! What samples say: medians, quantiles, and intervals that assume nothing of their distribution.

use anyhow::Result;
use serde::{Deserialize, Serialize};

/// A ratio with the interval in which the true median lies with 95 % probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Interval {
    pub(crate) ratio: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// Samples that it rests on.
    pub(crate) pairs: usize,
}

impl Interval {
    /// Both ends.
    pub(crate) fn ends(&self) -> [f64; 2] {
        [self.low, self.high]
    }
}

/// The ratio of second to first in pairs that were measured one right after the other. Other work
/// on the machine hits few pairs, and a median does not care by how much.
///
/// # Panics
/// Without pairs.
pub(crate) fn paired(pairs: &[(f64, f64)]) -> Interval {
    let mut ratios: Vec<f64> = pairs.iter().map(|(base, value)| value / base).collect();
    ratios.sort_by(f64::total_cmp);
    // Ranks of the sign test, by the normal approximation of the binomial distribution.
    let count = ratios.len();
    let reach = (count as f64 - 1.96 * (count as f64).sqrt()) / 2.0;
    let rank = (reach.floor().max(1.0) as usize - 1).min((count - 1) / 2);
    Interval {
        ratio: quantile(&ratios, 0.5),
        low: ratios[rank],
        high: ratios[count - 1 - rank],
        pairs: count,
    }
}

/// Turns of 0 and of 1, one right after the other; every second time 1 comes first.
pub(crate) fn alternating<T: Copy + Default>(
    rounds: u32,
    mut turn: impl FnMut(usize) -> Result<T>,
) -> Result<Vec<[T; 2]>> {
    let mut pairs = Vec::new();
    for round in 0..rounds as usize {
        let mut pair = [T::default(); 2];
        for which in [round % 2, 1 - round % 2] {
            pair[which] = turn(which)?;
        }
        pairs.push(pair);
    }
    Ok(pairs)
}

/// Median of unsorted samples.
pub(crate) fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    quantile(&sorted, 0.5)
}

/// The quantile `at` (0 to 1) of sorted samples, interpolated.
///
/// # Panics
/// Without samples.
pub(crate) fn quantile(sorted: &[f64], at: f64) -> f64 {
    let place = at * (sorted.len() - 1) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_interpolated() {
        let sorted = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(quantile(&sorted, 0.0), 1.0);
        assert_eq!(quantile(&sorted, 0.5), 2.5);
        assert_eq!(quantile(&sorted, 1.0), 4.0);
        assert_eq!(median(&[9.0, 1.0, 5.0]), 5.0);
    }

    #[test]
    fn one_wild_pair_moves_nothing() {
        let mut pairs = vec![(10.0, 11.0); 40];
        pairs.push((10.0, 1e6));
        let interval = paired(&pairs);
        assert_eq!(
            (interval.ratio, interval.low, interval.high),
            (1.1, 1.1, 1.1)
        );
        assert_eq!(interval.pairs, 41);
    }

    /// Ranks 17 and 33 of 49 (counted from 1 and 1 more, as the table of the sign test has it).
    #[test]
    fn the_interval_has_the_ranks_of_the_sign_test() {
        let pairs: Vec<(f64, f64)> = (1..=49).map(|value| (1.0, f64::from(value))).collect();
        let interval = paired(&pairs);
        assert_eq!(
            (interval.ratio, interval.low, interval.high),
            (25.0, 17.0, 33.0)
        );
    }

    #[test]
    fn few_pairs_give_all_of_their_range() {
        let interval = paired(&[(1.0, 1.0), (1.0, 2.0), (1.0, 3.0)]);
        assert_eq!((interval.low, interval.high), (1.0, 3.0));
    }
}
