//! What the user is about to say of some rows: a category, a note, a tag or a name.

use crossterm::event::KeyEvent;

use super::field::{Field, Typed};
use super::pad::Pad;
use crate::domain::category::LONGEST_NAME;
use crate::domain::edit::{OFF, ON};
use crate::domain::query::Names;
use crate::domain::rule::book;
use crate::domain::{
    Edit, Field as Said, Rule, StoredTransaction, Target, TransactionKey, counted, fold,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Category,
    Note,
    Tag,
    Name,
}

impl What {
    pub fn title(self) -> &'static str {
        match self {
            Self::Category => "Category",
            Self::Note => "Note",
            Self::Tag => "Tag",
            Self::Name => "Merchant name",
        }
    }
}

/// One line of the list below what is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub label: String,
    /// How far it is set in.
    pub depth: usize,
    /// What is kept when it is chosen; `None` takes away what was said.
    pub value: Option<String>,
    /// How many of the rows have it.
    pub have: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editing {
    pub what: What,
    pub rows: Vec<StoredTransaction>,
    pub field: Field,
    /// Where a note is typed.
    pub pad: Pad,
    /// It was to be left with what is typed, and asks first.
    pub leaving: bool,
    selected: usize,
    /// Not only these rows: a rule for all that are like the first.
    pub alike: bool,
    /// How many rows that rule would find, once that is known.
    pub alike_rows: Option<u64>,
    rules: Vec<Rule>,
}

impl Editing {
    pub fn open(what: What, rows: Vec<StoredTransaction>) -> Self {
        let field = match (what, &rows[..]) {
            (What::Name, [row, ..]) => Field::new(&row.shown.merchant),
            _ => Field::default(),
        };
        Self {
            what,
            rows,
            field,
            pad: Pad::default(),
            leaving: false,
            selected: 0,
            alike: false,
            alike_rows: None,
            rules: Vec::new(),
        }
    }

    /// What is known of the rules, and the note that stands there.
    pub fn note_was(&mut self, note: Option<&str>) {
        if let Some(note) = note.filter(|_| self.what == What::Note && self.pad.is_empty()) {
            self.pad = Pad::new(note);
        }
    }

    pub fn rules_told(&mut self, rules: Vec<Rule>) {
        self.rules = rules;
    }

    pub fn key(&mut self, key: KeyEvent) -> Typed {
        if self.what == What::Note {
            let typed = self.pad.key(key);
            self.leaving &= typed == Typed::No;
            return typed;
        }
        let typed = self.field.key(key);
        if typed == Typed::Changed {
            self.selected = 0;
        }
        typed
    }

    pub fn paste(&mut self, text: &str) {
        match self.what {
            What::Note => self.pad.paste(text),
            _ => self.field.paste(text),
        }
    }

    /// Whether it may be left at once; a note that was changed asks first.
    pub fn leave(&mut self) -> bool {
        let asks = self.what == What::Note && self.pad.is_changed();
        !asks || std::mem::replace(&mut self.leaving, true)
    }

    pub fn selected(&self) -> usize {
        self.selected
    }

    pub fn move_by(&mut self, lines: isize, names: &Names) {
        let last = self.offers(names).len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(lines).min(last);
    }

    /// Whether a rule can say it of all rows alike.
    pub fn may_be_rule(&self) -> bool {
        self.what != What::Note && self.like().is_some()
    }

    /// What the list offers for what is typed.
    pub fn offers(&self, names: &Names) -> Vec<Offer> {
        let typed = self.field.text().trim();
        let folded = fold(typed);
        let fits = |offer: &Offer| fold(&offer.label).contains(&folded);
        match self.what {
            What::Note | What::Name => Vec::new(),
            What::Category => {
                let known = categories(names).into_iter().map(|(depth, name)| {
                    let depth = if typed.is_empty() { depth } else { 0 };
                    self.offer(name, depth)
                });
                let own = self.typed_offer(typed, names.categories.iter().map(|one| &*one.name));
                let bank = Offer {
                    label: "what the bank or a rule says".to_owned(),
                    depth: 0,
                    value: None,
                    have: 0,
                };
                own.into_iter().chain(known.filter(fits)).chain([bank]).collect()
            }
            What::Tag => {
                let known = names.tags.iter().map(|tag| self.offer(tag, 0));
                let own = self.typed_offer(typed, names.tags.iter().map(String::as_str));
                own.into_iter().chain(known.filter(fits)).collect()
            }
        }
    }

