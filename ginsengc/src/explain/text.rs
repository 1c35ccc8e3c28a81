//! The tables of `explain` for people.

use std::io::{self, Write};

use ginseng_analysis::layout::{Layout, Placed};
use ginseng_analysis::wrappable::RecordFacts;
use ginseng_frontend::facts::Reason;

use super::{Explanation, Gated, Point};

/// Active functions of a point, and obstacles of a type, printed before the rest is only counted.
const SHOWN: usize = 4;

impl Explanation {
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
        self.print_units(out)?;
        self.print_types(out)?;
        for (index, (name, layout)) in self.layouts.iter().enumerate() {
            if index == 0 {
                writeln!(out, "\nlayouts that patches made, offsets in bytes")?;
            }
            let ty = self.types.iter().find(|ty| ty.name == *name);
            print_layout(out, ty.map_or(name, |ty| &ty.title), layout)?;
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
        if self.cancels {
            writeln!(
                out,
                "  few windows in threads: the program uses pthread_cancel, which libc's own calls must see"
            )?;
        }
        Ok(())
    }

    /// What stays as it is, and where that is said.
    fn print_units(&self, out: &mut impl Write) -> io::Result<()> {
        let functions: usize = self.units.iter().map(|unit| unit.functions).sum();
        let left: usize = self.units.iter().map(|unit| unit.gated.len()).sum();
        let opaque = self
            .units
            .iter()
            .filter(|unit| unit.opaque.is_some())
            .count();
        writeln!(
            out,
            "\n{} of {} C files and {} of {functions} functions can be updated",
            self.units.len() - opaque,
            self.units.len(),
            functions - left
        )?;
        for unit in &self.units {
            if let Some(Reason { message, loc, .. }) = &unit.opaque {
                let source = &unit.source;
                writeln!(out, "  {source}: {}:{}: {message}", loc.file, loc.line)?;
            }
            for Gated { function, reason } in &unit.gated {
                let Reason { message, loc, .. } = reason;
                writeln!(out, "  {function}: {}:{}: {message}", loc.file, loc.line)?;
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
                name, title, size, ..
            } = ty;
            write!(out, "  {size:>7}  {objects:<10}  {layout:<14}  {title}")?;
            // A title of its own says where it stands.
            match title == name {
                true => writeln!(out, " ({}:{})", ty.file, ty.line)?,
                false => writeln!(out)?,
            }
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
fn print_layout(out: &mut impl Write, title: &str, layout: &Layout) -> io::Result<()> {
    writeln!(out, "  {title}: {} bytes", layout.size)?;
    let inside = layout.fields.iter().filter(|field| field.block.is_none());
    writeln!(out, "    in the object  {}", places(inside))?;
    for (index, block) in layout.blocks.iter().enumerate() {
        let number = Some(index as u32);
        let fields = layout.fields.iter().filter(|field| field.block == number);
        let head = format!("block {}", index + 1);
        writeln!(
            out,
            "    {head:<13}  {} ({} bytes)",
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
