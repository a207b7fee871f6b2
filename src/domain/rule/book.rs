//! What the user does to the rules, as edits.

use super::accounts::told;
use super::{Rule, RuleId};
use crate::domain::edit::{Edit, Target};
use crate::domain::fold::fold;
use crate::domain::query::Names;

type Set = (Target, Option<String>);

fn set(rule: &Rule) -> Set {
    (Target::Rule { id: rule.id.clone() }, serde_json::to_string(rule).ok())
}

/// Keeps a rule, behind all others where it is new.
pub fn save(mut rule: Rule, known: &[Rule], names: &Names) -> Edit {
    let new = rule.id.0.is_empty();
    if new {
        rule.id = new_id(&rule.query, known);
        rule.position = known.iter().map(|other| other.position + 1).max().unwrap_or(1);
    }
    let what = if new { "a rule for" } else { "the rule for" };
    let sentence = format!("{what} {}: {}", told(&rule.query, names), gives(&rule));
    Edit { sentence, sets: vec![set(&rule)] }
}

/// What it said goes; what was said by hand stays.
pub fn remove(rule: &Rule, names: &Names) -> Edit {
    let target = Target::Rule { id: rule.id.clone() };
    let sentence = format!("no rule for {}", told(&rule.query, names));
    Edit { sentence, sets: vec![(target, None)] }
}

/// Silent from now on, or speaking again.
pub fn pause(rule: &Rule, paused: bool, names: &Names) -> Edit {
    let word = if paused { "off" } else { "on" };
    let sentence = format!("the rule for {} is {word}", told(&rule.query, names));
    Edit { sentence, sets: vec![set(&Rule { paused, ..rule.clone() })] }
}

/// To another place in the order; `None` where that changes nothing.
pub fn put(known: &[Rule], from: usize, to: usize, names: &Names) -> Option<Edit> {
    let mut order: Vec<&Rule> = known.iter().collect();
    if from >= order.len() || to >= order.len() || from == to {
        return None;
    }
    let moved = order.remove(from);
    order.insert(to, moved);
    let placed = order.iter().zip(1..).filter(|(rule, position)| rule.position != *position);
    let sets = placed.map(|(rule, position)| set(&Rule { position, ..(*rule).clone() })).collect();
    let said = told(&moved.query, names);
    let sentence = format!("the rule for {said} speaks as number {}", to + 1);
    Some(Edit { sentence, sets })
}

/// `category food, tag trip`.
pub fn gives(rule: &Rule) -> String {
    let said = [("name", &rule.name), ("category", &rule.category), ("tag", &rule.tag)];
    let said =
        said.into_iter().filter_map(|(what, text)| Some(format!("{what} {}", text.as_ref()?)));
    said.collect::<Vec<_>>().join(", ")
}

/// One that tells what the rule is about, and that no other has.
pub fn new_id(query: &str, known: &[Rule]) -> RuleId {
    let base = format!("rule_{}", fold(query).replace(['"', ' '], "_"));
    let taken = |id: &str| known.iter().any(|rule| rule.id.0 == id);
    let numbered = (2..).map(|number| format!("{base}_{number}"));
    let free = std::iter::once(base.clone()).chain(numbered).find(|id| !taken(id));
    RuleId(free.unwrap_or(base))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(id: &str, position: i64) -> Rule {
        let (query, tag) = (format!("words of {id}"), Some("t".to_owned()));
        Rule { id: id.into(), position, query, tag, ..Rule::default() }
    }

    fn positions(edit: &Edit) -> Vec<(String, i64)> {
        let read = |(target, value): &Set| {
            let Target::Rule { id } = target else { panic!("{target:?}") };
            let rule: Rule = serde_json::from_str(value.as_ref().unwrap()).unwrap();
            (id.0.clone(), rule.position)
        };
        edit.sets.iter().map(read).collect()
    }

    #[test]
    fn only_rules_whose_place_changes_are_written() {
        let none = Names::default();
        let known = [rule("a", 1), rule("b", 2), rule("c", 3), rule("d", 4)];
        let edit = put(&known, 2, 1, &none).unwrap();
        assert_eq!(positions(&edit), [("c".to_owned(), 2), ("b".to_owned(), 3)]);
        assert_eq!((put(&known, 0, 0, &none), put(&known, 3, 4, &none)), (None, None));
        let tied = [rule("a", 1), rule("b", 1)];
        assert_eq!(positions(&put(&tied, 1, 0, &none).unwrap()), [("a".to_owned(), 2)]);
    }

    #[test]
    fn a_new_rule_speaks_last_under_an_id_of_its_own() {
        let none = Names::default();
        let known = [rule("rule_rowan", 7)];
        let new = Rule { query: "rowan".into(), tag: Some("t".into()), ..Rule::default() };
        assert_eq!(positions(&save(new, &known, &none)), [("rule_rowan_2".to_owned(), 8)]);
        assert_eq!(
            positions(&save(known[0].clone(), &known, &none)),
            [("rule_rowan".to_owned(), 7)]
        );
    }
}
