//! Two builds of a server at work, in turns.

use anyhow::Result;

use crate::stats;

/// How often there are new processes, and turns of each of a pair.
#[derive(Clone, Copy)]
pub(crate) struct Turns {
    pub(crate) launches: u32,
    pub(crate) rounds: u32,
}

/// Pairs of what plain cc's build and the other one have done, by figure.
pub(crate) type Pairs<const FIGURES: usize> = [Vec<(f64, f64)>; FIGURES];

impl Turns {
    /// Launches pairs of servers, has them do each kind of work by turns, and shows them to `end`. Gives the
    /// pairs by kind of work.
    pub(crate) fn take<S, const FIGURES: usize>(
        self,
        kinds: usize,
        mut launch: impl FnMut() -> Result<[S; 2]>,
        turn: impl Fn(&mut S, usize) -> Result<[f64; FIGURES]>,
        mut end: impl FnMut(&[S; 2]) -> Result<()>,
    ) -> Result<Vec<Pairs<FIGURES>>>
    where
        [f64; FIGURES]: Default,
    {
        let mut pairs = vec![[const { Vec::new() }; FIGURES]; kinds];
        for _ in 0..self.launches {
            let mut servers = launch()?;
            for (kind, pairs) in pairs.iter_mut().enumerate() {
                // The first turns bring code, data and extension blocks into being, and into caches.
                for server in &mut servers {
                    turn(server, kind)?;
                }
                let turns =
                    stats::alternating(self.rounds, |which| turn(&mut servers[which], kind))?;
                for (figure, pairs) in pairs.iter_mut().enumerate() {
                    pairs.extend(
                        turns
                            .iter()
                            .map(|[plain, theirs]| (plain[figure], theirs[figure])),
                    );
                }
            }
            end(&servers)?;
        }
        Ok(pairs)
    }
}
