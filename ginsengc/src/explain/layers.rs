//! A simple layered layout: callers to the left of what they call.

use std::collections::BTreeMap;

use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;
use petgraph::visit::EdgeRef;

use super::picture::Picture;

/// Turns in which each column is put in order by its neighbours.
const SWEEPS: usize = 4;

/// Column and row of each node. Functions that call each other in a circle share a column.
pub(super) fn layout(picture: &Picture) -> Vec<(usize, usize)> {
    let mut graph = DiGraph::<usize, ()>::new();
    let nodes: Vec<_> = (0..picture.nodes.len())
        .map(|node| graph.add_node(node))
        .collect();
    for edge in &picture.edges {
        graph.add_edge(nodes[edge.from], nodes[edge.to], ());
    }
    // Circles come after what they lead to, so the reverse is the order of the columns.
    let mut column = vec![0; nodes.len()];
    for circle in tarjan_scc(&graph).into_iter().rev() {
        let first = circle.iter().map(|node| column[node.index()]).max();
        for &node in &circle {
            column[node.index()] = first.unwrap_or(0);
        }
        for node in &circle {
            for edge in graph.edges(*node) {
                let to = edge.target();
                if !circle.contains(&to) {
                    column[to.index()] = column[to.index()].max(column[node.index()] + 1);
                }
            }
        }
    }
    let mut columns: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (node, &at) in column.iter().enumerate() {
        columns.entry(at).or_default().push(node);
    }
    let mut row = vec![0; nodes.len()];
    for list in columns.values() {
        for (at, &node) in list.iter().enumerate() {
            row[node] = at;
        }
    }
    for sweep in 0..SWEEPS {
        let callers = sweep % 2 == 0;
        let weights: Vec<usize> = (0..nodes.len())
            .map(|node| middle(picture, node, &row, callers))
            .collect();
        for list in columns.values_mut() {
            list.sort_by_key(|&node| (weights[node], row[node]));
            for (at, &node) in list.iter().enumerate() {
                row[node] = at;
            }
        }
    }
    column.into_iter().zip(row).collect()
}

/// Where a node's callers, or what it calls, are on average, in hundredths of a row.
fn middle(picture: &Picture, node: usize, row: &[usize], callers: bool) -> usize {
    let ends = picture.edges.iter().map(|edge| match callers {
        true => (edge.to, edge.from),
        false => (edge.from, edge.to),
    });
    let rows: Vec<usize> = ends
        .filter(|(own, _)| *own == node)
        .map(|(_, other)| row[other])
        .collect();
    match rows.len() {
        0 => 100 * row[node],
        count => 100 * rows.iter().sum::<usize>() / count,
    }
}
