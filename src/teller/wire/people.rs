//! What only a person asks for: account numbers, owners, the list of institutions.

use serde_json::value::RawValue;

use crate::domain::Account;
use crate::secret::Secret;
use crate::teller::{Details, Offer, Owner, Ownership};

use super::account;
use super::fields::{Fields, Flaw};

pub(super) fn read_details(fields: &Fields<'_>, account: &Account) -> Result<Details, Flaw> {
    account::belongs_to(fields, account)?;
    let number = fields.text("account_number")?.ok_or(Flaw::Missing("account_number"))?;
    let routing = fields.object("routing_numbers")?;
    Ok(Details {
        account_number: Secret::new(number),
        ach: routing.text("ach")?.map(Secret::new),
        wire: routing.text("wire")?.map(Secret::new),
        bacs: routing.text("bacs")?.map(Secret::new),
    })
}

pub(super) fn read_ownership(fields: &Fields<'_>) -> Result<Ownership, Flaw> {
    if fields.raw("account")?.is_none() {
        return Err(Flaw::Missing("account"));
    }
    Ok(Ownership {
        account: account::read(&fields.object("account")?)?,
        owners: each(fields, "owners", read_owner)?,
    })
}

fn read_owner(fields: &Fields<'_>) -> Result<Owner, Flaw> {
    Ok(Owner {
        kind: fields.word("type")?,
        names: each(fields, "names", read_data)?,
        addresses: each(fields, "addresses", |address| read_lines(&address.object("data")?))?,
        phone_numbers: each(fields, "phone_numbers", read_data)?,
        emails: each(fields, "emails", read_data)?,
    })
}

fn read_data(fields: &Fields<'_>) -> Result<String, Flaw> {
    Ok(fields.text("data")?.unwrap_or_default())
}

fn read_lines(address: &Fields<'_>) -> Result<Vec<String>, Flaw> {
    let mut lines = Vec::new();
    for name in ["street", "city", "region", "postal_code", "country"] {
        lines.extend(address.text(name)?.filter(|line| !line.is_empty()));
    }
    Ok(lines)
}

pub(super) fn read_offer(fields: &Fields<'_>) -> Result<Offer, Flaw> {
    fields.id("id")?;
    let products = fields.list("products")?;
    Ok(Offer {
        institution: account::read_institution(fields)?,
        products: products.into_iter().filter_map(word).collect(),
    })
}

fn word(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

fn each<T>(
    fields: &Fields<'_>,
    list: &'static str,
    read: impl Fn(&Fields<'_>) -> Result<T, Flaw>,
) -> Result<Vec<T>, Flaw> {
    fields.list(list)?.into_iter().map(|raw| read(&Fields::read(raw)?)).collect()
}
