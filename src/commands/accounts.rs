//! `passbook accounts`: what they are called, and the latest balances.

use std::io::Write;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::document::Document;
use super::table::{Align, Cell, Table};
use super::{Result, local};
use crate::cli::AccountsArgs;
use crate::domain::{
    AccountId, AccountKind, AccountOverview, AccountStatus, Currency, EnrollmentId, SafeText, Zone,
    counted,
};
use crate::store::Store;

const COLUMNS: &[(&str, Align)] = &[
    ("INSTITUTION", Align::Left),
    ("NAME", Align::Left),
    ("TYPE", Align::Left),
    ("LAST", Align::Left),
    ("LEDGER", Align::Right),
    ("AVAILABLE", Align::Right),
    ("CUR", Align::Left),
    ("STATUS", Align::Left),
    ("AS OF", Align::Left),
    ("ID", Align::Left),
];

#[derive(Serialize)]
struct Row<'a> {
    id: &'a AccountId,
    institution: &'a str,
    institution_id: &'a str,
    /// The user's, where there is one.
    name: &'a str,
    /// None of those kept by hand.
    bank_name: Option<&'a str>,
    hidden: bool,
    r#type: &'a AccountKind,
    subtype: Option<&'a str>,
    last_four: Option<&'a str>,
    currency: Currency,
    /// Assumed until the next sync: no bank has said it.
    currency_assumed: bool,
    status: &'a AccountStatus,
    ledger: Option<String>,
    available: Option<String>,
    /// An instant, or the day of a value given by hand.
    as_of: Option<AsOf>,
    /// None of those kept by hand.
    enrollment: Option<&'a EnrollmentId>,
    /// Perhaps an account of this list again, under a new id: out of all totals.
    possible_duplicate: bool,
}

#[derive(Serialize)]
#[serde(untagged)]
enum AsOf {
    Instant(DateTime<Utc>),
    Day(NaiveDate),
}

impl AsOf {
    fn of(overview: &AccountOverview, today: NaiveDate) -> Option<Self> {
        match &overview.hand {
            Some(hand) => hand.value_on(today).map(|value| Self::Day(value.day)),
            None => overview.latest.as_ref().map(|latest| Self::Instant(latest.observed_at)),
        }
    }
}

/// Hidden ones only when all are asked for.
pub async fn accounts(store: &Store, args: &AccountsArgs, out: &mut impl Write) -> Result<()> {
    let today = Zone::Local.day(store.clock().now());
    let mut accounts = store.load_overview(today, 1).await?.accounts;
    let hidden = accounts.iter().filter(|account| account.hidden).count();
    accounts.retain(|account| args.all || !account.hidden);
    write(&accounts, today, args.format.json, out)?;
    if hidden > 0 && !args.all && !args.format.json {
        writeln!(
            out,
            "\n{}: `passbook accounts --all` lists all.",
            counted(hidden as u64, "hidden account")
        )?;
    }
    Ok(out.flush()?)
}

fn write(
    accounts: &[AccountOverview],
    today: NaiveDate,
    json: bool,
    out: &mut impl Write,
) -> Result<()> {
    if json {
        let mut document = Document::start(out, "accounts")?;
        for overview in accounts {
            document.row(&row(overview, today))?;
        }
        document.finish()?;
    } else {
        let mut table = Table::new(out, COLUMNS);
        for overview in accounts {
            table.row(cells(overview, today))?;
        }
        table.finish("No accounts yet: run `passbook sync` first.")?;
        for twin in accounts.iter().filter(|overview| overview.possible_duplicate) {
            let id = SafeText::new(twin.account.id.as_str());
            writeln!(
                out,
                "\n{id} may be an account you had already, under a new id: it counts in no total. \
                 `passbook merge {id}` joins the two, and with `--no` both count."
            )?;
        }
        if accounts.iter().any(|overview| overview.currency_assumed) {
            writeln!(out, "\nA currency with ? is assumed until the next sync.")?;
        }
        out.flush()?;
    }
    Ok(())
}

fn row(overview: &AccountOverview, today: NaiveDate) -> Row<'_> {
    let account = &overview.account;
    let latest = overview.latest.as_ref();
    Row {
        id: &account.id,
        institution: &account.institution.name,
        institution_id: &account.institution.id,
        name: &account.name,
        bank_name: overview.hand.is_none().then(|| overview.said_name()),
        hidden: overview.hidden,
        r#type: &account.kind,
        subtype: account.subtype.as_deref(),
        last_four: account.last_four.as_deref(),
        currency: account.currency,
        currency_assumed: overview.currency_assumed,
        status: &account.status,
        ledger: overview.ledger(today).map(|money| money.to_string()),
        available: latest
            .and_then(|latest| latest.balance.available)
            .map(|money| money.to_string()),
        as_of: AsOf::of(overview, today),
        enrollment: overview.hand.is_none().then_some(&account.enrollment_id),
        possible_duplicate: overview.possible_duplicate,
    }
}

