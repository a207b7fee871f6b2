//! A filter as conditions on the columns of a row, the same for both engines.

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::Currency;
use crate::domain::query::{Amount, Check, Clause, Filter, Mark, State};
use crate::store::shown::escaped;

/// Text of a question, or a value that is bound in its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Sql(&'static str),
    Text(String),
    Day(NaiveDate),
    Number(i64),
    Instant(DateTime<Utc>),
}

use Piece::Sql;

/// Every clause after an `and`.
pub(super) fn conditions(filter: &Filter) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for Clause { negated, check } in &filter.clauses {
        // Unknown is not so: no row is lost between a word and its opposite.
        let (open, close) =
            if *negated { (" and not coalesce((", "), false)") } else { (" and (", ")") };
        pieces.push(Sql(open));
        pieces.extend(condition(check, &filter.currencies));
        pieces.push(Sql(close));
    }
    pieces
}

fn condition(check: &Check, currencies: &[Currency]) -> Vec<Piece> {
    match check {
        Check::Text(_, folded) => {
            vec![Sql("words"), Sql(LIKE), like("%", folded, "%"), Sql(ESCAPE)]
        }
        Check::Accounts(accounts) => {
            one_of("account_id", accounts.iter().map(|(id, _)| Piece::Text(id.0.clone())))
        }
        Check::Categories { all, .. } => one_of("shown_category", all.iter().map(text)),
        Check::Tags(tags) => any(tags
            .iter()
            .map(|tag| vec![Sql("tags"), Sql(LIKE), like("%\n", tag, "\n%"), Sql(ESCAPE)])),
        Check::Merchants(names) => any(names.iter().map(|(_, folded)| {
            vec![Sql("merchant_key"), Sql(LIKE), like("%", folded, "%"), Sql(ESCAPE)]
        })),
        Check::Merchant { key, .. } => vec![Sql("merchant_key = "), text(key)],
        Check::Amount(amount) => amounts(*amount, currencies),
        Check::Since(day) => vec![Sql("date >= "), Piece::Day(*day)],
        Check::Until(day) => vec![Sql("date <= "), Piece::Day(*day)],
        Check::Months(months) => any(months.iter().map(|(first, last)| {
            vec![Sql("date between "), Piece::Day(*first), Sql(" and "), Piece::Day(*last)]
        })),
        Check::Is(state) => vec![Sql(is(*state))],
        Check::New(since) => vec![Sql("first_seen_at >= "), Piece::Instant(*since)],
        Check::Has(mark) => vec![Sql(has(*mark))],
        Check::Ids(ids) => {
            let mut pieces = one_of("id", ids.iter().map(text));
            // For the primary key to be seen, which begins with the account.
            pieces.push(Sql(" and account_id in (select id from pb_accounts)"));
            pieces
        }
        Check::Days(days) if days.is_empty() => vec![Sql("1 = 0")],
        Check::Days(days) => one_of("date", padded(days).map(Piece::Day)),
    }
}

/// Up to a power of two, with the last again: the engines keep a plan for each number that there is.
fn padded(days: &[NaiveDate]) -> impl Iterator<Item = NaiveDate> {
    let missing = days.len().next_power_of_two() - days.len();
    let again = days.last().into_iter().cycle().take(missing);
    days.iter().chain(again).copied()
}

const LIKE: &str = " like ";
const ESCAPE: &str = " escape '!'";

fn text(value: impl AsRef<str>) -> Piece {
    Piece::Text(value.as_ref().to_owned())
}

fn like(before: &str, text: &str, after: &str) -> Piece {
    Piece::Text(format!("{before}{}{after}", escaped(text)))
}

fn one_of(column: &'static str, values: impl Iterator<Item = Piece>) -> Vec<Piece> {
    let mut pieces = vec![Sql(column), Sql(" in (")];
    for (index, value) in values.enumerate() {
        pieces.extend((index > 0).then_some(Sql(", ")));
        pieces.push(value);
    }
    pieces.push(Sql(")"));
    pieces
}

fn any(conditions: impl Iterator<Item = Vec<Piece>>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for condition in conditions {
        pieces.push(Sql(if pieces.is_empty() { "" } else { " or " }));
        pieces.extend(condition);
    }
    if pieces.is_empty() { vec![Sql("1 = 0")] } else { pieces }
}

/// Minor units differ between currencies: each kind that there is has its own numbers.
fn amounts(amount: Amount, currencies: &[Currency]) -> Vec<Piece> {
    let mut exponents: Vec<u32> = currencies.iter().map(|currency| currency.exponent()).collect();
    exponents.sort_unstable();
    exponents.dedup();
    let most = exponents.pop().unwrap_or(2);
    let mut pieces = Vec::new();
    for exponent in &exponents {
        let of = currencies.iter().filter(|currency| currency.exponent() == *exponent);
        let codes = of.map(|currency| Piece::Text(currency.code().to_owned()));
        pieces.push(Sql(if pieces.is_empty() { "case when " } else { " when " }));
        pieces.extend(one_of("currency", codes));
        pieces.push(Sql(" then "));
        pieces.extend(spans(amount, *exponent));
    }
    pieces.extend((!exponents.is_empty()).then_some(Sql(" else ")));
    pieces.extend(spans(amount, most));
    pieces.extend((!exponents.is_empty()).then_some(Sql(" end")));
    pieces
}

fn spans(amount: Amount, exponent: u32) -> Vec<Piece> {
    let mut pieces = vec![Sql("(")];
    pieces.extend(any(amount.spans(exponent).into_iter().map(|span| {
        let (low, high) = (Piece::Number(span.low), Piece::Number(span.high));
        vec![Sql("amount between "), low, Sql(" and "), high]
    })));
    pieces.push(Sql(")"));
    pieces
}

/// Literals, for partial indexes to be seen.
fn is(state: State) -> &'static str {
    match state {
        State::Pending => "status = 'pending'",
        State::Posted => "status = 'posted'",
        State::Transfer => "transfer",
        State::LeftOut => "left_out",
        State::In => "amount > 0",
        State::Out => "amount < 0",
        State::Gone => "life = 'gone'",
        // Asked as `Check::New`, which knows since when.
        State::New => "1 = 0",
    }
}

fn has(mark: Mark) -> &'static str {
    match mark {
        Mark::Note => {
            "(account_id, id) in (select account_id, transaction_id from pb_annotations \
             where note <> '')"
        }
        Mark::Name => {
            "(account_id, id) in (select account_id, transaction_id from pb_annotations \
             where name <> '')"
        }
        Mark::Change => {
            "(account_id, id) in (select account_id, transaction_id from pb_transaction_changes)"
        }
        Mark::Tag => "tags is not null",
        Mark::Category => "shown_category is not null",
    }
}