    fn typed_offer<'a>(
        &self,
        typed: &str,
        mut known: impl Iterator<Item = &'a str>,
    ) -> Option<Offer> {
        let new = !typed.is_empty() && !known.any(|name| fold(name) == fold(typed));
        let name: String = typed.chars().take(LONGEST_NAME).collect();
        new.then(|| self.offer(name.trim_end(), 0))
    }

    fn offer(&self, name: &str, depth: usize) -> Offer {
        let has = |row: &&StoredTransaction| match self.what {
            What::Tag => row.shown.tags.iter().any(|tag| tag == name),
            _ => row.shown.category.as_deref() == Some(name),
        };
        Offer {
            label: name.to_owned(),
            depth,
            value: Some(name.to_owned()),
            have: self.rows.iter().filter(has).count(),
        }
    }

    /// What is to be kept; `None` where nothing was typed or chosen that could be.
    pub fn edit(&self, names: &Names) -> Option<Edit> {
        let (field, value) = self.said(names)?;
        if self.alike {
            return self.rule(&field, value);
        }
        let of = of(&self.rows);
        let sentence = match (&field, &value) {
            (Said::Tag(tag), Some(word)) if word == OFF => format!("tag {tag} off {of}"),
            (Said::Tag(tag), Some(_)) => format!("tag {tag} on {of}"),
            (Said::Tag(tag), None) => format!("tag {tag} off {of}"),
            (Said::Note, Some(_)) => format!("note on {of}"),
            (_, Some(value)) => format!("{} of {of}: {value}", self.what.title().to_lowercase()),
            (_, None) => format!("no own {} for {of}", self.what.title().to_lowercase()),
        };
        let set = |row: &StoredTransaction| {
            let target = Target::Row { key: row.key(), field: field.clone() };
            (target, self.value_for(row, &field, value.clone()))
        };
        Some(Edit { sentence, sets: self.rows.iter().map(set).collect() })
    }

    fn said(&self, names: &Names) -> Option<(Said, Option<String>)> {
        let typed = self.field.text().trim();
        match self.what {
            What::Note => {
                let note = self.pad.text().trim().to_owned();
                Some((Said::Note, Some(note).filter(|note| !note.is_empty())))
            }
            What::Name => {
                Some((Said::Name, Some(typed.to_owned()).filter(|name| !name.is_empty())))
            }
            What::Category => {
                let chosen = self.offers(names).into_iter().nth(self.selected)?;
                Some((Said::Category, chosen.value))
            }
            What::Tag => {
                let chosen = self.offers(names).into_iter().nth(self.selected)?;
                let all = chosen.have == self.rows.len() && !self.alike;
                Some((Said::Tag(chosen.label), (!all).then(|| ON.to_owned())))
            }
        }
    }

    /// Taking off a tag that a rule gives must be said; one of the user's own just goes.
    fn value_for(
        &self,
        row: &StoredTransaction,
        field: &Said,
        value: Option<String>,
    ) -> Option<String> {
        let Said::Tag(tag) = field else { return value };
        let given = |rule: &Rule| rule.tag.as_ref() == Some(tag);
        let by_rule = row.shown.tags.contains(tag) && self.rules.iter().any(given);
        if value.is_none() && by_rule { Some(OFF.to_owned()) } else { value }
    }

    /// A text that rows like the first have in common: who the bank says it went to or came from.
    fn like(&self) -> Option<String> {
        let row = self.rows.first()?;
        let counterparty = row.transaction.counterparty.as_deref().filter(|name| !name.is_empty());
        let text = counterparty.map_or_else(|| row.transaction.shown().merchant, str::to_owned);
        let text = fold(&text.replace('"', " "));
        (!text.is_empty()).then(|| format!("\"{text}\""))
    }

    /// The rule for all rows alike, new or the one that finds the same.
    pub fn draft(&self) -> Option<Rule> {
        let query = self.like()?;
        let known = self.rules.iter().find(|rule| rule.query == query);
        let last = self.rules.iter().map(|rule| rule.position).max().unwrap_or(0);
        let new = || Rule { query: query.clone(), position: last + 1, ..Rule::default() };
        Some(known.cloned().unwrap_or_else(new))
    }

    fn rule(&self, field: &Said, value: Option<String>) -> Option<Edit> {
        let mut rule = self.draft()?;
        match field {
            Said::Category => rule.category.clone_from(&value),
            Said::Name => rule.name.clone_from(&value),
            Said::Tag(tag) => rule.tag = Some(tag.clone()),
            Said::Note | Said::LeftOut => return None,
        }
        if rule.id.0.is_empty() {
            rule.id = book::new_id(&rule.query, &self.rules);
        }
        let empty = rule.check().is_err();
        let what = self.what.title().to_lowercase();
        let said = match field {
            Said::Tag(tag) => tag.clone(),
            _ => value.unwrap_or_else(|| "none".to_owned()),
        };
        let sentence = format!("{what} of all like {}: {said}", rule.query);
        let text = serde_json::to_string(&rule).ok()?;
        let target = Target::Rule { id: rule.id };
        Some(Edit { sentence, sets: vec![(target, (!empty).then_some(text))] })
    }
}

/// The tree as a list shows it: depth and name.
fn categories(names: &Names) -> Vec<(usize, &str)> {
    let mut lines = Vec::new();
    for head in names.categories.iter().filter(|one| one.parent.is_none()) {
        lines.push((0, &*head.name));
        let below = names.categories.iter().filter(|one| one.parent.as_ref() == Some(&head.name));
        lines.extend(below.map(|one| (1, &*one.name)));
    }
    let deeper =
        names.categories.iter().filter(|one| !lines.iter().any(|(_, name)| *name == one.name));
    let deeper: Vec<_> = deeper.map(|one| (1, &*one.name)).collect();
    lines.extend(deeper);
    lines
}

/// Whom an edit is about: a row's name, or how many rows.
pub fn of(rows: &[StoredTransaction]) -> String {
    match rows {
        [row] => row.shown.merchant.clone(),
        rows => counted(rows.len() as u64, "transaction"),
    }
}

/// Rows left out of every insight, or counted again where all of them are out.
pub fn leave_out(rows: &[StoredTransaction]) -> Edit {
    let back = rows.iter().all(|row| row.shown.left_out);
    let value = (!back).then(|| ON.to_owned());
    let set = |key: TransactionKey| (Target::Row { key, field: Said::LeftOut }, value.clone());
    let sentence = if back {
        format!("{} counted in insights again", of(rows))
    } else {
        format!("{} left out of insights", of(rows))
    };
    Edit { sentence, sets: rows.iter().map(|row| set(row.key())).collect() }
}
