//! What kind of database the Python app left: told by tables and columns, never by their DDL.

use std::collections::{BTreeMap, BTreeSet};

/// Tables with their columns; passbook's own are left out.
pub(super) type Tables = BTreeMap<String, BTreeSet<String>>;

/// Of the states that were seen, or can come about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// No tables, or none but an empty list of versions.
    Empty,
    /// The Python app's three tables.
    App {
        /// S1 to S6, S8 or S9.
        code: &'static str,
        sentence: &'static str,
    },
    /// The rewrite's four tables, S10.
    Rewrite,
    /// Other tables only.
    Unrelated,
    /// Tables of these names with other columns, S12: one line for each difference.
    Strange(Vec<String>),
}

pub(super) const FIRST: &str = "e3cac1307792";
pub(super) const LLC: &str = "llc_tables_001";
pub(super) const HEAD: &str = "68872b39783c";

const APP: &[(&str, &[&str])] = &[
    (
        "accounts",
        &[
            "id",
            "name",
            "institution_id",
            "type",
            "subtype",
            "last_four",
            "created_at",
            "updated_at",
        ],
    ),
    ("balance_snapshots", &["id", "account_id", "available", "ledger", "as_of", "raw"]),
    ("transactions", &["id", "account_id", "date", "description", "amount", "raw"]),
];

const REWRITE: &[(&str, &[&str])] = &[
    ("users", &["id", "access_token"]),
    (
        "accounts",
        &[
            "id",
            "user_id",
            "name",
            "institution",
            "last_four",
            "type",
            "subtype",
            "currency",
            "raw",
            "created_at",
        ],
    ),
    ("balances", &["account_id", "available", "ledger", "currency", "raw", "cached_at"]),
    ("transactions", &["id", "account_id", "description", "amount", "date", "type", "raw"]),
];

/// Business tables that were kept by hand for a few days of 2025.
const LLC_TABLES: usize = 10;

/// `versions` are the rows of `alembic_version`; `None` where that table is absent.
pub(super) fn state(tables: &Tables, versions: Option<&[String]>) -> State {
    let has =
        |wanted: &[(&str, &[&str])]| wanted.iter().all(|(name, _)| tables.contains_key(*name));
    if has(REWRITE) && differences(tables, REWRITE).is_empty() {
        return State::Rewrite;
    }
    let some = APP.iter().any(|(name, _)| tables.contains_key(*name));
    if !some {
        let nothing = tables.keys().all(|name| name == "alembic_version")
            && versions.is_none_or(<[String]>::is_empty);
        return if nothing { State::Empty } else { State::Unrelated };
    }
    let differences = differences(tables, APP);
    if !differences.is_empty() {
        return State::Strange(differences);
    }
    let llc = tables.keys().filter(|name| name.starts_with("llc_")).count();
    let (code, sentence) = match (versions, llc) {
        (None, 0) => ("S1", "tables built directly, without Alembic (no version recorded)"),
        (None, LLC_TABLES) => ("S6", "started while it had business tables, without Alembic"),
        (Some([]), 0) => {
            ("S2", "an upgrade by Alembic failed here and left an empty version table")
        }
        (Some([version]), 0) if version == FIRST => ("S3", "at the first of its versions"),
        (Some([version]), LLC_TABLES) if version == LLC => {
            ("S4", "at its version with business tables")
        }
        (Some([version]), 0) if version == HEAD => ("S5", "at its newest version"),
        (Some([version]), _) if ![FIRST, LLC, HEAD].contains(&version.as_str()) => {
            ("S9", "its version is unknown, its tables are not")
        }
        (Some([_, _, ..]), _) => ("S9", "it notes several versions at once, its tables are known"),
        _ => ("S8", "an upgrade was interrupted: some tables are not as its version says"),
    };
    State::App { code, sentence }
}

fn differences(tables: &Tables, wanted: &[(&str, &[&str])]) -> Vec<String> {
    let mut differences = Vec::new();
    for (name, columns) in wanted {
        let Some(found) = tables.get(*name) else {
            differences.push(format!("table {name} is missing"));
            continue;
        };
        for column in columns.iter().filter(|column| !found.contains(**column)) {
            differences.push(format!("{name} has no column {column}"));
        }
    }
    differences
}

impl State {
    /// As the states are numbered.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "S0",
            Self::App { code, .. } => code,
            Self::Rewrite => "S10",
            Self::Unrelated | Self::Strange(_) => "S12",
        }
    }

    pub fn sentence(&self) -> &'static str {
        match self {
            Self::Empty => "it holds no tables: there is nothing to take",
            Self::App { sentence, .. } => sentence,
            Self::Rewrite => "made by the rewrite of the Python app: balances without history",
            Self::Unrelated => "it holds no tables of the Python app: there is nothing to take",
            Self::Strange(_) => "its tables are another program's",
        }
    }

    pub fn can_be_adopted(&self) -> bool {
        matches!(self, Self::App { .. } | Self::Rewrite)
    }
}

/// Whether a table is one of those that are left where they are, and told.
pub(super) fn is_other(name: &str) -> bool {
    name.starts_with("llc_") || name.starts_with("manual_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(wanted: &[(&str, &[&str])], llc: usize) -> Tables {
        let mut tables: Tables = wanted
            .iter()
            .map(|(name, columns)| {
                ((*name).to_owned(), columns.iter().map(|name| (*name).to_owned()).collect())
            })
            .collect();
        tables.extend((0..llc).map(|number| (format!("llc_{number}"), BTreeSet::new())));
        tables
    }

    fn code(llc: usize, versions: Option<&[&str]>) -> &'static str {
        let versions: Option<Vec<String>> =
            versions.map(|versions| versions.iter().map(|&version| version.to_owned()).collect());
        state(&tables(APP, llc), versions.as_deref()).code()
    }

    #[test]
    fn every_state_is_told_by_tables_and_versions() {
        assert_eq!(code(0, None), "S1");
        assert_eq!(code(0, Some(&[])), "S2");
        assert_eq!(code(0, Some(&[FIRST])), "S3");
        assert_eq!(code(10, Some(&[LLC])), "S4");
        assert_eq!(code(0, Some(&[HEAD])), "S5");
        assert_eq!(code(10, None), "S6");
        assert_eq!(code(4, Some(&[FIRST])), "S8");
        assert_eq!(code(10, Some(&[FIRST])), "S8");
        assert_eq!(code(0, Some(&["beef"])), "S9");
        assert_eq!(code(0, Some(&[FIRST, HEAD])), "S9");
        assert_eq!(state(&tables(REWRITE, 0), None), State::Rewrite);
        assert_eq!(state(&Tables::new(), None), State::Empty);
        let version_only = tables(&[("alembic_version", &["version_num"])], 0);
        assert_eq!(state(&version_only, Some(&[])), State::Empty);
    }

    #[test]
    fn tables_of_other_programs_are_told_apart() {
        let shop = tables(&[("orders", &["id"])], 0);
        assert_eq!(state(&shop, None), State::Unrelated);
        let bookkeeping = tables(&[("accounts", &["id", "name"]), ("entries", &["id"])], 0);
        let State::Strange(differences) = state(&bookkeeping, None) else { panic!() };
        assert!(differences.contains(&"table transactions is missing".to_owned()));
        assert!(differences.contains(&"accounts has no column institution_id".to_owned()));
    }

    #[test]
    fn a_column_that_somebody_added_is_in_nobodys_way() {
        let mut tables = tables(APP, 0);
        tables.get_mut("transactions").unwrap().insert("note".to_owned());
        assert!(state(&tables, None).can_be_adopted());
    }
}
