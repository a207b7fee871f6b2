//! Where a list that is not in the order of dates goes over from one thing to the next, and what the
//! rows above that come to.

use super::canvas::Canvas;
use super::theme::Role;
use super::words::{account_name, counted_rows, plain};
use crate::app::App;
use crate::app::list::TransactionList;
use crate::domain::{AccountId, Currency, Life, Money, SafeText, SortKey, StoredTransaction, Sum};

/// What neighbouring rows have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Band {
    Out(Currency),
    In(Currency),
    Name(String),
    Category(Option<String>),
    Account(AccountId),
    /// Dates have lines of their own.
    None,
}

impl Band {
    pub fn of(row: &StoredTransaction, key: SortKey) -> Self {
        let amount = row.transaction.amount;
        match key {
            SortKey::Date => Self::None,
            SortKey::Amount if amount.minor < 0 => Self::Out(amount.currency),
            SortKey::Amount => Self::In(amount.currency),
            SortKey::Description => Self::Name(row.shown.merchant_key()),
            SortKey::Category => Self::Category(row.shown.category.clone()),
            SortKey::Account => Self::Account(row.transaction.account_id.clone()),
        }
    }

    fn title(&self, app: &App, last: &StoredTransaction) -> String {
        match self {
            Self::Out(currency) => format!("{currency} out"),
            Self::In(currency) => format!("{currency} in"),
            Self::Name(_) => last.shown.merchant.clone(),
            Self::Category(Some(name)) => plain(name),
            Self::Category(None) => "no category yet".to_owned(),
            Self::Account(id) => account_name(app, id),
            Self::None => String::new(),
        }
    }
}

/// Whether a line belongs below this row: what has one row alone needs none.
pub fn ends_below(list: &TransactionList, index: usize) -> bool {
    let key = list.sort().key;
    let rows = list.rows();
    let (Some(row), below) = (rows.get(index), rows.get(index + 1)) else { return false };
    let band = Band::of(row, key);
    let goes_on = below.is_some_and(|below| Band::of(below, key) == band);
    let above = || index.checked_sub(1).map(|above| Band::of(&rows[above], key));
    let by_sign = matches!(band, Band::Out(_) | Band::In(_));
    let alone = !by_sign && above().is_none_or(|above| above != band);
    band != Band::None && !goes_on && !alone && (below.is_some() || list.is_at_oldest())
}

/// What the rows of the band that ends at this row come to, once all of them are known.
fn sums(app: &App, list: &TransactionList, index: usize) -> Option<Vec<Sum>> {
    let (rows, key) = (list.rows(), list.sort().key);
    let band = Band::of(&rows[index], key);
    let first = rows[..index].iter().rposition(|row| Band::of(row, key) != band);
    if first.is_none() && !list.is_at_newest() {
        return told(app, &band);
    }
    let mut sums: Vec<Sum> = Vec::new();
    let from = first.map_or(0, |first| first + 1);
    for row in rows[from..=index].iter().filter(|row| row.life == Life::Live) {
        let sum = Sum::of(row.transaction.amount);
        match sums.iter_mut().find(|known| known.currency == sum.currency) {
            Some(known) => known.add(sum),
            None => sums.push(sum),
        }
    }
    Some(sums)
}

/// From the sums of a search, which know rows that are not here.
fn told(app: &App, band: &Band) -> Option<Vec<Sum>> {
    let summary = app.find.summary().filter(|_| app.is_finding() && app.find.is_summed())?;
    let sums = match band {
        Band::Category(name) => {
            summary.categories.iter().filter(|(of, _)| of == name).map(|(_, sum)| *sum).collect()
        }
        Band::Account(id) => {
            summary.accounts.iter().filter(|(of, _)| of == id).map(|(_, sum)| *sum).collect()
        }
        _ => return None,
    };
    Some(sums)
}

/// `········ dining   12 rows      -242.43`; returns what is to be drawn in the column of amounts.
pub fn draw(
    canvas: &mut Canvas,
    app: &App,
    (list, index): (&TransactionList, usize),
    (y, x, until): (u16, u16, u16),
) -> Option<Money> {
    canvas.rule(1, y, canvas.width().saturating_sub(2), '·');
    let band = Band::of(&list.rows()[index], list.sort().key);
    let title = band.title(app, &list.rows()[index]);
    let sums = sums(app, list, index);
    let rows = sums.iter().flatten().map(|sum| sum.rows).sum();
    let count = sums.as_ref().map(|_| format!("  {}", counted_rows(rows))).unwrap_or_default();
    let words = format!("{}{count}", SafeText::new(&title));
    let x = canvas.put(x, y, " ", Role::Muted);
    let x = canvas.put_cut(x, y, until.saturating_sub(x + 1), &words, Role::Muted);
    canvas.put(x, y, " ", Role::Muted);
    let sums = sums?;
    match sums[..] {
        [sum] => Some(sum.net()),
        _ => None,
    }
}
