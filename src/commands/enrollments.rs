//! `passbook enrollments`: the banks that are connected, how each fares, and what can be done.

mod removal;
mod tokens;

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::json;

use super::document::write_json;
use super::table::{Align, Cell, Table};
use super::{Error, Result, local};
use crate::bank::{Bank, Holding};
use crate::cli::{EnrollmentsCommand, ListArgs};
use crate::domain::{Ailment, Enrollment, EnrollmentId, SafeText, counted, fold, keeping};
use crate::enroll;
use crate::store::Store;
use crate::store::backup::Shelf;
use crate::teller::{ClientOptions, certificate_expiry};
use crate::vault::Vault;

/// Time enough to ask for a new certificate.
const SOON: TimeDelta = TimeDelta::days(30);

const COLUMNS: &[(&str, Align)] = &[
    ("BANK", Align::Left),
    ("NAME", Align::Left),
    ("ENVIRONMENT", Align::Left),
    ("STATE", Align::Left),
    ("LAST SYNC", Align::Left),
    ("ACCOUNTS", Align::Right),
    ("TOKEN", Align::Left),
    ("ID", Align::Left),
];

/// What the words act on.
pub struct Desk<'a> {
    pub store: &'a Store,
    pub vault: &'a Vault,
    pub bank: &'a Bank,
    pub shelf: &'a Shelf,
    /// How Teller is asked; `None` in the demo.
    pub teller: Option<&'a ClientOptions>,
    /// Teller's, for a token that says nothing else.
    pub environment: &'a str,
}

impl Desk<'_> {
    fn teller_is_real(&self) -> bool {
        self.teller.is_some()
    }
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a EnrollmentId,
    institution: &'a str,
    institution_id: &'a str,
    name: Option<&'a str>,
    environment: &'a str,
    state: &'a str,
    reason: Option<&'a str>,
    /// In plain words, where something is wrong.
    what: Option<String>,
    to_do: Option<String>,
    last_success_at: Option<DateTime<Utc>>,
    linked_at: Option<DateTime<Utc>>,
    removed_at: Option<DateTime<Utc>>,
    accounts: usize,
    /// `sealed`, `environment`, `locked`, `built in` or `none`.
    token: &'static str,
}

pub async fn enrollments(
    desk: &Desk<'_>,
    list_args: &ListArgs,
    command: Option<&EnrollmentsCommand>,
    out: &mut impl Write,
) -> Result<()> {
    match command {
        None => list(desk, list_args, out).await,
        Some(EnrollmentsCommand::List(args)) => list(desk, args, out).await,
        Some(EnrollmentsCommand::Add(args)) => tokens::add(desk, args, out).await,
        Some(EnrollmentsCommand::Rename(args)) => {
            let one = find(desk.store, &args.enrollment).await?;
            rename(desk.store, &one, args.name.as_deref(), out).await
        }
        Some(EnrollmentsCommand::Repair(args)) if args.undo => tokens::undo(desk, args, out).await,
        Some(EnrollmentsCommand::Repair(args)) => tokens::repair(desk, args, out).await,
        Some(EnrollmentsCommand::Remove(args)) => removal::remove(desk, args, out).await,
    }
}

async fn list(desk: &Desk<'_>, args: &ListArgs, out: &mut impl Write) -> Result<()> {
    let every = desk.store.load_every_enrollment().await?;
    let shown: Vec<&Enrollment> =
        every.iter().filter(|one| args.all || one.removed_at.is_none()).collect();
    let holdings = desk.bank.holdings(desk.store).await?;
    let accounts = desk.store.load_accounts().await?;
    let count =
        |id: &EnrollmentId| accounts.iter().filter(|account| account.enrollment_id == *id).count();
    let rows: Vec<Row<'_>> = shown.iter().map(|one| row(one, &holdings, count(&one.id))).collect();
    let spent = enroll::development_spent(desk.store).await?;
    let expiry = desk
        .teller
        .and_then(|options| certificate_expiry(options.identity.as_ref()?).ok().flatten());
    if args.format.json {
        let document = json!({
            "enrollments": rows, "development_spent": spent,
            "development_limit": enroll::DEVELOPMENT_LIMIT, "certificate_expires_at": expiry,
        });
        return write_json(out, &document);
    }
    let mut table = Table::new(out, COLUMNS);
    for row in &rows {
        table.row(vec![
            Cell::outside(row.institution),
            Cell::outside_or_unknown(row.name),
            Cell::outside(row.environment),
            Cell::outside(if row.removed_at.is_some() { "removed" } else { row.state }),
            Cell::ours(row.last_success_at.map(local).unwrap_or_default()),
            Cell::ours(row.accounts.to_string()),
            Cell::ours(row.token),
            Cell::outside(row.id.as_str()),
        ])?;
    }
    table.finish("No bank is connected: `passbook connect` connects one.")?;
    for (row, one) in rows.iter().zip(&shown) {
        if let (Some(what), Some(to_do)) = (&row.what, &row.to_do) {
            writeln!(out, "{}: {what}; {to_do}.", SafeText::new(one.label()))?;
        }
    }
    if spent > 0 {
        let limit = enroll::DEVELOPMENT_LIMIT;
        writeln!(
            out,
            "Of Teller's {limit} free enrollments {spent} are spent, as far as is known here."
        )?;
    }
    if let Some(sentence) = expiry.and_then(|until| expires(until, Utc::now())) {
        writeln!(out, "{sentence}")?;
    }
    Ok(out.flush()?)
}

