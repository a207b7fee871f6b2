//! A filter built step by step: first what to filter by, then which, each with how many rows.

use chrono::NaiveDate;
use crossterm::event::KeyEvent;

use super::field::{Field, Typed};
use super::find::Find;
use crate::domain::query::{self, Mark, State, Term, Word};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Account,
    Category,
    Amount,
    Date,
    State,
    Mark,
    Tag,
}

/// What a line of the list leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    Kind(Kind),
    Word(Term),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub label: String,
    /// Rows of the present search that would be left, where that is known.
    pub rows: Option<i64>,
    pub choice: Choice,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Builder {
    pub kind: Option<Kind>,
    /// What is typed: part of a label, or an amount or a date.
    pub field: Field,
    selected: usize,
}

impl Kind {
    pub const ALL: [Self; 7] = [
        Self::Account,
        Self::Category,
        Self::Amount,
        Self::Date,
        Self::State,
        Self::Mark,
        Self::Tag,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Category => "category",
            Self::Amount => "amount",
            Self::Date => "date",
            Self::State => "state",
            Self::Mark => "what was added",
            Self::Tag => "tag",
        }
    }

    /// Ready-made words, and those that any typed value makes one.
    fn words(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Amount => (
                &["amt:>20", "amt:>100", "amt:>500", "amt:<10", "out:>100", "in:>100"],
                &["amt:", "out:", "in:"],
            ),
            Self::Date => (
                &[
                    "month:this-month",
                    "month:last-month",
                    "since:30d",
                    "since:90d",
                    "month:this-year",
                    "month:last-year",
                ],
                &["month:", "since:", "until:"],
            ),
            _ => (&[], &[]),
        }
    }
}

impl Builder {
    pub fn key(&mut self, key: KeyEvent) -> Typed {
        let typed = self.field.key(key);
        if typed == Typed::Changed {
            self.selected = 0;
        }
        typed
    }

    /// The lines whose label has what is typed.
    pub fn lines(&self, find: &Find, today: NaiveDate) -> Vec<Line> {
        let typed = self.field.text().trim().to_lowercase();
        let Some(kind) = self.kind else {
            let line = |kind: Kind| Line {
                label: kind.title().to_owned(),
                rows: None,
                choice: Choice::Kind(kind),
            };
            let lines = Kind::ALL.into_iter().map(line);
            return lines.filter(|line| line.label.contains(&typed)).collect();
        };
        let own = kind.words().1.iter().filter(|_| !typed.is_empty());
        let own = own.filter_map(|key| ready(&format!("{key}{typed}"), today));
        let known = values(kind, find, today);
        let known = known.into_iter().filter(|line| line.label.to_lowercase().contains(&typed));
        own.chain(known).collect()
    }

    pub fn selected(&self) -> usize {
        self.selected
    }

    pub fn move_by(&mut self, lines: isize, last: usize) {
        self.selected = self.selected.saturating_add_signed(lines).min(last);
    }

    /// Goes on with the values of this kind.
    pub fn choose(&mut self, kind: Kind) {
        *self = Self { kind: Some(kind), ..Self::default() };
    }

    /// One step back; whether there was one.
    pub fn back(&mut self) -> bool {
        let inside = self.kind.is_some();
        *self = Self::default();
        inside
    }
}

/// A word as it would be typed, if it is one.
fn ready(word: &str, today: NaiveDate) -> Option<Line> {
    let parsed = query::parse(word, today);
    let [term] = &parsed.query.terms[..] else { return None };
    parsed.mistakes.is_empty().then(|| line(word.to_owned(), None, term.word.clone()))
}

fn line(label: String, rows: Option<i64>, word: Word) -> Line {
    Line { label, rows, choice: Choice::Word(Term { negated: false, word }) }
}

fn values(kind: Kind, find: &Find, today: NaiveDate) -> Vec<Line> {
    let summary = find.summary().filter(|_| find.is_summed());
    let names = find.names.as_ref();
    match kind {
        Kind::Account => {
            let rows = |id| {
                let sums = summary.map(|summary| summary.accounts.iter());
                sums.map(|sums| sums.filter(|(of, _)| of == id).map(|(_, sum)| sum.rows).sum())
            };
            let accounts = names.into_iter().flat_map(|names| {
                names
                    .accounts
                    .iter()
                    .map(|one| (one.shown(), rows(&one.id), names.account_word(&one.id)))
            });
            accounts.map(|(label, rows, word)| line(label, rows, word)).collect()
        }
        Kind::Category => {
            let Some(names) = names else { return Vec::new() };
            let rows = |name: &str| {
                let all = names.with_children(vec![name.to_owned()]);
                let sums = summary?.categories.iter();
                let meant = sums.filter(|(of, _)| of.as_ref().is_some_and(|of| all.contains(of)));
                Some(meant.map(|(_, sum)| sum.rows).sum())
            };
            let word = |name: &String| Word::Category(name.clone());
            let categories = names.categories.iter();
            let lines = categories.map(|it| line(it.name.clone(), rows(&it.name), word(&it.name)));
            lines.filter(|line| line.rows != Some(0)).collect()
        }
        Kind::Tag => {
            let tags = names.into_iter().flat_map(|names| &names.tags);
            tags.map(|tag| line(tag.clone(), None, Word::Tag(tag.clone()))).collect()
        }
        Kind::State => State::ALL
            .iter()
            .map(|state| line(state.as_str().to_owned(), None, Word::Is(*state)))
            .collect(),
        Kind::Mark => Mark::ALL
            .iter()
            .map(|mark| line(mark.as_str().to_owned(), None, Word::Has(*mark)))
            .collect(),
        Kind::Amount | Kind::Date => {
            let ready_made = kind.words().0.iter().filter_map(|word| ready(word, today));
            let months = find
                .narrowings()
                .into_iter()
                .filter(|it| kind == Kind::Date && matches!(it.term.word, Word::Month(_)));
            let months = months.map(|it| line(it.label, Some(it.sum.rows), it.term.word));
            ready_made.chain(months).collect()
        }
    }
}
