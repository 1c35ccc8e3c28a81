//! The points that may be reached after a patch: all that could be before, whose constraints now cover
//! the new bodies of their active functions too, and those of the patch's own code.

use std::collections::BTreeSet;

use super::closure::Closure;
use super::compare::Comparison;
use super::reentry::Reentries;
use super::shapes::Shapes;
use crate::active::{Activity, Rest};
use crate::callgraph::CallGraph;
use crate::facts;
use crate::points::Point;
use crate::program::{EntityId, Program};
use crate::records::Records;
use crate::remainders::{Remainder, RemainderId, Remainders, ordered};
use crate::state::{LivePoint, State};

/// What the patch is known to do.
pub(super) struct Live<'a> {
    pub(super) old: &'a Program,
    pub(super) new: &'a Program,
    pub(super) records: &'a Records<'a>,
    pub(super) graph: &'a CallGraph,
    pub(super) before: &'a State,
    pub(super) next: &'a State,
    pub(super) comparison: &'a Comparison,
    pub(super) shapes: &'a Shapes,
    pub(super) closure: &'a Closure,
    pub(super) reentries: &'a Reentries,
}

impl Live<'_> {
    /// `placed` are all points of the new program, `points` those that the patch brings, with their
    /// numbers.
    pub(super) fn points(
        &self,
        placed: &[Point],
        points: &[(Point, u32)],
    ) -> (Vec<LivePoint>, Vec<Remainder>) {
        let new = self.new;
        let mut list = self.before.remainders.clone();
        for remainder in &mut list {
            self.shapes.translate(&mut remainder.effects);
        }
        let mut remainders = Remainders::new(new, self.records, self.next);
        let mut live: Vec<LivePoint> = self.before.points.clone();
        let mut activity = Activity::new(new, self.graph);
        for point in &mut live {
            self.cover(point, placed, &mut activity, &mut remainders, &mut list);
        }
        let old_records = Records::of(self.old);
        let mut stale = Remainders::new(self.old, &old_records, self.before);
        let all: Vec<Point> = points.iter().map(|(point, _)| point.clone()).collect();
        for (index, (point, id)) in points.iter().enumerate() {
            let callers = activity.callers(point.function);
            let own = activity.own(point);
            let mut constraints = remainders.all(&callers, &mut list);
            constraints.extend(self.former(&all, index, callers.keys(), &mut stale, &mut list));
            let unit = &new.units[point.unit].unit;
            let pointers = self.reentries.pointers(point.unit, unit, self.before);
            live.push(LivePoint {
                id: *id,
                name: point.name.clone(),
                function: new.entities[point.function].key.clone(),
                ordinal: facts::ordinal(&all, index),
                since: self.next.version,
                callers: ordered(constraints),
                own: remainders.add(point.function, &own, &mut list),
                frame: facts::frame(new, &all, index, &pointers),
            });
        }
        (live, list)
    }

    /// A point from before may now have new bodies of its callers above it. An old body that has been
    /// replaced is not entered any more: whoever is in it came from bodies that are older still.
    fn cover(
        &self,
        point: &mut LivePoint,
        placed: &[Point],
        activity: &mut Activity,
        remainders: &mut Remainders,
        list: &mut Vec<Remainder>,
    ) {
        let replaced = |key: &str| {
            let id = self.new.by_key.get(key).copied();
            id.filter(|id| self.closure.functions.contains(id))
        };
        if replaced(&point.function).is_some() {
            return;
        }
        // Where its functions go on in their new bodies, if these still lead to it.
        let same = (0..placed.len()).find(|&index| {
            self.new.entities[placed[index].function].key == point.function
                && facts::ordinal(placed, index) == point.ordinal
        });
        let rests = same.map(|index| activity.at_point(&placed[index]));
        let mut constraints = point.callers.clone();
        for id in self.before.active(point).into_iter().filter_map(replaced) {
            let rest = rests.as_ref().and_then(|active| active.get(&id));
            let rest = rest.unwrap_or(&Rest::Whole);
            constraints.push(remainders.add(id, rest, list));
        }
        point.callers = ordered(constraints);
    }

    /// A caller of a new point may still run a body from before: then it came by the same point as
    /// before, or from anywhere in its old text.
    fn former<'k>(
        &self,
        all: &[Point],
        index: usize,
        callers: impl Iterator<Item = &'k EntityId>,
        stale: &mut Remainders,
        list: &mut Vec<Remainder>,
    ) -> Vec<RemainderId> {
        let function = &self.new.entities[all[index].function].key;
        let ordinal = facts::ordinal(all, index);
        let former = |known: &&LivePoint| known.function == *function && known.ordinal == ordinal;
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        for known in self.before.points.iter().filter(former) {
            seen.extend(self.before.active(known));
            found.extend(&known.callers);
        }
        for caller in callers {
            let key = &self.new.entities[*caller].key;
            let replaced =
                self.comparison.changed.contains(caller) || self.closure.functions.contains(caller);
            if let Some(&id) = self.old.by_key.get(key)
                && replaced
                && !seen.contains(key.as_str())
            {
                let known = list.len();
                found.push(stale.add(id, &Rest::Whole, list));
                for remainder in list.iter_mut().skip(known) {
                    self.shapes.translate(&mut remainder.effects);
                }
            }
        }
        found
    }
}