fn row<'a>(
    one: &'a Enrollment,
    holdings: &HashMap<EnrollmentId, Holding>,
    accounts: usize,
) -> Row<'a> {
    let holding = holdings.get(&one.id);
    let (what, to_do) = match (one.ailment(), holding) {
        _ if one.removed_at.is_some() => (None, None),
        (Some(Ailment { what, remedy, .. }), _) => {
            let id = SafeText::new(one.id.as_str());
            (Some(what.to_owned()), Some(format!("{remedy}: `passbook connect --repair {id}`")))
        }
        (None, Some(Holding::Locked(error))) => {
            (Some("it can be browsed, but not synced here".to_owned()), Some(error.to_string()))
        }
        (None, _) => (None, None),
    };
    Row {
        id: &one.id,
        institution: &one.institution.name,
        institution_id: &one.institution.id,
        name: one.name.as_deref(),
        environment: &one.environment,
        state: one.state.as_str(),
        reason: one.reason.as_deref(),
        what,
        to_do,
        last_success_at: one.last_success_at,
        linked_at: one.linked_at,
        removed_at: one.removed_at,
        accounts,
        token: holding.map_or("none", Holding::word),
    }
}

/// Where the certificate needs to be renewed soon.
fn expires(until: DateTime<Utc>, now: DateTime<Utc>) -> Option<String> {
    let days = u64::try_from((until - now).num_days().max(0)).ok()?;
    (until - now < SOON).then(|| {
        format!(
            "Teller's certificate expires on {}, in {}: get a new one in its dashboard.",
            until.date_naive(),
            counted(days, "day")
        )
    })
}

async fn rename(
    store: &Store,
    one: &Enrollment,
    name: Option<&str>,
    out: &mut impl Write,
) -> Result<()> {
    let edited = store.edit(&keeping::rename_enrollment(one, name.unwrap_or_default())).await?;
    if edited.changed == 0 {
        writeln!(out, "It is so already: nothing was changed.")?;
    } else {
        writeln!(out, "{}", SafeText::new(&edited.sentence))?;
    }
    Ok(out.flush()?)
}

/// By id, by the user's name, or by that of a bank with one enrollment only.
async fn find(store: &Store, asked: &str) -> Result<Enrollment> {
    let all = store.load_enrollments().await?;
    let name = fold(asked.trim());
    let by = |is: &dyn Fn(&Enrollment) -> bool| -> Vec<&Enrollment> {
        all.iter().filter(|one| is(one)).collect()
    };
    let mut found = by(&|one| one.id.as_str() == asked.trim());
    if found.is_empty() {
        found = by(&|one| one.name.as_deref().is_some_and(|own| fold(own) == name));
    }
    if found.is_empty() {
        found = by(&|one| fold(&one.institution.name) == name || one.institution.id == name);
    }
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        several => {
            let listed = if several.is_empty() { by(&|_| true) } else { several.to_vec() };
            let line = |one: &&Enrollment| {
                format!("\n  {}  {}", SafeText::new(one.id.as_str()), SafeText::new(one.label()))
            };
            Err(Error::UnknownEnrollment {
                asked: SafeText::new(asked),
                several: !several.is_empty(),
                known: listed.iter().map(line).collect(),
            })
        }
    }
}

/// As it is told after a backup.
fn kept_at(path: &Path) -> String {
    format!("A backup is in {}.", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_told_of_thirty_days_before_its_end() {
        let now = Utc::now();
        assert_eq!(expires(now + TimeDelta::days(31), now), None);
        let told = expires(now + TimeDelta::days(12) + TimeDelta::hours(1), now).unwrap();
        assert!(told.contains("in 12 days"), "{told}");
        assert!(expires(now - TimeDelta::days(2), now).unwrap().contains("in 0 days"));
    }
}
