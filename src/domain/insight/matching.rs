//! The one-to-one matching of greatest total weight between two sides.

use std::collections::BTreeMap;

/// May be matched, left with right, at a weight above 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    pub left: usize,
    pub right: usize,
    pub weight: i64,
}

/// Beyond so many edges hanging together, the heaviest are taken one by one: hundreds of equal
/// amounts within days say nothing that a better search would bring out.
const SEARCHED: usize = 400;

/// Indices of the edges taken, ascending. Equal totals go to the edges that stand first.
pub fn best(edges: &[Edge]) -> Vec<usize> {
    let mut taken: Vec<usize> = components(edges)
        .into_values()
        .flat_map(|part| match part.len() {
            1 => part,
            2..=SEARCHED => heaviest(edges, &part),
            _ => greedy(edges, part),
        })
        .collect();
    taken.sort_unstable();
    taken
}

/// Edges that share an end, directly or over others.
fn components(edges: &[Edge]) -> BTreeMap<usize, Vec<usize>> {
    let lefts = edges.iter().map(|edge| edge.left + 1).max().unwrap_or(0);
    let rights = edges.iter().map(|edge| edge.right + 1).max().unwrap_or(0);
    let mut parent: Vec<usize> = (0..lefts + rights).collect();
    for edge in edges {
        let (a, b) = (root(&mut parent, edge.left), root(&mut parent, lefts + edge.right));
        parent[a.max(b)] = a.min(b);
    }
    let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, edge) in edges.iter().enumerate() {
        parts.entry(root(&mut parent, edge.left)).or_default().push(index);
    }
    parts
}

fn root(parent: &mut [usize], mut node: usize) -> usize {
    while parent[node] != node {
        parent[node] = parent[parent[node]];
        node = parent[node];
    }
    node
}

fn greedy(edges: &[Edge], mut part: Vec<usize>) -> Vec<usize> {
    part.sort_by_key(|&index| (-edges[index].weight, index));
    let (mut lefts, mut rights) = (Vec::new(), Vec::new());
    part.retain(|&index| {
        let Edge { left, right, .. } = edges[index];
        let free = !lefts.contains(&left) && !rights.contains(&right);
        if free {
            lefts.push(left);
            rights.push(right);
        }
        free
    });
    part
}

/// Takes the path of greatest gain until none gains: edges not yet taken lead from left to right
/// and add their weight, taken ones lead back and give theirs up.
fn heaviest(edges: &[Edge], part: &[usize]) -> Vec<usize> {
    let mut taken = vec![false; part.len()];
    while let Some(path) = best_path(edges, part, &taken) {
        for place in path {
            taken[place] = !taken[place];
        }
    }
    part.iter().zip(taken).filter_map(|(&index, taken)| taken.then_some(index)).collect()
}

/// Places in `part` to flip, or `None` when nothing more is won. Bellman and Ford's search: gains
/// may be negative on the way.
fn best_path(edges: &[Edge], part: &[usize], taken: &[bool]) -> Option<Vec<usize>> {
    type Gains = BTreeMap<usize, (i64, Vec<usize>)>;
    let used = |side: fn(&Edge) -> usize, node: usize| {
        part.iter().zip(taken).any(|(&index, taken)| *taken && side(&edges[index]) == node)
    };
    let mut lefts: Gains = part
        .iter()
        .map(|&index| edges[index].left)
        .filter(|&left| !used(|edge| edge.left, left))
        .map(|left| (left, (0, Vec::new())))
        .collect();
    let mut rights = Gains::new();
    let mut moved = true;
    while std::mem::take(&mut moved) {
        for (place, &index) in part.iter().enumerate() {
            let Edge { left, right, weight } = edges[index];
            let (from, to, start, end, gain) = if taken[place] {
                (&rights, &lefts, right, left, -weight)
            } else {
                (&lefts, &rights, left, right, weight)
            };
            let Some((so_far, path)) = from.get(&start) else { continue };
            let gain = so_far + gain;
            if to.get(&end).is_none_or(|(best, _)| gain > *best) && !path.contains(&place) {
                let path = path.iter().copied().chain([place]).collect();
                let to = if taken[place] { &mut lefts } else { &mut rights };
                to.insert(end, (gain, path));
                moved = true;
            }
        }
    }
    let open = rights.into_iter().filter(|(right, _)| !used(|edge| edge.right, *right));
    let (gain, path) = open.map(|(_, reached)| reached).max_by_key(|(gain, _)| *gain)?;
    (gain > 0).then_some(path)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn total(edges: &[Edge], taken: &[usize]) -> i64 {
        taken.iter().map(|&index| edges[index].weight).sum()
    }

    /// Tries every subset.
    fn by_brute_force(edges: &[Edge]) -> i64 {
        (0..1_u32 << edges.len())
            .map(|set| (0..edges.len()).filter(|bit| set >> bit & 1 == 1).collect::<Vec<_>>())
            .filter(|taken| is_one_to_one(edges, taken))
            .map(|taken| total(edges, &taken))
            .max()
            .unwrap_or(0)
    }

    fn is_one_to_one(edges: &[Edge], taken: &[usize]) -> bool {
        let differ = |side: fn(&Edge) -> usize| {
            let mut ends: Vec<usize> = taken.iter().map(|&index| side(&edges[index])).collect();
            ends.sort_unstable();
            ends.windows(2).all(|pair| pair[0] != pair[1])
        };
        differ(|edge| edge.left) && differ(|edge| edge.right)
    }

    #[test]
    fn the_better_whole_wins_over_the_best_single_one() {
        let edge = |left, right, weight| Edge { left, right, weight };
        let edges = [edge(0, 0, 9), edge(0, 1, 8), edge(1, 0, 8)];
        assert_eq!(best(&edges), [1, 2]);
    }

    proptest! {
        #[test]
        fn no_other_matching_weighs_more(
            edges in prop::collection::btree_map((0..4_usize, 0..4_usize), 1..20_i64, 0..11)
        ) {
            let edges: Vec<Edge> = edges
                .into_iter()
                .map(|((left, right), weight)| Edge { left, right, weight })
                .collect();
            let taken = best(&edges);
            prop_assert!(is_one_to_one(&edges, &taken));
            prop_assert_eq!(total(&edges, &taken), by_brute_force(&edges));
        }
    }
}
