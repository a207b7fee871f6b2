//! JSON as Teller sends it → domain words: one bad row costs one row, and signs are settled here.

mod account;
mod fields;
mod people;
mod transaction;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::Deserializer;
use serde::de::{SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::domain::{Account, AccountId, Balance, TransactionId};
use crate::teller::{
    AccountList, Details, Error, Listing, Offer, Ownership, Page, Rejected, Result, Row,
};

use fields::{Fields, Flaw};

/// Reads `GET …/transactions` of this account.
pub fn read_page(body: &[u8], account: &Account) -> Result<Page> {
    let mut page = Page::default();
    for_each_element(body, |element| {
        page.length += 1;
        match element.read(|fields| transaction::read(fields, account)) {
            Ok(transaction) => page.rows.push(Row { transaction, raw: element.text.to_owned() }),
            Err(flaw) => {
                let charge = || transaction::read_charge(element.fields.as_ref().ok()?, account);
                let rejected = element.reject(&flaw, TransactionId);
                page.rejected.push(Rejected { charge: charge(), ..rejected });
            }
        }
    })?;
    Ok(page)
}

/// Whatever it says, as long as it is JSON.
pub fn read_anything(body: &[u8]) -> Result<()> {
    one(body).map(drop)
}

/// Reads `GET …/transactions/:id`.
pub fn read_transaction(body: &[u8], account: &Account, id: &TransactionId) -> Result<Row> {
    let raw = one(body)?;
    let transaction = Fields::read(raw)
        .and_then(|fields| transaction::read(&fields, account))
        .map_err(Flaw::of_reply)?;
    if transaction.id != *id {
        return Err(unexpected("another transaction than the one asked for"));
    }
    Ok(Row { transaction, raw: raw.get().to_owned() })
}

/// Reads `GET /accounts`. An id listed twice counts once: the first wins.
pub fn read_accounts(body: &[u8]) -> Result<AccountList> {
    let mut list = AccountList::default();
    let mut seen = HashSet::new();
    for_each_element(body, |element| {
        list.length += 1;
        match element.read(account::read) {
            Ok(account) if seen.insert(account.id.clone()) => {
                list.accounts.push((account, element.text.to_owned()));
            }
            Ok(_) => list.rejected.push(element.reject(&Flaw::ListedTwice, AccountId)),
            Err(flaw) => list.rejected.push(element.reject(&flaw, AccountId)),
        }
    })?;
    Ok(list)
}

/// Reads `GET /accounts/:id`.
pub fn read_account(body: &[u8], id: &AccountId) -> Result<(Account, String)> {
    let raw = one(body)?;
    let account =
        Fields::read(raw).and_then(|fields| account::read(&fields)).map_err(Flaw::of_reply)?;
    if account.id != *id {
        return Err(unexpected("another account than the one asked for"));
    }
    Ok((account, raw.get().to_owned()))
}

/// Reads `GET …/balances`.
pub fn read_balances(body: &[u8], account: &Account) -> Result<(Balance, String)> {
    let raw = one(body)?;
    let balance = Fields::read(raw)
        .and_then(|fields| account::read_balances(&fields, account))
        .map_err(Flaw::of_reply)?;
    Ok((balance, raw.get().to_owned()))
}

/// Reads `GET …/details`.
pub fn read_details(body: &[u8], account: &Account) -> Result<Details> {
    Fields::read(one(body)?)
        .and_then(|fields| people::read_details(&fields, account))
        .map_err(Flaw::of_reply)
}

/// Reads `GET /identity`.
pub fn read_identity(body: &[u8]) -> Result<Listing<Ownership>> {
    read_listing(body, people::read_ownership)
}

/// Reads `GET /institutions`.
pub fn read_institutions(body: &[u8]) -> Result<Listing<Offer>> {
    read_listing(body, people::read_offer)
}

fn read_listing<T>(
    body: &[u8],
    read: impl Fn(&Fields<'_>) -> Result<T, Flaw>,
) -> Result<Listing<T>> {
    let mut listing = Listing { items: Vec::new(), rejected: Vec::new() };
    for_each_element(body, |element| match element.read(&read) {
        Ok(item) => listing.items.push(item),
        Err(flaw) => listing.rejected.push(element.reject(&flaw, |id| id)),
    })?;
    Ok(listing)
}

/// One element of an array, as it stands in the reply.
struct Element<'a> {
    text: &'a str,
    fields: Result<Fields<'a>, Flaw>,
    /// The reply was no UTF-8 and this element may be where.
    damaged: bool,
}

impl Element<'_> {
    fn read<T>(&self, read: impl FnOnce(&Fields<'_>) -> Result<T, Flaw>) -> Result<T, Flaw> {
        if self.damaged {
            return Err(Flaw::Encoding);
        }
        read(self.fields.as_ref().map_err(|flaw| *flaw)?)
    }

    fn reject<Id>(&self, flaw: &Flaw, id: impl FnOnce(String) -> Id) -> Rejected<Id> {
        let readable = self.fields.as_ref().ok().and_then(|fields| fields.id("id").ok());
        let (reason, raw) = (flaw.to_string(), self.text.to_owned());
        Rejected { id: readable.map(id), charge: None, reason, raw }
    }
}

/// A real row has some 500 bytes, so that the limit of a body ends a real list sooner.
const LONGEST_LIST: usize = 100_000;

/// Splits an array without looking into its elements, so that none can spoil the others.
fn for_each_element(body: &[u8], mut visit: impl FnMut(&Element<'_>)) -> Result<()> {
    let text = String::from_utf8_lossy(body);
    // A replacement character that the bank itself sent is only suspect beside broken bytes.
    let lossy = matches!(text, Cow::Owned(_));
    let mut length = 0;
    let mut json = serde_json::Deserializer::from_str(&text);
    let split = json.deserialize_seq(Elements(|raw: &RawValue| {
        length += 1;
        if length <= LONGEST_LIST {
            visit(&Element {
                text: raw.get(),
                fields: Fields::read(raw),
                damaged: lossy && raw.get().contains('\u{FFFD}'),
            });
        }
    }));
    match split.and_then(|()| json.end()) {
        Err(error) if error.is_data() => Err(unexpected("not a list")),
        Err(_) => Err(unexpected("broken JSON")),
        Ok(()) if length > LONGEST_LIST => Err(unexpected("a list without end")),
        Ok(()) => Ok(()),
    }
}

/// Hands out the elements one by one: a body of many tiny ones takes no memory.
struct Elements<F>(F);

impl<'de, F: FnMut(&'de RawValue)> Visitor<'de> for Elements<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        while let Some(element) = elements.next_element()? {
            self.0(element);
        }
        Ok(())
    }
}

fn one(body: &[u8]) -> Result<&RawValue> {
    serde_json::from_slice(body).map_err(|_| unexpected("broken JSON"))
}

fn unexpected(what: &str) -> Error {
    Error::Unexpected { what: what.to_owned(), request_id: None }
}
