//! One page for a browser: the call graph as a drawing, and all tables. It needs nothing but itself.

use std::io::{self, Write};

use ginseng_analysis::program::Program;
use ginseng_analysis::records;
use ginseng_analysis::remainders::RemainderId;
use ginseng_frontend::facts::Reason;

use super::picture::{KINDS, Picture};
use super::{Constraint, Explanation, Point, layers};

/// Rows of a constraint set that are shown before the rest is only counted.
const SHOWN: usize = 500;

/// Pixels from column to column, and from row to row.
const STEP: (usize, usize) = (260, 44);

/// Size of a box.
const BOX: (usize, usize) = (200, 32);

const STYLE: &str = "\
body { font-family: sans-serif; margin: 1em 2em; color: #212529 }
table { border-collapse: collapse; margin: .5em 0 }
th, td { text-align: left; vertical-align: top; padding: .15em .8em .15em 0; border-bottom: 1px solid #dee2e6 }
code, svg text { font-family: monospace }
svg text { font-size: 12px }
svg text.note { font-size: 10px; fill: #495057 }
svg rect { stroke: #868e96 }
svg rect.point { stroke: #e03131; stroke-width: 3 }
svg rect.untouched { stroke-dasharray: 4 }
svg path { fill: none; stroke: #adb5bd }
svg path.indirect { stroke-dasharray: 4 }
.graph { overflow: auto; max-height: 90vh; border: 1px solid #dee2e6 }
.key { padding: 0 .4em; border: 1px solid #868e96 }
";

impl Explanation {
    /// Writes the page; `name` is the program as typed.
    ///
    /// # Errors
    /// If `out` cannot be written.
    pub(crate) fn html(
        &self,
        program: &Program,
        name: &str,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let picture = Picture::of(program, self);
        let name = escaped(name);
        writeln!(
            out,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
             <title>{name}</title>\n<style>\n{STYLE}"
        )?;
        for kind in KINDS {
            let (class, colour) = (kind.class(), kind.colour());
            writeln!(out, ".{class} {{ fill: {colour}; background: {colour} }}")?;
        }
        writeln!(out, "</style>\n</head>\n<body>\n<h1>{name}</h1>")?;
        match self.version {
            0 => writeln!(out, "<p>An executable.</p>")?,
            version => writeln!(out, "<p>A patch to version {version}.</p>")?,
        }
        writeln!(
            out,
            "<h2>Call graph</h2>\n<p>{} of {} functions are on the way to an update point or shown with them. \
             <span class=\"key active\">active</span>: may be on a stack while an update is applied. \
             <span class=\"key blocking\">waits</span>: a library function that blocks. \
             <span class=\"key untouched\">untouched</span>: compiled as it came. \
             A red frame: it has update points. Broken lines: calls through pointers.</p>",
            picture
                .nodes
                .iter()
                .filter(|node| node.place.is_some())
                .count(),
            picture.functions,
        )?;
        drawing(&picture, out)?;
        self.points_table(out)?;
        let opaque = self.units.iter().filter_map(|unit| {
            let reason = unit.opaque.as_ref()?;
            Some((&*unit.source, reason))
        });
        untouched("Opaque units: compiled as they came", opaque, out)?;
        let gated = self.units.iter().flat_map(|unit| &unit.gated);
        let gated = gated.map(|gated| (&*gated.function, &gated.reason));
        untouched("Gated functions: left as they are", gated, out)?;
        self.remainders_table(out)?;
        self.types_table(out)?;
        writeln!(out, "</body>\n</html>")
    }

    fn points_table(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "<h2>Update points ({})</h2>", self.points.len())?;
        for point in &self.points {
            let Point {
                name,
                function,
                since,
                active,
                obstacle,
                ..
            } = point;
            writeln!(
                out,
                "<h3><code>{}</code> in <code>{}</code></h3>",
                escaped(name),
                escaped(function)
            )?;
            if *since > 0 {
                writeln!(out, "<p>Since version {since}.</p>")?;
            }
            match obstacle {
                Some(obstacle) => {
                    writeln!(out, "<p>Cannot be entered: {}.</p>", escaped(obstacle))?;
                }
                None => writeln!(out, "<p>Waiting activations go over to new code here.</p>")?,
            }
            let active: Vec<String> = active.iter().map(|name| escaped(name)).collect();
            writeln!(out, "<p>Active: <code>{}</code></p>", active.join(", "))?;
            let callers = point.callers.iter().map(|id| self.link(*id));
            writeln!(
                out,
                "<p>What may go on as old code, with what it may still do: itself, {}{}{}.</p>",
                self.link(point.own),
                if point.callers.is_empty() {
                    ""
                } else {
                    "; its callers, "
                },
                callers.collect::<Vec<_>>().join(", ")
            )?;
        }
        Ok(())
    }

    /// A link to a constraint set, under its function's name.
    fn link(&self, id: RemainderId) -> String {
        let function = escaped(&self.remainders[id as usize].function);
        format!("<a href=\"#set{id}\"><code>{function}</code></a>")
    }

    fn remainders_table(&self, out: &mut impl Write) -> io::Result<()> {
        let sets = &self.remainders;
        writeln!(out, "<h2>Constraint sets ({})</h2>", sets.len())?;
        for (id, set) in sets.iter().enumerate() {
            let title = format!("What <code>{}</code> may still do", escaped(&set.function));
            self.constraints(id, &title, &set.constraints, out)?;
        }
        Ok(())
    }

    fn constraints(
        &self,
        id: usize,
        title: &str,
        list: &[Constraint],
        out: &mut impl Write,
    ) -> io::Result<()> {
        writeln!(
            out,
            "<details id=\"set{id}\">\n<summary>{title} ({})</summary>\n<table>\n\
             <tr><th></th><th>what</th><th>of type</th><th>used by</th><th>at</th></tr>",
            list.len()
        )?;
        for used in list.iter().take(SHOWN) {
            writeln!(
                out,
                "<tr><td>{}</td><td><code>{}</code></td><td><code>{}</code></td><td><code>{}</code></td><td>{}:{}</td></tr>",
                used.kind,
                escaped(&self.titled(&used.name)),
                escaped(&self.titled(&used.ty)),
                escaped(&used.by),
                escaped(&used.file),
                used.line
            )?;
        }
        writeln!(out, "</table>")?;
        if list.len() > SHOWN {
            writeln!(
                out,
                "<p>And {} more (--json has them).</p>",
                list.len() - SHOWN
            )?;
        }
        writeln!(out, "</details>")
    }

    /// A text with the titles of types in place of their keys.
    fn titled(&self, text: &str) -> String {
        let types = self.types.iter();
        records::titled(text, types.map(|ty| (&*ty.name, || ty.title.clone())))
    }

    fn types_table(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(
            out,
            "<h2>Types ({})</h2>\n<table>\n<tr><th>type</th><th>place</th><th>bytes</th><th>layout</th></tr>",
            self.types.len()
        )?;
        for ty in &self.types {
            let layout = match (ty.persistent, ty.obstacles.is_empty()) {
                (false, _) => "changes freely".to_owned(),
                (true, true) => "can change".to_owned(),
                (true, false) => {
                    let obstacles = ty.obstacles.iter().map(|obstacle| {
                        let at = format!("{}:{}", obstacle.file, obstacle.line);
                        format!("<br/>{}: {}", escaped(&at), escaped(&obstacle.reason))
                    });
                    format!("cannot change{}", obstacles.collect::<String>())
                }
            };
            writeln!(
                out,
                "<tr><td><code>{}</code></td><td>{}:{}</td><td>{}</td><td>{layout}</td></tr>",
                escaped(&ty.title),
                escaped(&ty.file),
                ty.line,
                ty.size
            )?;
        }
        writeln!(out, "</table>")
    }
}

fn untouched<'a>(
    title: &str,
    list: impl Iterator<Item = (&'a str, &'a Reason)>,
    out: &mut impl Write,
) -> io::Result<()> {
    let rows: Vec<String> = list
        .map(|(name, reason)| {
            let Reason { message, loc, .. } = reason;
            format!(
                "<tr><td><code>{}</code></td><td>{}:{}</td><td>{}</td></tr>\n",
                escaped(name),
                escaped(&loc.file),
                loc.line,
                escaped(message)
            )
        })
        .collect();
    writeln!(out, "<h2>{title} ({})</h2>", rows.len())?;
    if !rows.is_empty() {
        writeln!(out, "<table>\n{}</table>", rows.concat())?;
    }
    Ok(())
}

/// The call graph.
fn drawing(picture: &Picture, out: &mut impl Write) -> io::Result<()> {
    let places = layers::layout(picture);
    let corner = |node: usize| (10 + STEP.0 * places[node].0, 10 + STEP.1 * places[node].1);
    let far = |step: usize, pick: fn(&(usize, usize)) -> usize| {
        places.iter().map(pick).max().unwrap_or(0) * step + step + 20
    };
    let (width, height) = (far(STEP.0, |place| place.0), far(STEP.1, |place| place.1));
    writeln!(
        out,
        "<div class=\"graph\">\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\">"
    )?;
    for edge in &picture.edges {
        let ((x, y), (to_x, to_y)) = (corner(edge.from), corner(edge.to));
        let (x, y, to_y) = (x + BOX.0, y + BOX.1 / 2, to_y + BOX.1 / 2);
        let class = if edge.indirect {
            " class=\"indirect\""
        } else {
            ""
        };
        writeln!(
            out,
            "<path{class} d=\"M{x} {y} C{} {y} {} {to_y} {to_x} {to_y}\"/>",
            x + 30,
            to_x.saturating_sub(30)
        )?;
    }
    for (index, node) in picture.nodes.iter().enumerate() {
        let (x, y) = corner(index);
        let point = if node.points.is_empty() { "" } else { " point" };
        let place = node.place.as_deref().unwrap_or("library");
        let mut notes: Vec<String> = node
            .points
            .iter()
            .map(|point| format!("point {point}"))
            .collect();
        if node.more > 0 {
            notes.push(format!("calls {} more", node.more));
        }
        writeln!(
            out,
            "<g><title>{} ({}) {}</title><rect class=\"{}{point}\" x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"4\"/>\
             <text x=\"{}\" y=\"{}\">{}</text><text class=\"note\" x=\"{}\" y=\"{}\">{}</text></g>",
            escaped(&node.name),
            escaped(place),
            escaped(&notes.join(", ")),
            node.kind.class(),
            BOX.0,
            BOX.1,
            x + 6,
            y + 14,
            escaped(&short(&node.name, 26)),
            x + 6,
            y + 27,
            escaped(&short(&notes.join(", "), 34)),
        )?;
    }
    writeln!(out, "</svg>\n</div>")
}

/// The end of a text that is too long for its box: the start is a folder, mostly.
fn short(text: &str, room: usize) -> String {
    let count = text.chars().count();
    match count > room {
        true => format!(
            "\u{2026}{}",
            text.chars().skip(count - room + 1).collect::<String>()
        ),
        false => text.to_owned(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
