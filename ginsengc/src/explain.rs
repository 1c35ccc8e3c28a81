//! What `ginsengc explain PROGRAM` says: where a program can be updated, and what a patch can do to
//! its types.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use ginseng_analysis::layout::{Layout, Placed};
use ginseng_analysis::program::Program;
use ginseng_analysis::state::Record;
use ginseng_analysis::wrappable::{self, RecordFacts};
use serde::Serialize;

use crate::diff::table::spelled;

/// Active functions of a point, and obstacles of a type, printed before the rest is only counted.
const SHOWN: usize = 4;

/// All of it; serialised for `--json`.
#[derive(Serialize)]
pub(crate) struct Explanation {
    /// Patches applied on the way to it; 0 for an executable.
    version: u32,
    points: Vec<Point>,
    /// Bytes that being updatable adds to each object, whatever its type.
    bytes_added: u64,
    types: Vec<RecordFacts>,
    /// Types whose objects are not laid out as the text says, by name.
    layouts: BTreeMap<String, Layout>,
}

#[derive(Serialize)]
struct Point {
    name: String,
    function: String,
    /// The version that brought it.
    since: u32,
    /// Functions that may be on the stack there.
    active: Vec<String>,
    /// Why its function cannot be entered there.
    obstacle: Option<String>,
}

impl Explanation {
    /// Reads it from a program record.
    pub(crate) fn of(record: Record) -> Self {
        let Record { units, state, .. } = record;
        let points = state.points.into_iter().map(|point| Point {
            name: point.name,
            function: point.function,
            since: point.since,
            active: point.active,
            obstacle: point.frame.obstacle,
        });
        let points: Vec<Point> = points.collect();
        let active: BTreeSet<String> = points
            .iter()
            .flat_map(|point| point.active.iter().cloned())
            .collect();
        let mut types = wrappable::table(&Program::link(units), &active);
        // The text tells the size that a type would have in a new process.
        for ty in &mut types {
            if let Some(layout) = state.layouts.get(&ty.name) {
                ty.size = layout.size;
            }
        }
        Self {
            version: state.version,
            points,
            bytes_added: 0,
            types,
            layouts: state.layouts,
        }
    }

    /// Prints it for people.
    ///
    /// # Errors
    /// If `out` cannot be written.
    pub(crate) fn print(&self, out: &mut impl Write, name: &str) -> io::Result<()> {
        match self.version {
            0 => writeln!(out, "{name}: an executable")?,
            version => writeln!(out, "{name}: a patch to version {version}")?,
        }
        self.print_points(out)?;
        self.print_types(out)?;
        for (index, (name, layout)) in self.layouts.iter().enumerate() {
            if index == 0 {
                writeln!(out, "\nlayouts that patches made, offsets in bytes")?;
            }
            print_layout(out, name, layout)?;
        }
        Ok(())
    }

    fn print_points(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(
            out,
            "\nupdate points, and the functions that may be active there"
        )?;
        let width = self.points.iter().map(|point| point.name.len()).max();
        for point in &self.points {
            let Point { name, active, .. } = point;
            let count = active.len();
            let mut names = active[..count.min(SHOWN)].join(", ");
            if count > SHOWN {
                names += &format!(", and {} more", count - SHOWN);
            }
            write!(out, "  {name:<0$}  {count:>4}  {names}", width.unwrap_or(0))?;
            match point.since {
                0 => writeln!(out)?,
                since => writeln!(out, " (since version {since})")?,
            }
            if let Some(obstacle) = &point.obstacle {
                writeln!(out, "      - cannot be entered: {obstacle}")?;
            }
        }
        Ok(())
    }

    fn print_types(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(
            out,
            "\ntypes; no byte is added to any object, new fields lie beside those that are touched"
        )?;
        writeln!(
            out,
            "  {:>7}  {:<10}  {:<14}  type",
            "bytes", "objects", "layout"
        )?;
        for ty in &self.types {
            let objects = if ty.persistent {
                "persistent"
            } else {
                "transient"
            };
            let layout = match (ty.persistent, ty.obstacles.is_empty()) {
                (false, _) => "changes freely",
                (true, true) => "can change",
                (true, false) => "cannot change",
            };
            let RecordFacts {
                name,
                file,
                line,
                size,
                ..
            } = ty;
            let name = spelled(name);
            writeln!(
                out,
                "  {size:>7}  {objects:<10}  {layout:<14}  {name} ({file}:{line})"
            )?;
            if !ty.persistent {
                continue;
            }
            for obstacle in ty.obstacles.iter().take(SHOWN) {
                let at = format!("{}:{}", obstacle.file, obstacle.line);
                writeln!(out, "{:>11}- {at}: {}", "", obstacle.reason)?;
            }
            if ty.obstacles.len() > SHOWN {
                let more = ty.obstacles.len() - SHOWN;
                writeln!(out, "{:>11}- and {more} more (--json has them)", "")?;
            }
        }
        Ok(())
    }
}

/// Where each field is: in the object, or in which block.
fn print_layout(out: &mut impl Write, name: &str, layout: &Layout) -> io::Result<()> {
    writeln!(out, "  {}: {} bytes", spelled(name), layout.size)?;
    let inside = layout.fields.iter().filter(|field| field.block.is_none());
    writeln!(out, "    in the object  {}", places(inside))?;
    for (index, block) in layout.blocks.iter().enumerate() {
        let number = Some(index as u32);
        let fields = layout.fields.iter().filter(|field| field.block == number);
        let title = format!("block {}", index + 1);
        writeln!(
            out,
            "    {title:<13}  {} ({} bytes)",
            places(fields),
            block.size
        )?;
    }
    Ok(())
}

/// Fields with their offsets in bytes; bit-fields with the bit, fields that are gone in brackets.
fn places<'a>(fields: impl Iterator<Item = &'a Placed>) -> String {
    let place = |field: &Placed| {
        let Placed { name, offset, .. } = field;
        let text = match field.width {
            Some(_) => format!("{}.{} {name}", offset / 8, offset % 8),
            None => format!("{} {name}", offset / 8),
        };
        if field.gone {
            format!("[{text}]")
        } else {
            text
        }
    };
    fields.map(place).collect::<Vec<_>>().join(", ")
}
