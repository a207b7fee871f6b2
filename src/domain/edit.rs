//! What the user changes, in a form that can be kept and taken back.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::account::{AccountId, EnrollmentId};
use super::hand::HandAccountId;
use super::rule::RuleId;
use super::said::Annotation;
use super::transaction::TransactionKey;

/// One word of the user's about a transaction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Note,
    Category,
    Name,
    LeftOut,
    Tag(String),
}

/// One word of the user's about an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountField {
    Name,
    /// A whole number: its place among all.
    Position,
    Hidden,
}

/// One thing that can be changed. Its value is a text; `None` where nothing is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Target {
    Row {
        key: TransactionKey,
        field: Field,
    },
    Account {
        id: AccountId,
        field: AccountField,
    },
    /// Its value is the user's own name for it.
    Enrollment {
        id: EnrollmentId,
    },
    /// Its value is the category above, empty at the top.
    Category {
        name: String,
    },
    /// Its value is the name that it goes by.
    CategoryName {
        name: String,
    },
    /// Its value is the [`Rule`](super::Rule) as JSON.
    Rule {
        id: RuleId,
    },
    /// Its value is the [`HandAccount`](super::HandAccount) as JSON.
    HandAccount {
        id: HandAccountId,
    },
    /// What it was worth: minor units, negative where owed.
    HandValue {
        id: HandAccountId,
        day: NaiveDate,
    },
    /// A finding that is of no interest.
    Dismissal {
        kind: String,
        subject: String,
    },
}

/// Said of what is only on or off.
pub const ON: &str = "on";
/// Said of a tag that a rule gives and the user has taken off.
pub const OFF: &str = "off";

/// What is to become of some things, and the sentence that tells it afterwards: "category of 3
/// transactions: groceries".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub sentence: String,
    pub sets: Vec<(Target, Option<String>)>,
}

/// What became of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub target: Target,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// How an edit, its undoing or its redoing went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edited {
    pub sentence: String,
    pub changed: usize,
    /// Things that were changed again since, and stay as they are.
    pub kept: usize,
}

impl Annotation {
    pub fn get(&self, field: &Field) -> Option<String> {
        let on = |is: bool, word: &str| is.then(|| word.to_owned());
        match field {
            Field::Note => self.note.clone(),
            Field::Category => self.category.clone(),
            Field::Name => self.name.clone(),
            Field::LeftOut => on(self.left_out, ON),
            Field::Tag(tag) => {
                on(self.tags.contains(tag), ON).or_else(|| on(self.untagged.contains(tag), OFF))
            }
        }
    }

    pub fn set(&mut self, field: &Field, value: Option<String>) {
        let said = value.filter(|text| !text.trim().is_empty());
        match field {
            Field::Note => self.note = said,
            Field::Category => self.category = said,
            Field::Name => self.name = said,
            Field::LeftOut => self.left_out = said.is_some(),
            Field::Tag(tag) => {
                self.tags.retain(|other| other != tag);
                self.untagged.retain(|other| other != tag);
                match said.as_deref() {
                    Some(OFF) => self.untagged.push(tag.clone()),
                    Some(_) => self.tags.push(tag.clone()),
                    None => {}
                }
                self.tags.sort_unstable();
                self.untagged.sort_unstable();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_is_what_is_there() {
        let fields = [Field::Note, Field::Category, Field::Name, Field::Tag("trip".to_owned())];
        let mut words = Annotation::default();
        for field in &fields {
            assert_eq!(words.get(field), None);
            words.set(field, Some(ON.to_owned()));
            assert_eq!(words.get(field).as_deref(), Some(ON));
        }
        words.set(&Field::Tag("trip".to_owned()), Some(OFF.to_owned()));
        assert!(words.tags.is_empty());
        assert_eq!(words.untagged, ["trip"]);
        words.set(&Field::Note, Some("  ".to_owned()));
        assert_eq!(words.note, None, "a blank note is none");
        for field in &fields {
            words.set(field, None);
        }
        assert_eq!(words, Annotation::default());
    }
}
