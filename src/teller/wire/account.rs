//! Accounts and balances as Teller lists them.

use crate::domain::{
    Account, AccountId, AccountKind, Balance, Currency, EnrollmentId, Institution, Money,
};

use super::fields::{Fields, Flaw};

pub(super) fn read(fields: &Fields<'_>) -> Result<Account, Flaw> {
    let links = fields.object("links")?;
    // Without any links nothing is said about what the bank offers: better ask and be told.
    let unsaid = fields.raw("links")?.is_none();
    let currency = fields.text("currency")?;
    Ok(Account {
        id: AccountId(fields.id("id")?),
        enrollment_id: EnrollmentId(fields.id("enrollment_id")?),
        institution: read_institution(&fields.object("institution")?)?,
        name: fields.text("name")?.unwrap_or_default(),
        kind: fields.word("type")?.as_str().into(),
        subtype: fields.text("subtype")?,
        currency: currency.as_deref().and_then(Currency::parse).unwrap_or(Currency::NONE),
        last_four: fields.text("last_four")?,
        status: fields.word("status")?.as_str().into(),
        has_balances: unsaid || links.raw("balances")?.is_some(),
        has_transactions: unsaid || links.raw("transactions")?.is_some(),
    })
}

pub(super) fn read_institution(fields: &Fields<'_>) -> Result<Institution, Flaw> {
    let id = fields.word("id")?;
    let name = fields.text("name")?.filter(|name| !name.trim().is_empty());
    Ok(Institution { name: name.unwrap_or_else(|| id.clone()), id })
}

pub(super) fn read_balances(fields: &Fields<'_>, account: &Account) -> Result<Balance, Flaw> {
    belongs_to(fields, account)?;
    let ledger = fields.decimal("ledger", account.currency)?;
    Ok(Balance {
        ledger: ledger.map(|ledger| in_our_sign(ledger, account)),
        // What is left to spend is positive on a card, too.
        available: fields.decimal("available", account.currency)?,
    })
}

/// Teller signs a card's amounts from the card's side: what is owed is positive there. Accounts of
/// an unknown kind keep the depository rule.
pub(super) fn in_our_sign(money: Money, account: &Account) -> Money {
    if account.kind == AccountKind::Credit { -money } else { money }
}

/// Refuses facts about another account; a reply that names none is believed.
pub(super) fn belongs_to(fields: &Fields<'_>, account: &Account) -> Result<(), Flaw> {
    match fields.text("account_id")? {
        Some(id) if id != account.id.as_str() => Err(Flaw::Foreign),
        _ => Ok(()),
    }
}
