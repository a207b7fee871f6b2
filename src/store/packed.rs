//! Many small rows in one text: handing them over one by one costs more than finding them.

use chrono::{DateTime, NaiveDate, Utc};
use color_eyre::eyre::{OptionExt as _, Result};

use crate::domain::{AccountId, Balance, Currency, Flow, Money, Snapshot};

/// An account and its rows, `,` between them.
#[derive(sqlx::FromRow)]
pub(super) struct Packed {
    pub account_id: AccountId,
    rows: String,
}

impl Packed {
    /// `day|sum` each; oldest first.
    pub fn flows(&self) -> Result<Vec<Flow>> {
        let flow = |row: &str| {
            let (date, minor) = row.split_once('|').ok_or_eyre("a flow has two fields")?;
            Ok(Flow { date: date.parse::<NaiveDate>()?, minor: minor.parse()? })
        };
        let mut flows = self.rows.split(',').map(flow).collect::<Result<Vec<Flow>>>()?;
        flows.sort_unstable_by_key(|flow| flow.date);
        Ok(flows)
    }

    /// `instant|ledger|available|currency` each, nothing for unknown; oldest first.
    pub fn snapshots(&self) -> Result<Vec<Snapshot>> {
        let snapshots = self.rows.split(',').map(|row| self.snapshot(row));
        let mut snapshots = snapshots.collect::<Result<Vec<Snapshot>>>()?;
        snapshots.sort_unstable_by_key(|snapshot| snapshot.observed_at);
        Ok(snapshots)
    }

    fn snapshot(&self, row: &str) -> Result<Snapshot> {
        let mut fields = row.split('|');
        let mut field = || fields.next().ok_or_eyre("a snapshot has four fields");
        let (instant, ledger, available, currency) = (field()?, field()?, field()?, field()?);
        let currency = Currency::parse(currency).unwrap_or(Currency::NONE);
        let money = |minor: &str| -> Result<Option<Money>> {
            Ok(if minor.is_empty() { None } else { Some(Money::new(minor.parse()?, currency)) })
        };
        let balance = Balance { ledger: money(ledger)?, available: money(available)? };
        let account_id = self.account_id.clone();
        Ok(Snapshot { account_id, observed_at: parse_instant(instant)?, balance })
    }
}

/// As SQLite keeps it, or as Postgres writes it: `2026-11-22 09:45:20+00`.
fn parse_instant(text: &str) -> Result<DateTime<Utc>> {
    let instant = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z"))?;
    Ok(instant.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_read_as_either_engine_writes_it() {
        let instant: DateTime<Utc> = "2026-11-22T09:45:20Z".parse().unwrap();
        for text in
            ["2026-11-22T09:45:20+00:00", "2026-11-22 09:45:20+00", "2026-11-22 15:15:20+05:30"]
        {
            assert_eq!(parse_instant(text).unwrap(), instant, "{text}");
        }
    }

    #[test]
    fn what_is_unknown_stays_unknown_and_the_oldest_comes_first() {
        let rows = "2026-11-22T09:00:00+00:00|-5||USD,2026-11-21T09:00:00+00:00||7|USD".to_owned();
        let packed = Packed { account_id: AccountId::from("acc_1"), rows };
        let balances: Vec<_> =
            packed.snapshots().unwrap().into_iter().map(|snapshot| snapshot.balance).collect();
        let usd = |minor| Some(Money::new(minor, Currency::USD));
        assert_eq!(balances[0], Balance { ledger: None, available: usd(7) });
        assert_eq!(balances[1], Balance { ledger: usd(-5), available: None });
    }
}
