//! What the user does to accounts, as edits: names, places, out of sight, and those kept by hand.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::account::{AccountId, Enrollment};
use super::edit::{AccountField, Edit, ON, Target};
use super::hand::{Hand, HandAccount, HandKind, new_id};
use super::money::{Currency, Money};
use super::overview::AccountOverview;
use super::size::counted;

/// An account to be kept by hand from now on, worth so much since that day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewHand {
    pub name: String,
    pub kind: HandKind,
    pub value: Money,
    pub day: NaiveDate,
}

pub fn add(new: &NewHand, known: &[AccountOverview]) -> Edit {
    let hands = || known.iter().filter_map(|account| account.hand.as_ref());
    let id = new_id(&new.name, |id| hands().any(|hand| hand.id == *id));
    let account = HandAccount {
        name: new.name.clone(),
        kind: new.kind,
        currency: new.value.currency.code().to_owned(),
        position: hands().map(|hand| hand.account.position + 1).max().unwrap_or(0),
        closed: false,
    };
    let value = Target::HandValue { id: id.clone(), day: new.day };
    Edit {
        sentence: format!("account added: {}, {}", new.name, worth(new.value)),
        sets: vec![
            (Target::HandAccount { id }, Some(json(&account))),
            (value, Some(new.value.minor.to_string())),
        ],
    }
}

/// Without its values it would stay, so they go first; undoing goes the other way.
pub fn remove(hand: &Hand) -> Edit {
    let value = |day| (Target::HandValue { id: hand.id.clone(), day }, None);
    let mut sets: Vec<_> = hand.values.iter().map(|known| value(known.day)).collect();
    sets.push((Target::HandAccount { id: hand.id.clone() }, None));
    let values = counted(hand.values.len() as u64, "value");
    Edit { sentence: format!("account removed: {}, {values}", hand.account.name), sets }
}

pub fn set_value(hand: &Hand, day: NaiveDate, value: Money) -> Edit {
    Edit {
        sentence: format!("value of {} on {day}: {}", hand.account.name, worth(value)),
        sets: vec![(Target::HandValue { id: hand.id.clone(), day }, Some(value.minor.to_string()))],
    }
}

/// A value of another day and amount in the place of one.
pub fn change_value(hand: &Hand, old: NaiveDate, day: NaiveDate, value: Money) -> Edit {
    let mut edit = set_value(hand, day, value);
    if old != day {
        edit.sets.insert(0, (Target::HandValue { id: hand.id.clone(), day: old }, None));
    }
    edit
}

pub fn drop_value(hand: &Hand, day: NaiveDate) -> Edit {
    Edit {
        sentence: format!("value of {} on {day} removed", hand.account.name),
        sets: vec![(Target::HandValue { id: hand.id.clone(), day }, None)],
    }
}

/// Without a name it is called as the bank calls it.
pub fn rename(account: &AccountOverview, name: &str) -> Edit {
    let (name, old) = (name.trim(), &account.account.name);
    if let Some(hand) = &account.hand {
        let renamed = HandAccount { name: name.to_owned(), ..hand.account.clone() };
        return Edit {
            sentence: format!("name of {old}: {name}"),
            sets: vec![(Target::HandAccount { id: hand.id.clone() }, Some(json(&renamed)))],
        };
    }
    let own = Some(name).filter(|name| !name.is_empty() && *name != account.said_name());
    let sentence = match own {
        Some(name) => format!("name of {old}: {name}"),
        None => format!("name of {old}: {}, as the bank says", account.said_name()),
    };
    Edit { sentence, sets: vec![word(account, AccountField::Name, own.map(str::to_owned))] }
}

/// Without a name it is called as its bank is.
pub fn rename_enrollment(one: &Enrollment, name: &str) -> Edit {
    let bank = &one.institution.name;
    let own = Some(name.trim()).filter(|name| !name.is_empty() && *name != bank.as_str());
    let sentence = match own {
        Some(name) => format!("name of {}: {name}", one.label()),
        None => format!("name of {}: {bank}, as the bank is called", one.label()),
    };
    let target = Target::Enrollment { id: one.id.clone() };
    Edit { sentence, sets: vec![(target, own.map(str::to_owned))] }
}

pub fn hide(account: &AccountOverview, hidden: bool) -> Edit {
    let what = if hidden { "hidden" } else { "shown again" };
    Edit {
        sentence: format!("{} {what}", account.account.name),
        sets: vec![word(account, AccountField::Hidden, hidden.then(|| ON.to_owned()))],
    }
}

/// Past its neighbour of the same institution, or else the whole institution past the next; those
/// that are not `seen` are passed over. `None` at the end.
pub fn step(
    accounts: &[AccountOverview],
    id: &AccountId,
    down: bool,
    seen: impl Fn(&AccountOverview) -> bool,
) -> Option<Edit> {
    let moving = accounts.iter().find(|account| account.account.id == *id)?;
    let mut order: Vec<&AccountOverview> =
        accounts.iter().filter(|other| other.hand.is_some() == moving.hand.is_some()).collect();
    if !down {
        order.reverse();
    }
    let at = order.iter().position(|account| account.account.id == *id)?;
    let is_next = |other: &&AccountOverview| seen(other);
    let next = at + 1 + order[at + 1..].iter().position(is_next)?;
    let institution = |account: &AccountOverview| account.account.institution.id.clone();
    if institution(order[next]) == institution(moving) {
        let moving = order.remove(at);
        order.insert(next, moving);
    } else {
        let (own, theirs) = (institution(moving), institution(order[next]));
        let first = order.iter().position(|account| institution(account) == own)?;
        let (group, mut rest): (Vec<_>, Vec<_>) =
            order.into_iter().partition(|account| institution(account) == own);
        let behind = rest.iter().rposition(|account| institution(account) == theirs)?;
        debug_assert!(first <= behind, "the other institution comes later");
        let after = rest.split_off(behind + 1);
        rest.extend(group);
        rest.extend(after);
        order = rest;
    }
    if !down {
        order.reverse();
    }
    let way = if down { "down" } else { "up" };
    let sentence = format!("order of accounts: {} moved {way}", moving.account.name);
    Some(Edit { sentence, sets: places(&order) })
}

