//! Pictures of the rules, of one being made, and of what it would change.

use passbook::app::{App, Event};
use passbook::domain::rule::RuleChange;
use passbook::domain::{Rule, RulePreview, Shown};

use super::sample::{Sample, household, usd};
use super::{app, check, press};

fn ruled() -> Sample {
    let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let rule = |(query, category, name, tag): (&str, &str, &str, &str)| Rule {
        id: query.into(),
        query: query.to_owned(),
        category: said(category),
        name: said(name),
        tag: said(tag),
        ..Rule::default()
    };
    let mut rules: Vec<Rule> = [
        ("\"rowan market\"", "groceries", "Rowan's", ""),
        ("shell amt:>20 is:out", "fuel", "", "car"),
        ("netflix", "", "", "subscription"),
        ("rowan acct:acc_joint acct:acc_travel", "", "", "shared"),
    ]
    .map(rule)
    .into();
    rules[1].paused = true;
    Sample { rules, ..household() }
}

/// The second rule in its form, and what it would change.
fn previewed(size: (u16, u16), masked: bool) -> App {
    let sample = ruled();
    let mut app = app(&sample, size, if masked { "p = enter" } else { "= enter" });
    press(&sample, &mut app, "down down down down down down down enter");
    let shown = |merchant: &str, category: &str| Shown {
        merchant: merchant.to_owned(),
        category: Some(category.to_owned()).filter(|name| !name.is_empty()),
        ..Shown::default()
    };
    let change = |(date, amount, before): (&str, &str, &str)| RuleChange {
        date: date.parse().unwrap(),
        amount: usd(amount),
        before: shown("ROWAN MKT #0221 PORTLAND OR", before),
        after: shown("Rowan's", "groceries"),
    };
    let rows = [
        ("2026-11-20", "-86.46", "general"),
        ("2026-11-13", "-64.20", ""),
        ("2026-11-03", "-91.77", "groceries"),
    ];
    let rows = rows.map(change).into();
    let preview = RulePreview { found: 1_041, changed: 1_020, rows };
    app.update(Event::RulePreviewed { rule: sample.rules[0].clone(), preview });
    app
}

#[test]
fn rules_in_their_order() {
    check("rules", |size| app(&ruled(), size, "= j"));
    check("rules_none", |size| app(&household(), size, "="));
}

#[test]
fn a_rule_being_made() {
    check("rule_form", |size| app(&ruled(), size, "= j enter"));
    check("rule_for_accounts", |size| app(&ruled(), size, "= j j j enter tab tab"));
    check("rule_refused", |size| {
        app(&ruled(), size, "= a down down down down down down down enter")
    });
}

#[test]
fn what_a_rule_would_change() {
    check("rule_preview", |size| previewed(size, false));
    check("rule_preview_masked", |size| previewed(size, true));
}
