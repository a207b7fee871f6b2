//! Which rows are the two halves of one transfer between the user's own accounts.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::business::business_days;
use super::fact::{Confidence, Fact, Own, tokens};
use super::matching::{Edge, best};
use crate::domain::{AccountId, AccountKind, Currency, TransactionKey};

/// Both halves of a transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferPair {
    pub out: TransactionKey,
    pub into: TransactionKey,
    pub confidence: Confidence,
    /// Sentences, none with an amount in it.
    pub why: Vec<String>,
}

/// Pairs that the user took apart: out, then in. They are never found again.
pub type Parted = BTreeSet<(TransactionKey, TransactionKey)>;

/// Money arrives within so many business days, and never later than over a long weekend.
const BUSINESS_DAYS: i64 = 4;
const DAYS: i64 = 7;
/// Some banks list what arrives before what was sent.
const EARLY: i64 = 2;

/// Evidence of both halves together that makes a pair.
const ENOUGH: i64 = 2;

/// A text that says so: it moved, or it paid off a card.
const WORDS: [&str; 14] = [
    "TRANSFER",
    "TRANSFERRED",
    "XFER",
    "TRF",
    "TFR",
    "TRSF",
    "TRANSF",
    "UMBUCHUNG",
    "UEBERTRAG",
    "ÜBERTRAG",
    "VIREMENT",
    "TRANSFERENCIA",
    "OVERBOEKING",
    "YOURSELF",
];
const CARD_PHRASES: [&str; 6] = [
    "PAYMENT RECEIVED",
    "PAYMENT THANK YOU",
    "AUTOPAY PAYMENT",
    "CARD PAYMENT",
    "CARD PYMT",
    "PAYMENT TO CARD",
];
/// Bought, drawn or charged: whatever the amount, no transfer.
const NEVER: [&str; 4] = ["card_payment", "atm", "fee", "interest"];

/// The order of `facts` does not matter. Pending rows take part: a transfer shows on both sides
/// long before it settles.
pub fn find_transfers(facts: &[Fact], own: &[Own], parted: &Parted) -> Vec<TransferPair> {
    let own: BTreeMap<&AccountId, &Own> = own.iter().map(|own| (&own.id, own)).collect();
    by_amount(facts).into_values().flat_map(|sides| sides.pairs(&own, parted)).collect()
}

/// Why two rows would be a pair: `None` where they cannot be. For pairs made by hand, too.
pub fn explain_pair(out: &Fact, into: &Fact, own: &[Own]) -> Option<TransferPair> {
    let of = |fact: &Fact| own.iter().find(|own| own.id == fact.key.account_id);
    let match_ = Match::of(out, into, of(out), of(into))?;
    Some(match_.pair(out, into))
}

/// Rows of one amount in one currency, by direction, in the order of time.
#[derive(Default)]
struct Sides<'a> {
    out: Vec<&'a Fact>,
    into: Vec<&'a Fact>,
}

fn by_amount(facts: &[Fact]) -> BTreeMap<(Currency, u64), Sides<'_>> {
    let mut sides: BTreeMap<_, Sides<'_>> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| fact.amount.minor != 0) {
        let size = (fact.amount.currency, fact.amount.minor.unsigned_abs());
        let both = sides.entry(size).or_default();
        if fact.is_out() { both.out.push(fact) } else { both.into.push(fact) }
    }
    sides.retain(|_, both| !both.out.is_empty() && !both.into.is_empty());
    for both in sides.values_mut() {
        both.out.sort_by_key(|fact| fact.order());
        both.into.sort_by_key(|fact| fact.order());
    }
    sides
}

impl Sides<'_> {
    fn pairs(&self, own: &BTreeMap<&AccountId, &Own>, parted: &Parted) -> Vec<TransferPair> {
        let (mut edges, mut matches) = (Vec::new(), Vec::new());
        for (left, out) in self.out.iter().enumerate() {
            let first = out.date - chrono::Days::new(EARLY.unsigned_abs());
            let start = self.into.partition_point(|into| into.date < first);
            let near = self.into.iter().enumerate().skip(start);
            for (right, into) in near.take_while(|(_, into)| in_reach(out.date, into.date)) {
                if parted.contains(&(out.key.clone(), into.key.clone())) {
                    continue;
                }
                let of = |fact: &Fact| own.get(&fact.key.account_id).copied();
                if let Some(found) = Match::of(out, into, of(out), of(into))
                    .filter(|found| found.evidence() >= ENOUGH)
                {
                    edges.push(Edge { left, right, weight: found.weight() });
                    matches.push(found);
                }
            }
        }
        let pair = |index: usize| {
            let Edge { left, right, .. } = edges[index];
            matches[index].pair(self.out[left], self.into[right])
        };
        best(&edges).into_iter().map(pair).collect()
    }
}