fn cells(overview: &AccountOverview, today: NaiveDate) -> Vec<Cell> {
    let account = &overview.account;
    let latest = overview.latest.as_ref();
    vec![
        Cell::outside(&account.institution.name),
        Cell::outside(&account.name),
        Cell::outside(account.subtype.as_deref().unwrap_or(account.kind.as_str())),
        Cell::outside_or_unknown(account.last_four.as_deref()),
        Cell::money(overview.ledger(today)),
        Cell::money(latest.and_then(|latest| latest.balance.available)),
        Cell::ours(match (account.currency.code(), overview.currency_assumed) {
            (code, true) => format!("{code}?"),
            (code, false) => code.to_owned(),
        }),
        Cell::outside(if overview.hidden { "hidden" } else { account.status.as_str() }),
        AsOf::of(overview, today).map_or_else(Cell::unknown, |as_of| match as_of {
            AsOf::Instant(at) => Cell::ours(local(at)),
            AsOf::Day(day) => Cell::ours(day.to_string()),
        }),
        Cell::outside(account.id.as_str()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Account, Balance, Institution, Money, Snapshot};

    fn day() -> NaiveDate {
        "2027-01-20".parse().unwrap()
    }

    fn overview(latest: Option<Balance>) -> AccountOverview {
        let account = Account {
            id: "acc_1".into(),
            enrollment_id: "enr_1".into(),
            institution: Institution { id: "first".into(), name: "First\u{1b}[2J Bank".into() },
            name: "Gold Card".into(),
            kind: AccountKind::Credit,
            subtype: Some("credit_card".into()),
            currency: Currency::USD,
            last_four: Some("0042".into()),
            status: AccountStatus::Other("frozen".into()),
            has_balances: true,
            has_transactions: true,
        };
        let observed_at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let snapshot = |balance| Snapshot { account_id: account.id.clone(), observed_at, balance };
        let latest = latest.map(snapshot);
        AccountOverview { latest, ..AccountOverview::bare(account) }
    }

    fn written(accounts: &[AccountOverview], json: bool) -> String {
        let mut out = Vec::new();
        write(accounts, day(), json, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn json_is_exact_raw_and_says_null_where_nothing_is_known() {
        let owed = Money::new(-194_268, Currency::USD);
        let accounts =
            [overview(Some(Balance { ledger: Some(owed), available: None })), overview(None)];
        let value: serde_json::Value = serde_json::from_str(&written(&accounts, true)).unwrap();
        let first = serde_json::json!({
            "id": "acc_1",
            "institution": "First\u{1b}[2J Bank",
            "institution_id": "first",
            "name": "Gold Card",
            "bank_name": "Gold Card",
            "hidden": false,
            "type": "credit",
            "subtype": "credit_card",
            "last_four": "0042",
            "currency": "USD",
            "currency_assumed": false,
            "status": "frozen",
            "ledger": "-1942.68",
            "available": null,
            "as_of": "2027-01-15T08:00:00Z",
            "enrollment": "enr_1",
            "possible_duplicate": false,
        });
        assert_eq!(value["accounts"][0], first);
        assert_eq!(value["accounts"][1]["as_of"], serde_json::Value::Null);
        assert_eq!(value["accounts"].as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn the_table_is_grouped_safe_and_aligned() {
        let owed = Money::new(-194_268, Currency::USD);
        let accounts =
            [overview(Some(Balance { ledger: Some(owed), available: None })), overview(None)];
        let shown = written(&accounts, false);
        assert!(shown.contains("-1,942.68") && !shown.contains('\u{1b}'), "{shown}");
        let ids = shown
            .lines()
            .map(|line| line[..line.find("acc_1").or(line.find("ID")).unwrap()].chars().count());
        let id_columns: Vec<usize> = ids.collect();
        assert!(id_columns.windows(2).all(|pair| pair[0] == pair[1]), "{shown}");
        assert!(written(&[], false).contains("passbook sync"));
    }

    #[test]
    fn a_possible_duplicate_is_asked_about() {
        let twin = AccountOverview { possible_duplicate: true, ..overview(None) };
        assert!(!written(&[overview(None)], false).contains("merge"));
        assert!(written(&[twin], false).contains("`passbook merge acc_1` joins the two"));
    }

    #[test]
    fn a_currency_that_no_bank_has_said_is_marked() {
        let assumed = AccountOverview { currency_assumed: true, ..overview(None) };
        let assumed = [assumed];
        assert!(!written(&[overview(None)], false).contains('?'));
        let shown = written(&assumed, false);
        assert!(shown.contains("USD?") && shown.contains("assumed until the next sync"), "{shown}");
        assert!(written(&assumed, true).contains("\"currency_assumed\":true"));
    }
}
