//! The update points of one unit, by what becomes of them in its text.

use ginseng_analysis::points::{MARKER, Place, Point};
use ginseng_analysis::program::Program;
use ginseng_frontend::facts::{Callee, LoopId, Span};

use crate::windows::Window;

/// A unit's points, with their numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct UnitPoints {
    /// Update checks at loop heads.
    pub(crate) loops: Vec<(LoopId, u32)>,
    /// All marker calls; none to drop the marker.
    pub(crate) markers: Vec<(Span, Option<u32>)>,
    /// Calls that become windows.
    pub(crate) windows: Vec<Window>,
}

impl UnitPoints {
    /// Those among `points` that stand in the unit `index`.
    pub(crate) fn of<'a>(
        program: &Program,
        index: usize,
        points: impl Iterator<Item = (u32, &'a Point)>,
    ) -> Self {
        let unit = &program.units[index].unit;
        let calls = unit.calls.iter().filter(|call| match call.callee {
            Callee::Direct(symbol) => unit.symbols[symbol as usize].name == MARKER,
            _ => false,
        });
        let mut found = Self {
            markers: calls.map(|call| (call.span, None)).collect(),
            ..Self::default()
        };
        for (id, point) in points.filter(|(_, point)| point.unit == index) {
            match point.place {
                Place::Loop(of) => found.loops.push((of, id)),
                Place::Window(call) => found.windows.push(Window { id, call }),
                Place::Marker(call) => {
                    let marker = found.markers.iter_mut().find(|(span, _)| *span == call);
                    if let Some((_, number)) = marker {
                        *number = Some(id);
                    }
                }
            }
        }
        found
    }
}
