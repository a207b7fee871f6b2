//! The built-in bank's rows as detection reads them, and what they are in truth.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use passbook::demo::{Bank, BankOptions, Meaning, TruthRow};
use passbook::domain::insight::{Fact, Own};
use passbook::domain::{
    AccountId, AccountKind, Annotation, BankWords, Currency, Money, Said, Shown, Status,
    TransactionKey,
};

#[derive(Clone)]
pub struct Household {
    pub today: NaiveDate,
    pub facts: Vec<Fact>,
    pub own: Vec<Own>,
    meanings: BTreeMap<TransactionKey, Meaning>,
}

/// In the bank's order: its name, kind and last digits.
const ACCOUNTS: [(&str, AccountKind, &str); 6] = [
    ("Everyday Checking", AccountKind::Depository, "4821"),
    ("Rainy Day Savings", AccountKind::Depository, "9034"),
    ("Platinum Card", AccountKind::Credit, "1177"),
    ("Joint Checking", AccountKind::Depository, "6605"),
    ("Travel Card", AccountKind::Credit, "3390"),
    ("12-Month CD", AccountKind::Depository, "0088"),
];

impl Household {
    pub async fn of(seed: u64) -> Self {
        Self::on(seed, NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()).await
    }

    /// The household of [`Household::of`], on another day of its life.
    pub async fn on(seed: u64, today: NaiveDate) -> Self {
        let first_day = NaiveDate::from_ymd_opt(2024, 11, 22).unwrap();
        let bank =
            Bank::start(BankOptions { seed, first_day, today, extra_rows: 0 }).await.unwrap();
        let mut household =
            Self { today, facts: Vec::new(), own: Vec::new(), meanings: BTreeMap::new() };
        for (id, (name, kind, last_four)) in bank.account_ids().into_iter().zip(ACCOUNTS) {
            for (row, meaning) in bank.truth(&id).iter().zip(bank.meanings(&id)) {
                let fact = fact(&id, row, &kind);
                household.meanings.insert(fact.key.clone(), meaning);
                household.facts.push(fact);
            }
            let (name, last_four) = (name.to_owned(), Some(last_four.to_owned()));
            household.own.push(Own { id, kind, name, last_four });
        }
        household
    }

    /// As told by banks that write no account's digits or name.
    pub fn without_digits(&self) -> Self {
        let mut bare = self.clone();
        for fact in &mut bare.facts {
            fact.text = fact.text.replace(|c: char| c.is_ascii_digit(), "");
        }
        bare
    }

    /// As told by banks that call whatever comes in a deposit.
    pub fn with_bare_arrivals(&self) -> Self {
        let mut bare = self.without_digits();
        for fact in bare.facts.iter_mut().filter(|fact| fact.amount.minor > 0) {
            if matches!(fact.kind.as_str(), "transfer" | "payment") {
                "deposit".clone_into(&mut fact.kind);
                "DEPOSIT".clone_into(&mut fact.text);
                fact.merchant.clear();
            }
        }
        bare
    }

    /// Out and in.
    pub fn transfers(&self) -> BTreeSet<(TransactionKey, TransactionKey)> {
        let mut halves: BTreeMap<i64, [Option<TransactionKey>; 2]> = BTreeMap::new();
        for fact in &self.facts {
            if let Some(number) = self.meanings[&fact.key].transfer {
                let side = usize::from(fact.amount.minor > 0);
                halves.entry(number).or_default()[side] = Some(fact.key.clone());
            }
        }
        halves.into_values().filter_map(|[out, into]| out.zip(into)).collect()
    }

    /// Rows of each standing payment of each account, of those that came often enough to tell:
    /// twice for what is yearly, three times for others.
    pub fn series(&self) -> BTreeMap<(&'static str, usize, bool), BTreeSet<TransactionKey>> {
        let mut series: BTreeMap<_, BTreeSet<TransactionKey>> = BTreeMap::new();
        for fact in &self.facts {
            if let Some((text, account)) = self.meanings[&fact.key].series {
                let key = (text, account, fact.amount.minor > 0);
                series.entry(key).or_default().insert(fact.key.clone());
            }
        }
        series.retain(|_, rows| rows.len() >= 2);
        series
    }

    /// Rows of each charge that was made twice and is settled twice.
    pub fn repeats(&self) -> BTreeSet<BTreeSet<TransactionKey>> {
        let mut repeats: BTreeMap<_, BTreeSet<TransactionKey>> = BTreeMap::new();
        let marked = self.facts.iter().filter(|fact| self.meanings[&fact.key].repeat);
        for fact in marked {
            let about = (fact.merchant.clone(), fact.amount.minor);
            repeats.entry(about).or_default().insert(fact.key.clone());
        }
        repeats.into_values().filter(|rows| rows.len() > 1).collect()
    }

    /// Merchants whose price rose so many months after the first day, or shortly before.
    pub fn risen(months: &[u32]) -> BTreeSet<&'static str> {
        const RISES: [(u32, &str); 4] = [
            (9, "LUMEN FIBER"),
            (11, "BEACON MUTUAL"),
            (14, "LANTERN VIDEO"),
            (17, "TIDEWATER MUSIC"),
        ];
        let lately = |after: u32| months.iter().any(|now| (after..after + 3).contains(now));
        RISES.iter().filter(|(after, _)| lately(*after)).map(|(_, merchant)| *merchant).collect()
    }

    pub fn recent_fees(&self) -> BTreeSet<TransactionKey> {
        let recent = self.today - Days::new(60);
        let fees = self.facts.iter().filter(|fact| fact.kind == "fee" && fact.date >= recent);
        fees.map(|fact| fact.key.clone()).collect()
    }
}

fn fact(account: &AccountId, row: &TruthRow, kind: &AccountKind) -> Fact {
    let told = Money::parse(&row.amount, Currency::USD).unwrap();
    let bank = BankWords {
        account: "",
        description: &row.description,
        counterparty: row.counterparty.as_deref(),
        category: row.category.as_deref(),
        amount: if *kind == AccountKind::Credit { -told } else { told },
    };
    Fact {
        key: TransactionKey { account_id: account.clone(), id: row.id.clone() },
        date: row.date,
        amount: if *kind == AccountKind::Credit { -told } else { told },
        merchant: Shown::of(bank, &Annotation::default(), &Said::default()).merchant,
        text: row.description.clone(),
        kind: row.kind.clone(),
        category: row.category.clone(),
        pending: row.status == Status::Pending,
        twin: None,
    }
}