/// These before all others, as they are named.
pub fn arrange(accounts: &[AccountOverview], first: &[AccountId]) -> Edit {
    let named = |id: &AccountId| accounts.iter().find(|account| account.account.id == *id);
    let mut order: Vec<&AccountOverview> = first.iter().filter_map(named).collect();
    let known: HashSet<&AccountId> = first.iter().collect();
    order.extend(accounts.iter().filter(|account| !known.contains(&account.account.id)));
    let (hands, banks): (Vec<_>, Vec<_>) =
        order.into_iter().partition(|account| account.hand.is_some());
    let mut sets = places(&banks);
    sets.extend(places(&hands));
    let titles: Vec<&str> =
        first.iter().filter_map(named).map(|account| &*account.account.name).collect();
    Edit { sentence: format!("order of accounts: {} first", titles.join(", ")), sets }
}

/// Each at the place that it has here.
fn places(order: &[&AccountOverview]) -> Vec<(Target, Option<String>)> {
    let place = |(position, account): (i64, &&AccountOverview)| match &account.hand {
        Some(hand) => {
            let moved = HandAccount { position, ..hand.account.clone() };
            (Target::HandAccount { id: hand.id.clone() }, Some(json(&moved)))
        }
        None => word(account, AccountField::Position, Some(position.to_string())),
    };
    (0..).zip(order).map(place).collect()
}

fn word(
    account: &AccountOverview,
    field: AccountField,
    value: Option<String>,
) -> (Target, Option<String>) {
    (Target::Account { id: account.account.id.clone(), field }, value)
}

fn json(account: &HandAccount) -> String {
    serde_json::to_string(account).expect("words and numbers are JSON")
}

fn worth(value: Money) -> String {
    let Money { currency, .. } = value;
    if currency == Currency::NONE {
        value.grouped()
    } else {
        format!("{} {currency}", value.grouped())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Account, AccountKind, AccountStatus, Institution};

    fn account(id: &str, bank: &str) -> AccountOverview {
        AccountOverview::bare(Account {
            id: id.into(),
            enrollment_id: "enr".into(),
            institution: Institution { id: bank.to_owned(), name: bank.to_owned() },
            name: id.to_owned(),
            kind: AccountKind::Depository,
            subtype: None,
            currency: Currency::USD,
            last_four: None,
            status: AccountStatus::Open,
            has_balances: true,
            has_transactions: true,
        })
    }

    /// The ids in the order that an edit gives them.
    fn order(edit: &Edit) -> String {
        let mut places: Vec<(i64, &str)> = edit
            .sets
            .iter()
            .map(|(target, to)| match target {
                Target::Account { id, field: AccountField::Position } => {
                    (to.as_deref().unwrap().parse().unwrap(), id.as_str())
                }
                other => panic!("{other:?}"),
            })
            .collect();
        places.sort_unstable();
        places.into_iter().map(|(_, id)| id).collect::<Vec<_>>().join(" ")
    }

    fn five() -> Vec<AccountOverview> {
        [("a", "one"), ("b", "one"), ("c", "two"), ("d", "two"), ("e", "three")]
            .map(|(id, bank)| account(id, bank))
            .to_vec()
    }

    #[test]
    fn an_account_steps_past_its_neighbour_and_an_institution_past_the_next() {
        let moved =
            |id: &str, down| step(&five(), &id.into(), down, |_| true).map(|edit| order(&edit));
        assert_eq!(moved("a", true).as_deref(), Some("b a c d e"));
        assert_eq!(moved("b", true).as_deref(), Some("c d a b e"));
        assert_eq!(moved("d", false).as_deref(), Some("a b d c e"));
        assert_eq!(moved("c", false).as_deref(), Some("c d a b e"));
        assert_eq!(moved("e", false).as_deref(), Some("a b e c d"));
        assert_eq!(moved("a", false), None);
        assert_eq!(moved("e", true), None);
    }

    #[test]
    fn what_is_out_of_sight_is_passed_over() {
        let moved = |id: &str, down, unseen: &'static str| {
            let edit = step(&five(), &id.into(), down, |other| other.account.id.0 != unseen);
            edit.map(|edit| order(&edit))
        };
        assert_eq!(moved("a", true, "b").as_deref(), Some("c d a b e"));
        assert_eq!(moved("d", false, "c").as_deref(), Some("c d a b e"));
    }

    #[test]
    fn those_that_are_named_come_first() {
        let edit = arrange(&five(), &["e".into(), "b".into()]);
        assert_eq!(order(&edit), "e b a c d");
        assert_eq!(edit.sentence, "order of accounts: e, b first");
    }

    #[test]
    fn the_banks_own_name_is_no_name_of_ones_own() {
        let named = AccountOverview { bank_name: Some("GOLD".to_owned()), ..account("a", "one") };
        let to = |name: &str| rename(&named, name).sets[0].1.clone();
        assert_eq!(to(" Travel ").as_deref(), Some("Travel"));
        assert_eq!(to("GOLD"), None);
        assert_eq!(to("  "), None);
    }
}
