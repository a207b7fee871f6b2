//! The user's words follow a row to its new id, and back when the bank lists the old one again.
//!
//! Field by field the new row's own word wins; two different notes are both kept, tags are joined.
//! The old row's own copy is never touched.

use serde::{Deserialize, Serialize};

use crate::domain::Annotation;

/// What a pairing changed on the posted row: enough to take it back where it is untouched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Carried {
    pub note: Option<Moved>,
    pub category: Option<Moved>,
    pub name: Option<Moved>,
    pub tags: Vec<String>,
    pub left_out: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Moved {
    pub was: Option<String>,
    pub is: String,
}

/// The words of the posted row after it took over those of the vanished one.
pub(super) fn carry(from: &Annotation, to: &Annotation) -> (Annotation, Carried) {
    let fill = |from: &Option<String>, to: &Option<String>| match (from, to) {
        (Some(word), None) => Some(Moved { was: None, is: word.clone() }),
        _ => None,
    };
    let note = match (&from.note, &to.note) {
        (Some(old), Some(own)) if old != own => {
            Some(Moved { was: Some(own.clone()), is: format!("{own}\n{old}") })
        }
        (old, own) => fill(old, own),
    };
    let carried = Carried {
        note,
        category: fill(&from.category, &to.category),
        name: fill(&from.name, &to.name),
        tags: from.tags.iter().filter(|tag| !to.tags.contains(tag)).cloned().collect(),
        left_out: from.left_out && !to.left_out,
    };
    let take = |moved: &Option<Moved>, own: &Option<String>| {
        moved.as_ref().map(|moved| moved.is.clone()).or_else(|| own.clone())
    };
    let words = Annotation {
        untagged: joined(&to.untagged, &from.untagged),
        note: take(&carried.note, &to.note),
        category: take(&carried.category, &to.category),
        name: take(&carried.name, &to.name),
        tags: joined(&to.tags, &carried.tags),
        left_out: to.left_out || from.left_out,
    };
    (words, carried)
}

fn joined(own: &[String], other: &[String]) -> Vec<String> {
    let others = other.iter().filter(|tag| !own.contains(tag));
    own.iter().chain(others).cloned().collect()
}

/// The words of the posted row once a pairing is undone: what the user has touched since stays.
pub(super) fn take_back(now: &Annotation, carried: &Carried) -> Annotation {
    let back = |own: &Option<String>, moved: &Option<Moved>| match (own, moved) {
        (Some(word), Some(moved)) if *word == moved.is => moved.was.clone(),
        _ => own.clone(),
    };
    Annotation {
        untagged: now.untagged.clone(),
        note: back(&now.note, &carried.note),
        category: back(&now.category, &carried.category),
        name: back(&now.name, &carried.name),
        tags: now.tags.iter().filter(|tag| !carried.tags.contains(tag)).cloned().collect(),
        left_out: now.left_out && !carried.left_out,
    }
}

/// Takes back what followed a row to its new id, and the link itself: the bank lists it again.
macro_rules! undo {
    ($tx:ident, $account:expr, $gone:expr, $now:expr) => {{
        let links: Vec<($crate::domain::TransactionId, Option<String>)> = sqlx::query_as(
            "select posted_id, carried from pb_links
            where account_id = $1 and pending_id = $2 and made_by = 'sync' and not parted",
        )
        .bind($account)
        .bind($gone)
        .fetch_all(&mut *$tx)
        .await?;
        for (posted, carried) in links {
            let carried: $crate::store::carry::Carried =
                carried.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
            let before = $crate::store::words::of!($tx, $account, &posted);
            let words = $crate::store::carry::take_back(&before, &carried);
            $crate::store::words::write!($tx, $account, &posted, &before, &words, $now);
        }
        sqlx::query(
            "delete from pb_links
            where account_id = $1 and pending_id = $2 and made_by = 'sync' and not parted",
        )
        .bind($account)
        .bind($gone)
        .execute(&mut *$tx)
        .await?;
    }};
}
pub(super) use undo;

#[cfg(test)]
mod tests {
    use super::*;

    fn words(note: Option<&str>, category: Option<&str>, tags: &[&str]) -> Annotation {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Annotation {
            note: owned(note),
            category: owned(category),
            name: None,
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            untagged: Vec::new(),
            left_out: false,
        }
    }

    #[test]
    fn the_new_rows_own_word_wins_and_two_notes_are_both_kept() {
        let from = words(Some("half is for Sam"), Some("food"), &["shared", "trip"]);
        let to = words(Some("receipt kept"), Some("fun"), &["trip"]);
        let (after, _) = carry(&from, &to);
        assert_eq!(
            after,
            words(Some("receipt kept\nhalf is for Sam"), Some("fun"), &["trip", "shared"])
        );
    }

    #[test]
    fn what_was_carried_can_be_taken_back_unless_touched() {
        let (from, to) = (words(Some("a"), Some("food"), &["t"]), words(None, None, &[]));
        let (after, carried) = carry(&from, &to);
        assert_eq!(take_back(&after, &carried), to);
        let touched = Annotation { category: Some("mine".into()), ..after };
        assert_eq!(take_back(&touched, &carried), words(None, Some("mine"), &[]));
    }
}
