//! Rules that a test can break, one at a time, to prove that it would notice. Only with the feature
//! `mutants`, which no release is built with.
//!
//! `PASSBOOK_MUTANT=no_carry` breaks the rule of that name for the whole process.

/// One broken rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// A row that went is deleted.
    HardDelete,
    /// A walk ends at the newest posted row known.
    NoOverlap,
    /// A page with fewer rows than asked for ends the list.
    ShortPageIsEnd,
    /// The back-fill's cursor is saved first, the rows above it later.
    CursorBeforeRows,
    /// The user's words stay behind on the row that was replaced.
    NoCarry,
    /// An empty list is taken at its word.
    EmptyListBelieved,
    /// A posted row is withdrawn the first time it is missed.
    NoStrikes,
    /// A list may make a posted row pending again.
    PostedToPending,
}

#[cfg(not(feature = "mutants"))]
#[inline]
pub const fn is(_: Mutant) -> bool {
    false
}

#[cfg(feature = "mutants")]
pub use armed::is;

#[cfg(feature = "mutants")]
mod armed {
    use std::sync::OnceLock;

    use super::Mutant;

    static ALIVE: OnceLock<Option<Mutant>> = OnceLock::new();

    /// Whether this rule is the broken one.
    ///
    /// # Panics
    ///
    /// When the environment names a rule that is not here.
    pub fn is(mutant: Mutant) -> bool {
        let name = || std::env::var("PASSBOOK_MUTANT").ok().filter(|name| !name.is_empty());
        *ALIVE.get_or_init(|| name().map(|name| read(&name))) == Some(mutant)
    }

    fn read(name: &str) -> Mutant {
        match name {
            "hard_delete" => Mutant::HardDelete,
            "no_overlap" => Mutant::NoOverlap,
            "short_page_is_end" => Mutant::ShortPageIsEnd,
            "cursor_before_rows" => Mutant::CursorBeforeRows,
            "no_carry" => Mutant::NoCarry,
            "empty_list_believed" => Mutant::EmptyListBelieved,
            "no_strikes" => Mutant::NoStrikes,
            "posted_to_pending" => Mutant::PostedToPending,
            other => panic!("PASSBOOK_MUTANT: no rule {other}"),
        }
    }
}
