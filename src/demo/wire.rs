//! The bank's words as Teller writes them.

use serde::Serialize;
use serde_json::{Value, json};

use super::book::{Book, Row};
use super::books::Books;
use super::counterparties::Party;
use super::household::{CURRENCY, INSTITUTIONS, Slot, Spec};

#[derive(Serialize)]
struct Transaction<'a> {
    account_id: &'a str,
    amount: String,
    date: String,
    description: &'a str,
    details: Details<'a>,
    id: &'a str,
    links: Links<'a>,
    running_balance: Option<String>,
    status: &'a str,
    r#type: &'a str,
}

#[derive(Serialize)]
struct Details<'a> {
    category: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counterparty: Option<CounterpartyJson<'a>>,
    processing_status: &'a str,
}

#[derive(Serialize)]
struct CounterpartyJson<'a> {
    name: Option<&'a str>,
    r#type: Option<&'a str>,
}

#[derive(Serialize)]
struct Links<'a> {
    account: &'a str,
    #[serde(rename = "self")]
    own: String,
}

/// Minor units as Teller writes amounts: exact, two decimals.
pub fn decimal(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let magnitude = minor.unsigned_abs();
    format!("{sign}{}.{:02}", magnitude / 100, magnitude % 100)
}

pub fn transactions(base: &str, account_id: &str, rows: &[&Row]) -> Vec<u8> {
    let account = format!("{base}/accounts/{account_id}");
    let rows: Vec<_> = rows.iter().map(|row| transaction(&account, account_id, row)).collect();
    serde_json::to_vec(&rows).expect("plain structs are JSON")
}

pub fn one_transaction(base: &str, account_id: &str, row: &Row) -> Vec<u8> {
    let account = format!("{base}/accounts/{account_id}");
    serde_json::to_vec(&transaction(&account, account_id, row)).expect("plain structs are JSON")
}

fn transaction<'a>(account: &'a str, account_id: &'a str, row: &'a Row) -> Transaction<'a> {
    let counterparty = match row.party {
        Party::Absent => None,
        Party::Unknown => Some(CounterpartyJson { name: None, r#type: None }),
        Party::Known { name, kind } => {
            Some(CounterpartyJson { name: Some(name), r#type: Some(kind) })
        }
    };
    Transaction {
        account_id,
        amount: decimal(row.amount),
        date: row.date.to_string(),
        description: &row.description,
        details: Details {
            category: row.category,
            counterparty,
            processing_status: row.processing_status(),
        },
        id: &row.id,
        links: Links { account, own: format!("{account}/transactions/{}", row.id) },
        running_balance: row.running_balance.map(decimal),
        status: row.status.as_str(),
        r#type: row.kind,
    }
}

pub fn account(base: &str, books: &Books, slot: Slot) -> Value {
    let Spec { enrollment, name, kind, subtype, last_four, .. } = slot.spec();
    let institution = &INSTITUTIONS[*enrollment];
    let id = books.account_id(slot);
    let own = format!("{base}/accounts/{id}");
    let mut links = json!({
        "self": own,
        "balances": format!("{own}/balances"),
        "transactions": format!("{own}/transactions"),
    });
    if !slot.is_card() {
        links["details"] = format!("{own}/details").into();
    }
    json!({
        "id": id,
        "enrollment_id": books.enrollment_id(*enrollment),
        "institution": { "id": institution.id, "name": institution.name },
        "name": name,
        "type": kind,
        "subtype": subtype,
        "currency": CURRENCY,
        "last_four": last_four,
        "status": if books.closed(slot).is_some() { "closed" } else { "open" },
        "links": links,
    })
}

pub fn balances(base: &str, account_id: &str, book: &Book) -> Value {
    let account = format!("{base}/accounts/{account_id}");
    json!({
        "account_id": account_id,
        "ledger": decimal(book.ledger),
        "available": decimal(book.available),
        "links": { "self": format!("{account}/balances"), "account": account },
    })
}

pub fn details(base: &str, account_id: &str, slot: Slot) -> Value {
    let account = format!("{base}/accounts/{account_id}");
    json!({
        "account_id": account_id,
        "account_number": format!("00012345{}", slot.spec().last_four),
        "routing_numbers": { "ach": "110000000", "wire": null, "bacs": null },
        "links": { "self": format!("{account}/details"), "account": account },
    })
}

pub fn identity(base: &str, books: &Books, slot: Slot) -> Value {
    let owner = |owner: &super::household::Owner| {
        json!({
            "type": "person",
            "names": [{ "type": "name", "data": owner.name }],
            "addresses": [{ "primary": true, "data": {
                "street": "12 SAMPLE LANE", "city": "PORTLAND", "region": "OR",
                "postal_code": "97201", "country": "US",
            }}],
            "phone_numbers": [{ "type": "mobile", "data": owner.phone }],
            "emails": [{ "data": owner.email }],
        })
    };
    let owners: Vec<Value> =
        INSTITUTIONS[slot.spec().enrollment].owners.iter().map(owner).collect();
    json!({ "account": account(base, books, slot), "owners": owners })
}

pub fn institutions() -> Value {
    INSTITUTIONS
        .iter()
        .map(|institution| {
            json!({
                "id": institution.id,
                "name": institution.name,
                "products": ["balance", "transactions", "identity"],
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn amounts_have_two_decimals_and_a_sign_only_when_negative() {
        for (minor, text) in [(0, "0.00"), (-5, "-0.05"), (1_240, "12.40"), (-194_268, "-1942.68")]
        {
            assert_eq!(decimal(minor), text);
        }
    }
}
