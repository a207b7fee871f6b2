//! What the Python app kept by hand, as accounts kept by hand with one dated value each.

use std::collections::HashSet;

use chrono::NaiveDate;
use sqlx::AssertSqlSafe;

use super::AdoptError;
use super::source::{Legacy, on_source};
use crate::domain::{Currency, FoundByHand, HandKind, Money};

/// One of its tables. Versions of it name columns differently: the first that is there is taken.
struct Kept {
    table: &'static str,
    kind: HandKind,
    amounts: &'static [&'static str],
    names: &'static [&'static str],
    /// Stands before a name that is only an id, or in its place.
    what: &'static str,
}

const DEBTS: &[&str] = &["outstanding_balance", "current_balance", "balance", "loan_amount"];
const WORTHS: &[&str] = &["value", "current_value", "property_value", "market_value"];
const DAYS: [&str; 2] = ["updated_at", "created_at"];

const KEPT: [Kept; 6] = [
    Kept {
        table: "manual_property",
        kind: HandKind::House,
        amounts: WORTHS,
        names: &["name", "address", "account_id"],
        what: "Property",
    },
    Kept {
        table: "manual_asset",
        kind: HandKind::Asset,
        amounts: WORTHS,
        names: &["name", "slug"],
        what: "Asset",
    },
    Kept {
        table: "manual_mortgage",
        kind: HandKind::Loan,
        amounts: DEBTS,
        names: &["name", "account_id"],
        what: "Mortgage",
    },
    Kept {
        table: "manual_heloc",
        kind: HandKind::Loan,
        amounts: DEBTS,
        names: &["name", "account_id"],
        what: "HELOC",
    },
    Kept {
        table: "manual_liability",
        kind: HandKind::Loan,
        amounts: DEBTS,
        names: &["name", "slug"],
        what: "Liability",
    },
    Kept {
        table: "llc_accounts",
        kind: HandKind::Asset,
        amounts: &["current_balance"],
        names: &["name", "slug"],
        what: "Account",
    },
];

/// Its tables name no currency.
const CURRENCY: Currency = Currency::USD;

#[derive(sqlx::FromRow)]
struct Row {
    name: Option<String>,
    cents: Option<i64>,
    day: Option<String>,
    kind: Option<String>,
}

impl Legacy {
    /// Nothing where it kept nothing by hand, or nothing that has an amount.
    pub(super) async fn kept_by_hand(&mut self) -> Result<Vec<FoundByHand>, AdoptError> {
        let mut found = Vec::new();
        let mut keys = HashSet::new();
        for kept in &KEPT {
            let Some(sql) = self.question(kept) else { continue };
            let rows: sqlx::Result<Vec<Row>> =
                on_source!(self, |db| sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *db).await);
            for row in rows.map_err(AdoptError::Source)? {
                let Some(account) = kept.account(row) else { continue };
                if keys.insert(account.key.clone()) {
                    found.push(account);
                }
            }
        }
        Ok(found)
    }

    fn question(&self, kept: &Kept) -> Option<String> {
        let columns = self.tables.get(kept.table)?;
        let first = |wanted: &[&'static str]| {
            wanted.iter().copied().find(|column| columns.contains(*column))
        };
        let cents = self.cents(first(kept.amounts)?);
        let text = |column: Option<&str>| {
            column.map_or("cast(null as text)".to_owned(), |it| format!("cast({it} as text)"))
        };
        let name = text(first(kept.names));
        let kind = text(first(&["account_type"]));
        // The day as it stands there.
        let days: Vec<String> = DAYS
            .into_iter()
            .filter(|column| columns.contains(*column))
            .map(|column| format!("cast({column} as text)"))
            .collect();
        let day = match &days[..] {
            [] => "cast(null as text)".to_owned(),
            [day] => format!("substr({day}, 1, 10)"),
            days => format!("substr(coalesce({}), 1, 10)", days.join(", ")),
        };
        Some(format!(
            "select {name} as name, {cents} as cents, {day} as day, {kind} as kind
            from {} order by 1",
            kept.table
        ))
    }
}