fn in_reach(out: NaiveDate, into: NaiveDate) -> bool {
    let days = (into - out).num_days();
    (-EARLY..=DAYS).contains(&days) && (days <= 0 || business_days(out, into) <= BUSINESS_DAYS)
}

/// What speaks for one row being half of a transfer with the account across.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a sign of its own")]
struct Evidence {
    /// The text, the bank's type or the counterparty says transfer.
    says_so: bool,
    /// The text holds the other account's last digits, or its name.
    names_other: bool,
    /// It pays off a card.
    pays_card: bool,
    /// The bank files it under something that is bought or earned.
    filed_elsewhere: bool,
}

struct Match {
    out: Evidence,
    into: Evidence,
    days: i64,
    business: i64,
}

impl Match {
    fn of(out: &Fact, into: &Fact, from: Option<&Own>, to: Option<&Own>) -> Option<Self> {
        let opposite = out.is_out()
            && out.amount.currency == into.amount.currency
            && out.amount.minor.checked_neg() == Some(into.amount.minor);
        if !opposite
            || out.key.account_id == into.key.account_id
            || !in_reach(out.date, into.date)
            || [out, into].iter().any(|fact| NEVER.contains(&fact.kind.as_str()))
        {
            return None;
        }
        let to_card = to.is_some_and(|own| own.kind == AccountKind::Credit);
        Some(Self {
            out: Evidence::of(out, to, to_card),
            into: Evidence::of(into, from, to_card),
            days: (into.date - out.date).num_days(),
            business: business_days(out.date.min(into.date), out.date.max(into.date)),
        })
    }

    /// Both halves' together. A half that is filed elsewhere needs the other to name it.
    fn evidence(&self) -> i64 {
        self.out.weight() + self.into.weight()
    }

    /// Nearer days win, unless the evidence differs.
    fn weight(&self) -> i64 {
        self.evidence() * 100 - self.business * 10 - self.days.abs() - i64::from(self.days < 0) * 5
    }

    fn pair(&self, out: &Fact, into: &Fact) -> TransferPair {
        let confidence =
            45 + self.evidence() * 9 - self.business * 3 - i64::from(self.days < 0) * 5;
        TransferPair {
            out: out.key.clone(),
            into: into.key.clone(),
            confidence: Confidence::of(confidence),
            why: self.why(),
        }
    }

    fn why(&self) -> Vec<String> {
        let apart = match self.days {
            0 => "on the same day".to_owned(),
            1 => "the day after it left".to_owned(),
            -1 => "listed the day before it left".to_owned(),
            days if days < 0 => format!("listed {} days before it left", -days),
            days => format!("{days} days after it left"),
        };
        let mut why = vec![format!(
            "The same amount left one of your accounts and came into another, {apart}."
        )];
        let sides = [("The text of what left", self.out), ("The text of what came in", self.into)];
        for (side, evidence) in sides {
            if evidence.names_other {
                why.push(format!("{side} names the other account."));
            } else if evidence.says_so {
                why.push(format!("{side}, or the bank's type, says that it moved."));
            } else if evidence.pays_card {
                why.push(format!("{side} speaks of paying off a card."));
            }
        }
        why
    }
}

impl Evidence {
    fn of(fact: &Fact, other: Option<&Own>, to_card: bool) -> Self {
        let words = tokens(&format!("{} {}", fact.text, fact.merchant));
        let said = words.join(" ");
        let has = |word: &str| words.iter().any(|said| said == word);
        let names = |own: &Own| {
            own.last_four.as_deref().is_some_and(has)
                || (!own.name.is_empty() && said.contains(&tokens(&own.name).join(" ")))
        };
        let filed = fact.category.as_deref().is_some_and(|category| {
            !matches!(category, "general" | "transfer" | "loan" | "service" | "investment")
        });
        Self {
            says_so: fact.kind == "transfer" || WORDS.into_iter().any(has),
            names_other: other.is_some_and(names),
            pays_card: to_card
                && (matches!(fact.kind.as_str(), "payment" | "bill_payment")
                    || CARD_PHRASES.iter().any(|phrase| said.contains(phrase))),
            filed_elsewhere: filed,
        }
    }

    fn weight(self) -> i64 {
        2 * i64::from(self.says_so) + 2 * i64::from(self.names_other) + i64::from(self.pays_card)
            - 3 * i64::from(self.filed_elsewhere)
    }
}

#[cfg(test)]
mod tests;
