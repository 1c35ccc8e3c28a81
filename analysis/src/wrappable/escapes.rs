//! Records whose pointers come to functions that see the bytes behind them.
//!
//! * A function that is known to see them counts however the pointer came there: through variables,
//!   fields, results and calls by pointer.
//! * One that may see them, and one that compares, counts only if it is handed the record itself, or
//!   by functions of the program that hand on what they are given: what a container of `void *` holds
//!   is anything.

use ginseng_frontend::facts::SymbolKind;

use super::graph::{Graph, Node, NodeId, Reach};
use super::library::{self, Effect};
use super::{Look, Obstacle, Place};
use crate::program::{EntityId, Program};

/// Whether a pointer in a node was put there by the code right around it.
pub(super) fn is_direct(node: &Node) -> bool {
    matches!(node, Node::Local(..) | Node::Parameter(..))
}

/// What a function of no unit does with a parameter; none for those of the program.
pub(super) fn effect(program: &Program, function: EntityId, position: u32) -> Option<Effect> {
    let entity = &program.entities[function];
    let outside = entity.definition.is_none() && entity.kind == SymbolKind::Function;
    outside.then(|| library::effect(&entity.name, &entity.ty, position))
}

/// What is done to the bytes behind a pointer that comes to a node.
fn effect_at(program: &Program, node: &Node) -> Effect {
    match node {
        Node::Parameter(function, position) => {
            effect(program, *function, *position).unwrap_or(Effect::Nothing)
        }
        Node::Field(key, name) if library::SEEN_FIELDS.contains(&(*key, *name)) => Effect::Sees,
        _ => Effect::Nothing,
    }
}

/// The nodes with an effect.
pub(super) fn sinks(program: &Program, graph: &Graph, wanted: Effect) -> Vec<NodeId> {
    let nodes = 0..graph.nodes.len();
    nodes
        .filter(|&node| effect_at(program, &graph.nodes[node]) == wanted)
        .collect()
}

pub(super) fn find(program: &Program, graph: &Graph) -> Vec<(String, Obstacle)> {
    let mut found = Vec::new();
    let mut add = |wanted, look, what: &str, passes: &dyn Fn(&Node) -> bool| {
        let reach = graph.back_from(sinks(program, graph, wanted), passes);
        found.extend(coming(graph, &reach, look, |sink| {
            match &graph.nodes[sink] {
                Node::Parameter(function, _) => {
                    format!("`{}` {what}", program.entities[*function].name)
                }
                Node::Field(_, name) => format!("the kernel sees its bytes, by `{name}`"),
                _ => String::new(),
            }
        }));
    };
    let all = |node: &Node| *node != Node::Unknown;
    add(Effect::Sees, Look::Seen, "sees its bytes", &all);
    add(Effect::MaySee, Look::Seen, "may see its bytes", &is_direct);
    add(
        Effect::Compares,
        Look::Compared,
        "compares its bytes",
        &is_direct,
    );
    found
}

/// The flows from records into what is reached, with the reason that each sink has.
pub(super) fn coming(
    graph: &Graph,
    reach: &Reach,
    look: Look,
    reason: impl Fn(NodeId) -> String,
) -> Vec<(String, Obstacle)> {
    let mut found = Vec::new();
    for edge in &graph.edges {
        let (Node::Record(key), Some(flow)) = (&graph.nodes[edge.from], edge.flow) else {
            continue;
        };
        if graph.is_record(edge.to) || !reach.has(edge.to) {
            continue;
        }
        let (path, sink) = graph.path(reach, edge.to);
        let path = path.into_iter().filter_map(|edge| {
            let edge = &graph.edges[edge];
            edge.flow.map(|flow| place(edge.unit, flow))
        });
        found.push((
            (*key).to_owned(),
            Obstacle {
                look,
                reason: reason(sink),
                place: place(edge.unit, flow),
                path: path.collect(),
            },
        ));
    }
    found
}

pub(super) fn place(unit: usize, flow: &ginseng_frontend::objects::Flow) -> Place {
    Place {
        unit,
        loc: flow.loc.clone(),
        span: flow.span,
    }
}
