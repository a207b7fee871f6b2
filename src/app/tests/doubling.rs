//! Scripts of rows that look alike: opened side by side, left out, dismissed for good.

use super::*;
use crate::domain::edit::ON;
use crate::domain::insight::{Confidence, Duplicate, Patterns};
use crate::domain::query::Check;
use crate::domain::{Edit, Field as Said, Target};

fn fake() -> Fake {
    let mut fake = Fake::new(&["a", "b"], 4);
    let group = |id: &str, places: [usize; 2]| Duplicate {
        id: id.to_owned(),
        merchant: "row".to_owned(),
        amount: fake.rows[places[0]].transaction.amount,
        rows: places
            .map(|place| (fake.rows[place].transaction.date, fake.rows[place].key()))
            .to_vec(),
        across: false,
        confidence: Confidence::of(75),
        why: vec!["The same merchant and amount, on the same day.".to_owned()],
    };
    let duplicates = vec![group("one", [1, 0]), group("two", [2, 6])];
    fake.patterns = Patterns { duplicates, ..Patterns::default() };
    fake
}

/// Answers the question for the rows of a group.
fn answer(fake: &Fake, app: &mut App, asked: &[Effect]) {
    let [Effect::LoadPicked { query, ends: None }] = asked else { panic!("{asked:?}") };
    let [ids, accounts] = &query.filter.clauses[..] else { panic!("{query:?}") };
    assert!(matches!(&accounts.check, Check::Accounts(of) if of.len() == 1));
    assert!(matches!(&ids.check, Check::Ids(ids) if ids.len() == 2));
    let rows = fake.window(query).rows;
    app.update(Event::PickedLoaded { query: query.clone(), rows });
}

fn edit(effects: &[Effect]) -> Edit {
    let [Effect::Edit(edit)] = effects else { panic!("{effects:?}") };
    edit.clone()
}

#[test]
fn rows_are_seen_side_by_side_and_one_is_left_out() {
    let fake = fake();
    let mut app = fake.start(setup());
    let asked = press(&fake, &mut app, "d enter");
    answer(&fake, &mut app, &asked);
    let made = edit(&press(&fake, &mut app, "j j x"));
    let target = Target::Row { key: fake.rows[0].key(), field: Said::LeftOut };
    assert_eq!(made.sets, [(target, Some(ON.to_owned()))], "the newer one");
    press(&fake, &mut app, "esc");
    assert_eq!(app.context(), Context::Duplicates, "back to the groups");
    press(&fake, &mut app, "esc");
    assert_eq!(app.context(), Context::Accounts);
}

#[test]
fn a_dismissed_group_leaves_at_once_and_for_good() {
    let fake = fake();
    let mut app = fake.start(setup());
    let made = edit(&press(&fake, &mut app, "d j x"));
    let target = Target::Dismissal { kind: "finding".to_owned(), subject: "twice|two".to_owned() };
    assert_eq!(made.sets, [(target, Some(ON.to_owned()))]);
    assert_eq!(app.insights.duplicates().len(), 1);
    assert_eq!(app.update(key("u")), [Effect::Undo]);
}
