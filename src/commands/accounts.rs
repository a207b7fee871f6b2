//! `passbook accounts`: what the bank calls them, and the latest balances.

use std::io::Write;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::document::Document;
use super::table::{Align, Cell, Table};
use super::{Result, local};
use crate::domain::{
    AccountId, AccountKind, AccountOverview, AccountStatus, Currency, EnrollmentId, SafeText, Zone,
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
    name: &'a str,
    r#type: &'a AccountKind,
    subtype: Option<&'a str>,
    last_four: Option<&'a str>,
    currency: Currency,
    /// Assumed until the next sync: no bank has said it.
    currency_assumed: bool,
    status: &'a AccountStatus,
    ledger: Option<String>,
    available: Option<String>,
    as_of: Option<DateTime<Utc>>,
    enrollment: &'a EnrollmentId,
    /// Perhaps an account of this list again, under a new id: out of all totals.
    possible_duplicate: bool,
}

pub async fn accounts(store: &Store, json: bool, out: &mut impl Write) -> Result<()> {
    let today = Zone::Local.day(store.clock().now());
    let overview = store.load_overview(today, 1).await?;
    write(&overview.accounts, json, out)
}

fn write(accounts: &[AccountOverview], json: bool, out: &mut impl Write) -> Result<()> {
    if json {
        let mut document = Document::start(out, "accounts")?;
        for overview in accounts {
            document.row(&row(overview))?;
        }
        document.finish()?;
    } else {
        let mut table = Table::new(out, COLUMNS);
        for overview in accounts {
            table.row(cells(overview))?;
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

fn row(overview: &AccountOverview) -> Row<'_> {
    let account = &overview.account;
    let latest = overview.latest.as_ref();
    Row {
        id: &account.id,
        institution: &account.institution.name,
        institution_id: &account.institution.id,
        name: &account.name,
        r#type: &account.kind,
        subtype: account.subtype.as_deref(),
        last_four: account.last_four.as_deref(),
        currency: account.currency,
        currency_assumed: overview.currency_assumed,
        status: &account.status,
        ledger: latest.and_then(|latest| latest.balance.ledger).map(|money| money.to_string()),
        available: latest
            .and_then(|latest| latest.balance.available)
            .map(|money| money.to_string()),
        as_of: latest.map(|latest| latest.observed_at),
        enrollment: &account.enrollment_id,
        possible_duplicate: overview.possible_duplicate,
    }
}

fn cells(overview: &AccountOverview) -> Vec<Cell> {
    let account = &overview.account;
    let latest = overview.latest.as_ref();
    vec![
        Cell::outside(&account.institution.name),
        Cell::outside(&account.name),
        Cell::outside(account.subtype.as_deref().unwrap_or(account.kind.as_str())),
        Cell::outside_or_unknown(account.last_four.as_deref()),
        Cell::money(latest.and_then(|latest| latest.balance.ledger)),
        Cell::money(latest.and_then(|latest| latest.balance.available)),
        Cell::ours(match (account.currency.code(), overview.currency_assumed) {
            (code, true) => format!("{code}?"),
            (code, false) => code.to_owned(),
        }),
        Cell::outside(account.status.as_str()),
        latest.map_or_else(Cell::unknown, |latest| Cell::ours(local(latest.observed_at))),
        Cell::outside(account.id.as_str()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Account, Balance, Institution, Money, Snapshot};

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
        AccountOverview {
            latest: latest.map(snapshot),
            account,
            snapshots: Vec::new(),
            flows: Vec::new(),
            reach: None,
            pending: 0,
            complete: true,
            synced_at: None,
            currency_assumed: false,
            possible_duplicate: false,
        }
    }

    fn written(accounts: &[AccountOverview], json: bool) -> String {
        let mut out = Vec::new();
        write(accounts, json, &mut out).unwrap();
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
