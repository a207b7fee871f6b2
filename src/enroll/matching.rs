//! Which old account one under a new id is again: by what it is, and by the rows that both have.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::Result;
use crate::domain::{Account, AccountId, Enrollment, EnrollmentId, Status};
use crate::secret::Secret;
use crate::store::Store;
use crate::teller::{Client, PageQuery};

/// Rows asked for to compare: a page.
const ROWS: u32 = 100;
/// Fewer rows than these prove nothing.
const ENOUGH: usize = 3;

/// An account that nobody knew under its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    pub account: Account,
    /// Those that it looks like, the likeliest first.
    pub candidates: Vec<Candidate>,
    pub verdict: Verdict,
}

/// An old account of the same institution, last four digits, type, subtype and currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub account: Account,
    pub overlap: Overlap,
    /// Its own enrollment goes on: a bank may show one account to two logins.
    pub goes_on: bool,
}

/// Settled rows of the days that both accounts have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overlap {
    pub compared: usize,
    /// Of these, as many are the same in day, amount and text.
    pub same: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It looks like none.
    New,
    /// It is that one again, beyond doubt.
    Sure(AccountId),
    /// Only the user can tell.
    Unsure,
}

impl Overlap {
    /// Four rows of five, and not by chance.
    fn proves(self) -> bool {
        self.compared >= ENOUGH && self.same * 5 >= self.compared * 4
    }
}

type Fact = (NaiveDate, i64, String);

pub(super) async fn find(
    client: &Client,
    store: &Store,
    token: &Secret,
    listed: &[(Account, String)],
    beside: &[Enrollment],
) -> Result<Vec<Match>> {
    let ids: Vec<&AccountId> = listed.iter().map(|(account, _)| &account.id).collect();
    let stored = store.load_accounts_and_joined().await?;
    let mut matches = Vec::new();
    for (account, _) in listed {
        if stored.iter().any(|known| known.account.id == account.id) {
            continue;
        }
        let alike = stored.iter().filter(|known| {
            !known.joined
                && !ids.contains(&&known.account.id)
                && looks_like(&known.account, account)
        });
        let alike: Vec<Account> = alike.map(|known| known.account.clone()).collect();
        let came = if alike.is_empty() { Vec::new() } else { page(client, token, account).await };
        let mut candidates = Vec::new();
        for old in alike {
            let overlap = compare(store, &old.id, &came).await?;
            let goes_on = goes_on(&old.enrollment_id, beside);
            candidates.push(Candidate { account: old, overlap, goes_on });
        }
        candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.overlap.same));
        matches.push(Match { account: account.clone(), candidates, verdict: Verdict::New });
    }
    judge(&mut matches);
    Ok(matches)
}

fn goes_on(id: &EnrollmentId, beside: &[Enrollment]) -> bool {
    beside.iter().any(|other| other.id == *id)
}

fn looks_like(old: &Account, new: &Account) -> bool {
    old.last_four.is_some()
        && old.last_four == new.last_four
        && old.institution.id == new.institution.id
        && old.kind == new.kind
        && old.subtype == new.subtype
        && old.currency == new.currency
}

/// Settled rows as the bank lists them now. None is no reason to give up: then the user is asked.
async fn page(client: &Client, token: &Secret, account: &Account) -> Vec<Fact> {
    if !account.has_transactions {
        return Vec::new();
    }
    let query = PageQuery { count: Some(ROWS), ..PageQuery::default() };
    let Ok(page) = client.list_transactions(token, account, &query).await else {
        return Vec::new();
    };
    let settled =
        page.rows.into_iter().map(|row| row.transaction).filter(|row| row.status == Status::Posted);
    settled.map(|row| (row.date, row.amount.minor, squeezed(&row.description))).collect()
}

/// In the days that both know: what only one of them reaches says nothing.
async fn compare(store: &Store, old: &AccountId, came: &[Fact]) -> Result<Overlap> {
    let (Some(first), Some(last)) =
        (came.iter().map(|row| row.0).min(), came.iter().map(|row| row.0).max())
    else {
        return Ok(Overlap::default());
    };
    let rows = store.load_settled(old, first, last).await?;
    let (Some(oldest), Some(newest)) =
        (rows.iter().map(|row| row.0).min(), rows.iter().map(|row| row.0).max())
    else {
        return Ok(Overlap::default());
    };
    let mut there: HashMap<Fact, usize> = HashMap::new();
    for (date, amount, description) in rows {
        *there.entry((date, amount, squeezed(&description))).or_default() += 1;
    }
    let mut overlap = Overlap::default();
    for row in came.iter().filter(|row| (oldest..=newest).contains(&row.0)) {
        overlap.compared += 1;
        if let Some(left) = there.get_mut(row).filter(|left| **left > 0) {
            *left -= 1;
            overlap.same += 1;
        }
    }
    Ok(overlap)
}