impl Kept {
    fn account(&self, row: Row) -> Option<FoundByHand> {
        let cents = row.cents?;
        let debt = row.kind.is_some_and(|kind| {
            let kind = kind.to_lowercase();
            ["loan", "liability", "credit", "mortgage", "debt"].iter().any(|it| kind.contains(it))
        });
        let kind = if debt { HandKind::Loan } else { self.kind };
        let minor = if kind.is_owed() { -cents.abs() } else { cents };
        let given = row.name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        let key = format!("{}:{}", self.table, given.as_deref().unwrap_or_default());
        Some(FoundByHand::new(
            key,
            self.named(given.as_deref()),
            kind,
            Money::new(minor, CURRENCY),
            row.day.and_then(|day| day.parse::<NaiveDate>().ok()),
        ))
    }

    /// `member_loan` reads as `Member loan`, and an id says what it is of.
    fn named(&self, given: Option<&str>) -> String {
        let Some(given) = given else { return self.what.to_owned() };
        if given.starts_with("acc_") {
            return format!("{} of {given}", self.what);
        }
        if given.chars().any(|letter| letter.is_uppercase() || letter.is_whitespace()) {
            return given.to_owned();
        }
        let words = given.replace(['_', '-'], " ");
        let mut letters = words.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters).collect()
    }
}

/// Keeps those that are new. What came from the same place before stays as the user has it since.
macro_rules! keep_by_hand {
    ($tx:ident, $taking:ident, $found:expr) => {{
        let known: Vec<String> =
            sqlx::query_scalar("select id from pb_adopted where kind = 'by hand'")
                .fetch_all(&mut *$tx)
                .await?;
        let mut taken: Vec<$crate::domain::HandAccountId> =
            sqlx::query_scalar("select id from pb_hand_accounts").fetch_all(&mut *$tx).await?;
        let found: &Vec<$crate::domain::FoundByHand> = $found;
        for account in found.iter().filter(|account| !known.contains(&account.key)) {
            let id = $crate::domain::hand::new_id(&account.name, |id| taken.contains(id));
            sqlx::query($crate::store::adopt::hand::INSERT_ACCOUNT)
                .bind(&id)
                .bind(&account.name)
                .bind(account.kind.as_str())
                .bind(account.currency.code())
                .bind(i64::try_from(taken.len()).unwrap_or(i64::MAX))
                .bind($taking.now)
                .execute(&mut *$tx)
                .await?;
            sqlx::query($crate::store::adopt::hand::INSERT_VALUE)
                .bind(&id)
                .bind(account.day.unwrap_or($taking.now.date_naive()))
                .bind(account.minor)
                .bind($taking.now)
                .execute(&mut *$tx)
                .await?;
            remember!($tx, &$taking.id, "by hand", [(id.as_str(), account.key.as_str())]);
            $taking.adopted.by_hand += 1;
            taken.push(id);
        }
    }};
}
pub(super) use keep_by_hand;

pub(super) const INSERT_ACCOUNT: &str = "
    insert into pb_hand_accounts (id, name, kind, currency, position, closed, made_at)
    values ($1, $2, $3, $4, $5, false, $6)";
pub(super) const INSERT_VALUE: &str = "
    insert into pb_hand_values (account_id, day, amount, edited_at) values ($1, $2, $3, $4)";

/// A value that the user has said since stays, and then so does its account.
pub(super) const FORGET: [&str; 2] = [
    "delete from pb_hand_values
    where edited_at <= (select max(adopted_at) from pb_adoptions)
        and account_id in (select account_id from pb_adopted where kind = 'by hand')",
    "delete from pb_hand_accounts
    where id in (select account_id from pb_adopted where kind = 'by hand')
        and not exists (select 1 from pb_hand_values v where v.account_id = pb_hand_accounts.id)",
];
