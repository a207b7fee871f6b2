//! What the keys do to the rules: a form, what it would change, and only then the rule.

use super::App;
use super::by_hand::READ_ONLY;
use super::event::Effect;
use super::form::{About, Form, Line};
use super::overlay::Overlay;
use super::previewing::Previewing;
use crate::domain::rule::{Direction, RuleDraft, book};
use crate::domain::{Edit, Rule, RuleError, RulePreview};

impl App {
    pub(super) fn show_rules(&mut self) -> Vec<Effect> {
        self.overlay = Some(Overlay::Rules { rules: None, selected: 0 });
        vec![Effect::LoadRules]
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
        let RuleDraft { contains, without, amount, direction, category, name, tag } =
            RuleDraft::of(&rule);
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
            amount: text(2),
            direction: Direction::ALL[form.chosen(3)],
            category: text(4),
            name: text(5),
            tag: text(6),
        };
        match draft.rule(old) {
            Ok(rule) => {
                let asked = Effect::PreviewRule(rule.clone());
                let previewing = Previewing { rule, form, preview: None, top: 0 };
                self.overlay = Some(Overlay::Preview(Box::new(previewing)));
                vec![asked]
            }
            Err(why) => {
                let line = match why {
                    RuleError::GivesNothing => 4,
                    RuleError::Mistake(_) if !draft.amount.is_empty() => 2,
                    _ => 0,
                };
                self.overlay = Some(Overlay::Form(form.refuse(line, why.to_string())));
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
        vec![Effect::Edit(book::save(previewing.rule, &known))]
    }

    pub(super) fn remove_rule(&mut self) -> Vec<Effect> {
        let edit = self.chosen_rule().map(|(rules, at)| book::remove(&rules[at]));
        self.change_rules(edit)
    }

    pub(super) fn pause_rule(&mut self) -> Vec<Effect> {
        let edit = self.chosen_rule().map(|(rules, at)| book::pause(&rules[at], !rules[at].paused));
        self.change_rules(edit)
    }

    /// The keys go with it.
    pub(super) fn move_rule(&mut self, down: bool) -> Vec<Effect> {
        let Some((rules, at)) = self.chosen_rule() else { return Vec::new() };
        let Some(to) = (if down { Some(at + 1) } else { at.checked_sub(1) }) else {
            return Vec::new();
        };
        let effects = {
            let edit = book::put(rules, at, to);
            self.change_rules(edit)
        };
        if !effects.is_empty()
            && let Some(Overlay::Rules { selected, .. }) = &mut self.overlay
        {
            *selected = to;
        }
        effects
    }

    fn change_rules(&mut self, edit: Option<Edit>) -> Vec<Effect> {
        if self.setup.read_only {
            self.tell(READ_ONLY);
            return Vec::new();
        }
        edit.map(Effect::Edit).into_iter().collect()
    }

    /// All of them, and the place of the chosen one. None where there is none.
    fn chosen_rule(&self) -> Option<(&[Rule], usize)> {
        match &self.overlay {
            Some(Overlay::Rules { rules: Some(rules), selected }) => {
                (*selected < rules.len()).then_some((rules, *selected))
            }
            _ => None,
        }
    }
}
