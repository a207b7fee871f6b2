//! Scripts of the rules: a form, what would change, and only then the edit.

use super::*;
use crate::domain::query::Names;
use crate::domain::{Edit, Rule, RulePreview, Target};

fn rule(id: &str, position: i64, query: &str) -> Rule {
    let category = Some("food".to_owned());
    Rule { id: id.into(), position, query: query.to_owned(), category, ..Rule::default() }
}

fn opened(setup: Setup) -> (Fake, App) {
    let rules = vec![rule("a", 1, "rowan"), rule("b", 2, "\"blue bottle\" -beans amt:>5 is:out")];
    let fake = Fake { rules, ..Fake::new(&["a"], 5) };
    let mut app = fake.start(setup);
    press(&fake, &mut app, "=");
    (fake, app)
}

fn type_in(app: &mut App, text: &str) {
    for letter in text.chars() {
        app.update(Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE)));
    }
}

fn edit(effects: &[Effect]) -> Edit {
    let [Effect::Edit(edit)] = effects else { panic!("{effects:?}") };
    edit.clone()
}

fn kept(edit: &Edit) -> Vec<Rule> {
    let read = |(target, value): &(Target, Option<String>)| {
        assert!(matches!(target, Target::Rule { .. }));
        serde_json::from_str(value.as_ref().unwrap()).unwrap()
    };
    edit.sets.iter().map(read).collect()
}

#[test]
fn a_rule_is_filled_in_previewed_and_then_kept() {
    let (fake, mut app) = opened(setup());
    press(&fake, &mut app, "a");
    type_in(&mut app, "shell");
    press(&fake, &mut app, "enter enter enter");
    type_in(&mut app, ">20");
    press(&fake, &mut app, "down down");
    type_in(&mut app, "fuel");
    press(&fake, &mut app, "down down");
    let asked = press(&fake, &mut app, "enter");
    let [Effect::PreviewRule(asked)] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!((&*asked.query, asked.category.as_deref()), ("shell amt:>20", Some("fuel")));
    assert_eq!(app.context(), Context::Preview);
    assert_eq!(press(&fake, &mut app, "enter"), [], "not before it is known what changes");
    let preview = RulePreview { found: 3, changed: 2, rows: Vec::new() };
    app.update(Event::RulePreviewed { rule: asked.clone(), preview: preview.clone() });
    press(&fake, &mut app, "esc");
    assert_eq!(app.context(), Context::Form, "esc goes back to what was typed");
    press(&fake, &mut app, "enter");
    app.update(Event::RulePreviewed { rule: asked.clone(), preview });
    let made = edit(&press(&fake, &mut app, "enter"));
    assert_eq!(made.sentence, "a rule for shell amt:>20: category fuel");
    assert_eq!((&*kept(&made)[0].id.0, kept(&made)[0].position), ("rule_shell_amt:>20", 3));
    assert_eq!(app.context(), Context::Rules);
}

#[test]
fn a_rule_that_cannot_be_is_refused_where_it_is_wrong() {
    let (fake, mut app) = opened(setup());
    press(&fake, &mut app, "a");
    type_in(&mut app, "tag:x");
    press(&fake, &mut app, "end down down down down down");
    type_in(&mut app, "food");
    assert_eq!(press(&fake, &mut app, "down down enter"), []);
    let Some(Overlay::Form(form)) = &app.overlay else { panic!("the form stays") };
    assert_eq!(form.at, 0);
    assert!(form.wrong.as_ref().unwrap().contains("cannot stand in one"), "{:?}", form.wrong);
}

#[test]
fn an_old_rule_stands_in_the_form_as_it_was() {
    let (fake, mut app) = opened(setup());
    press(&fake, &mut app, "j enter");
    let Some(Overlay::Form(form)) = &app.overlay else { panic!("no form") };
    let texts = [0, 1, 2, 3, 5, 6, 7].map(|line| form.text(line).to_owned());
    assert_eq!(texts, ["\"blue bottle\"", "beans", "", ">5", "food", "", ""]);
    assert_eq!(form.chosen(4), 1);
}

#[test]
fn a_rule_for_an_account_is_told_by_name_and_kept_by_id() {
    let rules = vec![rule("r", 1, "acct:acc_1 rowan")];
    let mut names =
        Names { accounts: Fake::new(&["acc_1", "acc_2"], 0).names().accounts, ..Names::default() };
    names.accounts[0].name = "Joint Checking".to_owned();
    names.accounts[1].name = "Everyday".to_owned();
    let fake = Fake { rules, ..Fake::new(&["acc_1", "acc_2"], 5) };
    let mut app = fake.start(setup());
    press(&fake, &mut app, "=");
    app.find.names = None;
    assert_eq!(press(&fake, &mut app, "enter x space"), [], "no rule is shown yet");
    app.update(Event::NamesLoaded(names));
    press(&fake, &mut app, "enter down down");
    let Some(Overlay::Form(form)) = &app.overlay else { panic!("no form") };
    assert_eq!(form.text(2), "Joint Checking");
    type_in(&mut app, ", nowhere");
    assert_eq!(press(&fake, &mut app, "down down down down down enter"), []);
    let Some(Overlay::Form(form)) = &app.overlay else { panic!("the form stays") };
    assert_eq!((form.at, form.wrong.as_deref()), (2, Some("no account is called nowhere")));
    press(&fake, &mut app, "ctrl-w");
    type_in(&mut app, " every");
    let asked = press(&fake, &mut app, "down down down down down enter");
    let [Effect::PreviewRule(asked)] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!(asked.query, "rowan acct:acc_1 acct:acc_2");
    let preview = RulePreview { found: 1, changed: 1, rows: Vec::new() };
    app.update(Event::RulePreviewed { rule: asked.clone(), preview });
    let made = edit(&press(&fake, &mut app, "enter"));
    assert_eq!(
        made.sentence,
        "the rule for rowan acct:\"Joint Checking\" acct:Everyday: category food"
    );
}

#[test]
fn rules_are_moved_silenced_and_taken_away() {
    let (fake, mut app) = opened(setup());
    let moved = kept(&edit(&press(&fake, &mut app, "alt-j")));
    assert_eq!(moved.iter().map(|rule| &*rule.id.0).collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(press(&fake, &mut app, "alt-j"), [], "the keys went with it, to the end");
    assert!(kept(&edit(&press(&fake, &mut app, "space")))[0].paused);
    assert_eq!(
        edit(&press(&fake, &mut app, "k x")).sets,
        [(Target::Rule { id: "a".into() }, None)]
    );
}

#[test]
fn read_only_changes_no_rule() {
    let (fake, mut app) = opened(Setup { read_only: true, ..setup() });
    for keys in ["a", "enter", "alt-j", "space", "x"] {
        assert_eq!(press(&fake, &mut app, keys), [], "{keys}");
        assert_eq!(app.context(), Context::Rules, "{keys}");
    }
}
