//! What the keys do to the rules: a form, what it would change, and only then the rule.

use super::App;
use super::by_hand::READ_ONLY;
use super::event::Effect;
use super::form::{About, Form, Line};
use super::overlay::Overlay;
use super::previewing::Previewing;
use crate::domain::query::Names;
use crate::domain::rule::{Direction, RuleDraft, book};
use crate::domain::{Edit, Rule, RuleError, RulePreview};

const UNREAD: &str = "the accounts are still being read: enter tries again";

impl App {
    pub(super) fn show_rules(&mut self) -> Vec<Effect> {
        self.overlay = Some(Overlay::Rules { rules: None, selected: 0 });
        let mut effects = self.prepare_finding();
        effects.push(Effect::LoadRules);
        effects
    }

    pub(super) fn add_rule(&mut self) -> Vec<Effect> {
        self.write_rule(Rule::default())
    }

    /// The chosen one, line by line.
    pub(super) fn change_rule(&mut self) -> Vec<Effect> {
        let rule = self.chosen_rule().map(|(rules, at)| rules[at].clone());
        rule.map(|rule| self.write_rule(rule)).unwrap_or_default()
    }

    fn write_rule(&mut self, rule: Rule) -> Vec<Effect> {
        let title = if rule.id.0.is_empty() { "A new rule" } else { "A rule" };
        let draft = RuleDraft::of(&rule, &self.find.names.clone().unwrap_or_default());
        let RuleDraft { contains, without, accounts, amount, direction, category, name, tag } =
            draft;
        let ways = Direction::ALL.map(Direction::word).to_vec();
        let way = Direction::ALL.iter().position(|way| *way == direction).unwrap_or(0);
        let mut money = Line::choice("money", ways);
        money.choose(way);
        let lines = vec![
            Line::text(
                "contains",
                &contains,
                "words or \"phrases\" of the bank's text, all of them",
            ),
            Line::text("but not", &without, "words that it must not contain"),
            Line::text("account", &accounts, "names or last digits, commas between; empty: any"),
            Line::text("amount", &amount, "such as 9.99, >50 or 5..10; empty: any"),
            money,
            Line::text("→ category", &category, "empty: says nothing about it"),
            Line::text("→ name", &name, "who it is; empty: says nothing about it"),
            Line::text("→ tag", &tag, "enter shows what would change, before anything does"),
        ];
        self.fill_in_over(Form::new(About::Rule(Box::new(rule)), title.to_owned(), lines))
    }

    /// Asks what the form would change.
    pub(super) fn preview_rule(&mut self, form: Form) -> Vec<Effect> {
        let About::Rule(old) = &form.about else { return Vec::new() };
        let text = |line| form.text(line).to_owned();
        let draft = RuleDraft {
            contains: text(0),
            without: text(1),
            accounts: text(2),
            amount: text(3),
            direction: Direction::ALL[form.chosen(4)],
            category: text(5),
            name: text(6),
            tag: text(7),
        };
        let drafted = match &self.find.names {
            None if !draft.accounts.is_empty() => Err((2, UNREAD.to_owned())),
            names => draft
                .rule(old, &names.clone().unwrap_or_default())
                .map_err(|why| (where_wrong(&draft, &why), why.to_string())),
        };
        match drafted {
            Ok(rule) => {
                let asked = Effect::PreviewRule(rule.clone());
                let previewing = Previewing { rule, form, preview: None, top: 0 };
                self.overlay = Some(Overlay::Preview(Box::new(previewing)));
                vec![asked]
            }
            Err((line, why)) => {
                self.overlay = Some(Overlay::Form(form.refuse(line, why)));
                Vec::new()
            }
        }
    }

    pub(super) fn rule_previewed(&mut self, rule: &Rule, preview: RulePreview) {
        if let Some(Overlay::Preview(previewing)) = &mut self.overlay
            && previewing.rule == *rule
        {
            previewing.preview = Some(preview);
        }
    }

    /// What was seen is what is kept: not before the store has answered.
    pub(super) fn keep_rule(&mut self, previewing: Box<Previewing>) -> Vec<Effect> {
        if previewing.preview.is_none() {
            self.overlay = Some(Overlay::Preview(previewing));
            return Vec::new();
        }
        self.lift();
        let known = self.chosen_rule().map(|(rules, _)| rules.to_vec()).unwrap_or_default();
        let names = self.find.names.clone().unwrap_or_default();
        vec![Effect::Edit(book::save(previewing.rule, &known, &names))]
    }

    pub(super) fn remove_rule(&mut self) -> Vec<Effect> {
        self.change_rules(|rules, at, names| Some(book::remove(&rules[at], names)))
    }

    pub(super) fn pause_rule(&mut self) -> Vec<Effect> {
        self.change_rules(|rules, at, names| {
            Some(book::pause(&rules[at], !rules[at].paused, names))
        })
    }

    /// The keys go with it.
    pub(super) fn move_rule(&mut self, down: bool) -> Vec<Effect> {
        let Some((_, at)) = self.chosen_rule() else { return Vec::new() };
        let Some(to) = (if down { Some(at + 1) } else { at.checked_sub(1) }) else {
            return Vec::new();
        };
        let effects = self.change_rules(|rules, at, names| book::put(rules, at, to, names));
        if !effects.is_empty()
            && let Some(Overlay::Rules { selected, .. }) = &mut self.overlay
        {
            *selected = to;
        }
        effects
    }

    /// What is to become of the chosen one, or of the order.
    fn change_rules(
        &mut self,
        edit: impl Fn(&[Rule], usize, &Names) -> Option<Edit>,
    ) -> Vec<Effect> {
        if self.setup.read_only {
            self.tell(READ_ONLY);
            return Vec::new();
        }
        let names = self.find.names.clone().unwrap_or_default();
        let edit = self.chosen_rule().and_then(|(rules, at)| edit(rules, at, &names));
        edit.map(Effect::Edit).into_iter().collect()
    }

    /// All of them, and the place of the chosen one. None where none is shown.
    fn chosen_rule(&self) -> Option<(&[Rule], usize)> {
        match &self.overlay {
            Some(Overlay::Rules { rules: Some(rules), selected }) if self.find.names.is_some() => {
                (*selected < rules.len()).then_some((rules, *selected))
            }
            _ => None,
        }
    }
}

/// The line of the form that is to be changed.
fn where_wrong(draft: &RuleDraft, why: &RuleError) -> usize {
    match why {
        RuleError::GivesNothing => 5,
        RuleError::NoAccount(_) if !draft.accounts.is_empty() => 2,
        RuleError::Mistake(_) if !draft.amount.is_empty() => 3,
        _ => 0,
    }
}
