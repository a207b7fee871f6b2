//! The accounts that a rule names: kept by their ids, which no new name changes, and told by name.

use std::ops::Range;

use chrono::NaiveDate;

use super::RuleError;
use crate::domain::query::{Names, Query, Term, Word, parse};

/// What is told of an account whose history was removed.
const REMOVED: &str = "removed account";

/// A query as it is typed, as a rule keeps it: a name that several accounts have means all of them.
pub fn kept(typed: &str, names: &Names) -> Result<String, RuleError> {
    replaced(typed, |name| {
        let found = names.accounts(name).map_err(RuleError::NoAccount)?;
        Ok(found.into_iter().map(|(id, _)| id.0).collect())
    })
}

/// A query as a rule keeps it, as it may be typed.
pub fn told(kept: &str, names: &Names) -> String {
    let name = |id: &str| names.account_name(id).unwrap_or_else(|| REMOVED.to_owned());
    let told = replaced(kept, |id| Ok::<_, RuleError>(vec![name(id)]));
    told.unwrap_or_else(|_| kept.to_owned())
}

/// Each word for an account replaced by those for others; all else stays to the letter.
fn replaced<E>(text: &str, others: impl Fn(&str) -> Result<Vec<String>, E>) -> Result<String, E> {
    // No day can be asked about, so it does not matter which one today is.
    let parsed = parse(text, NaiveDate::default());
    let mut replaced = text.to_owned();
    for (term, Range { start, end }) in parsed.query.terms.iter().zip(parsed.spans).rev() {
        let Word::Account(account) = &term.word else { continue };
        let word = |name| Term { negated: term.negated, word: Word::Account(name) };
        let terms = others(account)?.into_iter().map(word).collect();
        replaced.replace_range(start..end, &Query { terms }.to_string());
    }
    Ok(replaced)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Currency;
    use crate::domain::query::AccountName;

    fn account(id: &str, name: &str, last_four: &str) -> AccountName {
        AccountName {
            id: id.into(),
            name: name.to_owned(),
            last_four: Some(last_four.to_owned()),
            also: vec!["Harbor Bank".to_owned()],
            currency: Currency::USD,
        }
    }

    fn names() -> Names {
        let mut joint = account("acc_1", "Joint Checking", "6605");
        joint.also.push("acc_old".to_owned());
        let accounts = vec![joint, account("acc_2", "Cash", "1"), account("acc_3", "Cash", "2")];
        Names { accounts, ..Names::default() }
    }

    #[test]
    fn names_are_kept_as_ids_and_told_as_names_again() {
        let names = names();
        let there = |typed: &str| kept(typed, &names).unwrap();
        for (typed, ids, back) in [
            ("rowan  amt:>5", "rowan  amt:>5", "rowan  amt:>5"),
            ("acct:joint rowan", "acct:acc_1 rowan", "acct:\"Joint Checking\" rowan"),
            ("rowan -account:6605", "rowan -acct:acc_1", "rowan -acct:\"Joint Checking\""),
            ("acct:cash x", "acct:acc_2 acct:acc_3 x", "acct:1 acct:2 x"),
            ("x -acct:cash", "x -acct:acc_2 -acct:acc_3", "x -acct:1 -acct:2"),
        ] {
            assert_eq!((&*there(typed), &*told(ids, &names)), (ids, back), "{typed}");
            assert_eq!(there(&told(ids, &names)), ids, "{typed}");
        }
        assert_eq!(told("acct:acc_old", &names), "acct:\"Joint Checking\"", "joined since");
        assert_eq!(told("acct:acc_9 x", &names), "acct:\"removed account\" x");
        let unknown = kept("acct:nowhere", &names).unwrap_err();
        assert_eq!(unknown.to_string(), "no account is called nowhere");
    }
}
