//! The call graph for Graphviz.

use std::io::{self, Write};

use ginseng_analysis::program::Program;

use super::Explanation;
use super::picture::{Kind, Picture};

impl Explanation {
    /// Writes it.
    ///
    /// # Errors
    /// If `out` cannot be written.
    pub(crate) fn dot(&self, program: &Program, out: &mut impl Write) -> io::Result<()> {
        let picture = Picture::of(program, self);
        writeln!(out, "digraph program {{")?;
        writeln!(
            out,
            "  rankdir=LR; node [shape=box, style=filled, fontname=\"sans-serif\"];"
        )?;
        for (index, node) in picture.nodes.iter().enumerate() {
            let mut label = escaped(&node.name);
            for point in &node.points {
                label += &format!("\\nupdate point {}", escaped(point));
            }
            if node.more > 0 {
                label += &format!("\\ncalls {} more", node.more);
            }
            let style = match (node.kind, node.points.is_empty()) {
                (Kind::Blocking, _) => ", shape=ellipse",
                (Kind::Untouched, _) => ", style=\"filled,dashed\"",
                (_, false) => ", penwidth=3",
                _ => "",
            };
            let tooltip = node.place.as_deref().map_or("library", |place| place);
            writeln!(
                out,
                "  f{index} [label=\"{label}\", class={}, fillcolor=\"{}\", tooltip=\"{}\"{style}];",
                node.kind.class(),
                node.kind.colour(),
                escaped(tooltip),
            )?;
        }
        for edge in &picture.edges {
            let style = if edge.indirect { " [style=dashed]" } else { "" };
            writeln!(out, "  f{} -> f{}{style};", edge.from, edge.to)?;
        }
        writeln!(out, "}}")
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
