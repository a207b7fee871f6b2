//! A filter said back in words, so that nobody has to wonder what was understood.

use chrono::{Datelike as _, NaiveDate};

use super::amount::{Amount, Test};
use super::filter::{Check, Clause, Filter};
use super::{Mark, State};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `text rowan`, `amount over 50, either sign`, `from Sep 1 2026`.
    Long,
    /// `rowan`, `over 50`, `from Sep 1`.
    Short,
}

/// Names listed before "and 3 more".
const LISTED: usize = 3;

impl Filter {
    /// One part for each clause; all of them must hold.
    pub fn meaning(&self, form: Form, today: NaiveDate) -> Vec<String> {
        self.clauses.iter().map(|clause| clause.meaning(form, today)).collect()
    }
}

impl Clause {
    fn meaning(&self, form: Form, today: NaiveDate) -> String {
        let not = if self.negated { "not " } else { "" };
        let long = form == Form::Long;
        let day = |day: NaiveDate| shown_day(day, long || day.year() != today.year());
        match (&self.check, self.negated) {
            (Check::Text(typed, _), false) if long => format!("text {}", phrase(typed)),
            (Check::Text(typed, _), false) => phrase(typed),
            (Check::Text(typed, _), true) => format!("without {}", phrase(typed)),
            (Check::Accounts(accounts), _) => {
                let names = accounts.iter().map(|(_, name)| name.as_str());
                format!("{not}in {}", any(names))
            }
            (Check::Categories { named, all }, negated) => {
                let kind = if negated { "not" } else { "category" };
                let below = if all.len() > named.len() { " and below" } else { "" };
                format!("{kind} {}{below}", any(named.iter().map(String::as_str)))
            }
            (Check::Tags(tags), _) => {
                format!("{not}tagged {}", any(tags.iter().map(String::as_str)))
            }
            (Check::Merchants(names), _) => {
                format!("{not}merchant {}", any(names.iter().map(|(typed, _)| typed.as_str())))
            }
            (Check::Merchant { name, .. }, _) => format!("{not}merchant {name}"),
            (Check::Amount(amount), _) => format!("{not}{}", shown_amount(*amount, long)),
            (Check::Since(first), false) => format!("from {}", day(*first)),
            (Check::Since(first), true) => format!("before {}", day(*first)),
            (Check::Until(last), false) => format!("until {}", day(*last)),
            (Check::Until(last), true) => format!("after {}", day(*last)),
            (Check::Months(months), _) => {
                let months: Vec<String> =
                    months.iter().map(|(first, last)| shown_period(*first, *last)).collect();
                format!("{not}in {}", months.join(" or "))
            }
            (Check::Is(state), _) => format!("{not}{}", shown_state(*state)),
            (Check::New(_), _) => format!("{not}new since the last sync"),
            (Check::Has(mark), negated) => shown_mark(*mark, negated),
            (Check::Days(days), _) => format!("{not}on any of {} days", days.len()),
            (Check::Ids(ids), _) => format!("{not}id {}", any(ids.iter().map(String::as_str))),
        }
    }
}

/// `Joint ·6605 or Travel ·3390`.
fn any<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(LISTED);
    let listed: Vec<&str> = names.take(LISTED).collect();
    let rest = if more > 0 { format!(" or {more} more") } else { String::new() };
    format!("{}{rest}", listed.join(" or "))
}

fn phrase(typed: &str) -> String {
    if typed.contains(char::is_whitespace) { format!("\"{typed}\"") } else { typed.to_owned() }
}

fn shown_amount(amount: Amount, long: bool) -> String {
    match amount {
        Amount::Either(test) if long => format!("amount {}, either sign", shown_test(test)),
        Amount::Either(test) => shown_test(test),
        Amount::Signed(test) if long => format!("amount {}, as signed", shown_test(test)),
        Amount::Signed(test) => shown_test(test),
        Amount::In(test) => format!("received {}", shown_test(test)),
        Amount::Out(test) => format!("spent {}", shown_test(test)),
    }
}

fn shown_test<N: std::fmt::Display>(test: Test<N>) -> String {
    match test {
        Test::Exactly(n) => format!("exactly {n}"),
        Test::Over(n) => format!("over {n}"),
        Test::AtLeast(n) => format!("at least {n}"),
        Test::Under(n) => format!("under {n}"),
        Test::AtMost(n) => format!("at most {n}"),
        Test::Between(low, high) => format!("{low} to {high}"),
    }
}

/// `Sep 1 2026`.
fn shown_day(day: NaiveDate, year: bool) -> String {
    day.format(if year { "%b %-d %Y" } else { "%b %-d" }).to_string()
}

/// `Sep 2026`, `2025`, `Sep 1 2026`.
fn shown_period(first: NaiveDate, last: NaiveDate) -> String {
    if first == last {
        shown_day(first, true)
    } else if first.month() == last.month() {
        first.format("%b %Y").to_string()
    } else {
        first.format("%Y").to_string()
    }
}

fn shown_state(state: State) -> &'static str {
    match state {
        State::Pending => "pending",
        State::Posted => "posted",
        State::Transfer => "transfers",
        State::New => "new",
        State::LeftOut => "left out of insights",
        State::In => "money in",
        State::Out => "money out",
        State::Gone => "withdrawn by the bank",
    }
}

fn shown_mark(mark: Mark, negated: bool) -> String {
    let with = if negated { "without" } else { "with" };
    match mark {
        Mark::Note => format!("{with} a note"),
        Mark::Tag => format!("{with} a tag"),
        Mark::Category => format!("{with} a category"),
        Mark::Name => format!("{with} a name of yours"),
        Mark::Change => format!("{}changed by the bank", if negated { "never " } else { "" }),
    }
}