/// Banks pad texts one day and not the next.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Sure is one to one: proven for one candidate only, which is proven for nothing else and whose own
/// enrollment does not go on.
fn judge(matches: &mut [Match]) {
    let proven = |found: &Match| -> Vec<AccountId> {
        let proven = found.candidates.iter().filter(|candidate| candidate.overlap.proves());
        proven.map(|candidate| candidate.account.id.clone()).collect()
    };
    let all: Vec<Vec<AccountId>> = matches.iter().map(proven).collect();
    for (found, own) in matches.iter_mut().zip(&all) {
        found.verdict = match (found.candidates.as_slice(), own.as_slice()) {
            ([], _) => Verdict::New,
            (candidates, [one])
                if all.iter().flatten().filter(|id| *id == one).count() == 1
                    && candidates
                        .iter()
                        .all(|other| other.account.id != *one || !other.goes_on) =>
            {
                Verdict::Sure(one.clone())
            }
            _ => Verdict::Unsure,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AccountKind, AccountStatus, Currency, Institution};

    fn account(id: &str) -> Account {
        Account {
            id: AccountId(id.to_owned()),
            enrollment_id: EnrollmentId("enr_a".to_owned()),
            institution: Institution { id: "harbor".to_owned(), name: "Harbor".to_owned() },
            name: "Checking".to_owned(),
            kind: AccountKind::from("depository"),
            subtype: Some("checking".to_owned()),
            currency: Currency::parse("USD").unwrap(),
            last_four: Some("0417".to_owned()),
            status: AccountStatus::Open,
            has_balances: true,
            has_transactions: true,
        }
    }

    fn found(id: &str, candidates: &[(&str, usize, usize, bool)]) -> Match {
        let candidate = |&(id, compared, same, goes_on): &(&str, usize, usize, bool)| Candidate {
            account: account(id),
            overlap: Overlap { compared, same },
            goes_on,
        };
        Match {
            account: account(id),
            candidates: candidates.iter().map(candidate).collect(),
            verdict: Verdict::New,
        }
    }

    fn judged(mut matches: Vec<Match>) -> Vec<Verdict> {
        judge(&mut matches);
        matches.into_iter().map(|found| found.verdict).collect()
    }

    fn sure(id: &str) -> Verdict {
        Verdict::Sure(AccountId(id.to_owned()))
    }

    #[test]
    fn rows_that_both_have_make_it_sure_and_too_few_or_others_do_not() {
        for (compared, same, expected) in [
            (10, 10, sure("old")),
            (10, 8, sure("old")),
            (10, 7, Verdict::Unsure),
            (3, 3, sure("old")),
            (2, 2, Verdict::Unsure),
            (0, 0, Verdict::Unsure),
        ] {
            let one = found("new", &[("old", compared, same, false)]);
            assert_eq!(judged(vec![one]), [expected], "{same} of {compared}");
        }
        assert_eq!(judged(vec![found("new", &[])]), [Verdict::New]);
    }

    #[test]
    fn of_two_that_look_alike_the_rows_decide_or_else_the_user() {
        let apart = found("new", &[("a", 10, 1, false), ("b", 10, 10, false)]);
        assert_eq!(judged(vec![apart]), [sure("b")]);
        let both = found("new", &[("a", 10, 10, false), ("b", 10, 9, false)]);
        assert_eq!(judged(vec![both]), [Verdict::Unsure]);
        let two = ["new", "newer"].map(|id| found(id, &[("a", 10, 10, false)]));
        assert_eq!(judged(two.to_vec()), [Verdict::Unsure, Verdict::Unsure]);
    }

    #[test]
    fn an_account_that_another_login_still_shows_is_never_taken_unasked() {
        let shared = found("new", &[("old", 50, 50, true)]);
        assert_eq!(judged(vec![shared]), [Verdict::Unsure]);
    }

    #[test]
    fn another_kind_or_number_is_another_account() {
        let one = account("a");
        let others = [
            Account { last_four: Some("9032".to_owned()), ..account("b") },
            Account { last_four: None, ..account("b") },
            Account { subtype: Some("savings".to_owned()), ..account("b") },
            Account { currency: Currency::parse("EUR").unwrap(), ..account("b") },
        ];
        assert!(looks_like(&one, &account("b")));
        assert!(others.iter().all(|other| !looks_like(&one, other)));
    }
}
