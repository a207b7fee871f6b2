//! Transactions as Teller lists them.

use crate::domain::{Account, Money, Status, Transaction, TransactionId};
use crate::teller::Charge;

use super::account::{belongs_to, in_our_sign};
use super::fields::{Fields, Flaw};

pub(super) fn read(fields: &Fields<'_>, account: &Account) -> Result<Transaction, Flaw> {
    belongs_to(fields, account)?;
    let details = fields.object("details")?;
    let counterparty = details.object("counterparty")?;
    let amount = read_amount(fields, account)?;
    let running_balance = fields.decimal("running_balance", account.currency)?;
    Ok(Transaction {
        id: TransactionId(fields.id("id")?),
        account_id: account.id.clone(),
        date: fields.date("date")?,
        amount,
        description: fields.text("description")?.unwrap_or_default(),
        status: fields.word("status")?.as_str().into(),
        kind: fields.word("type")?,
        running_balance: running_balance.map(|balance| in_our_sign(balance, account)),
        category: details.text("category")?,
        counterparty: counterparty.text("name")?,
        counterparty_type: counterparty.text("type")?.map(american),
        processing_status: details.text("processing_status")?,
    })
}

/// What is known of one that cannot be read otherwise.
pub(super) fn read_charge(fields: &Fields<'_>, account: &Account) -> Option<Charge> {
    Some(Charge {
        date: fields.date("date").ok()?,
        amount: read_amount(fields, account).ok()?,
        description: fields.text("description").ok().flatten().unwrap_or_default(),
        posted: fields.word("status").is_ok_and(|status| status == Status::Posted.as_str()),
    })
}

fn read_amount(fields: &Fields<'_>, account: &Account) -> Result<Money, Flaw> {
    let amount = fields.decimal("amount", account.currency)?.ok_or(Flaw::Missing("amount"))?;
    Ok(in_our_sign(amount, account))
}

/// Teller documents `organization`; some banks are seen with `organisation`.
fn american(word: String) -> String {
    if word == "organisation" { "organization".to_owned() } else { word }
}
