//! Windows of a list that is not in the order of dates: amounts, names, categories.
//!
//! Names go from A to Z, and within one name the newest row comes first. No single comparison of
//! rows says both, and none that says it piecemeal is understood by both planners. So what stands
//! beyond a row is asked for in stretches, each of which is one range of an index: the rest of the
//! rows that lead with the same, then those that lead with more, then those without.
//!
//! What was typed is not in those indexes, and a walk along one of them would fetch every row that it
//! passes: all of them, where few match or all that match stand at its end. A search reads the index by
//! date instead, which holds all that can be asked for, and sorts what it finds.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{Database, Encode, Type};

use super::sql::{COLUMNS, ORDER, Rows, Sql, is_pending};
use crate::domain::{Anchor, Lead, Position, SortKey, TransactionQuery};

/// Rows that one range of an index holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stretch {
    All,
    /// Leading with what the anchor leads with.
    Same,
    /// Leading with more, or with less where the list is read upwards.
    Beyond,
    /// Leading with anything.
    Known,
    /// Leading with nothing.
    Missing,
}

/// The columns that lead. Of a search as terms that no index begins with: see above.
fn columns(query: &TransactionQuery) -> &'static [&'static str] {
    match (query.sort.key, query.filter.is_empty()) {
        (SortKey::Amount, true) => &["currency", "amount"],
        (SortKey::Amount, false) => &["coalesce(currency, '')", "coalesce(amount, 0)"],
        (SortKey::Description, true) => &["merchant_key"],
        (SortKey::Description, false) => &["coalesce(merchant_key, '')"],
        (SortKey::Category, true) => &["shown_category"],
        (SortKey::Category, false) => &["coalesce(shown_category, '')"],
        (SortKey::Date | SortKey::Account, _) => &[],
    }
}

/// In the order of the list, or upwards; what can be missing stands below all else.
fn stretches(query: &TransactionQuery) -> Vec<Stretch> {
    use Stretch::{All, Beyond, Known, Missing, Same};
    let upwards = query.anchor.is_upwards();
    let missing =
        |position: &Position| matches!(position.lead, Lead::Category { missing: true, .. });
    let can_be_missing = query.sort.key == SortKey::Category;
    match &query.anchor {
        Anchor::Newest | Anchor::Oldest if !can_be_missing => vec![All],
        Anchor::Newest => vec![Known, Missing],
        Anchor::Oldest => vec![Missing, Known],
        Anchor::Older(position) | Anchor::Newer(position) => match (missing(position), upwards) {
            (true, false) => vec![Same],
            (true, true) => vec![Same, Known],
            (false, false) if can_be_missing => vec![Same, Beyond, Missing],
            (false, _) => vec![Same, Beyond],
        },
    }
}

const KNOWN: &str = "shown_category is not null";

fn missing(searches: bool) -> &'static str {
    if searches { "coalesce(shown_category, '') = ''" } else { "shown_category is null" }
}

impl<DB> Sql<DB>
where
    DB: Database,
    DB::Arguments: Default,
    String: for<'q> Encode<'q, DB> + Type<DB>,
    NaiveDate: for<'q> Encode<'q, DB> + Type<DB>,
    DateTime<Utc>: for<'q> Encode<'q, DB> + Type<DB>,
    i64: for<'q> Encode<'q, DB> + Type<DB>,
{
    /// The rows next to the anchor in its direction, nearest first, one more than the limit. The
    /// indexes hold all that is looked at: only the rows that are found are fetched.
    pub fn sorted(query: &TransactionQuery) -> Self {
        let mut sql = Self::empty();
        sql.push("with ");
        if is_pending(query) {
            sql.push("pending as materialized (select * from pb_transactions where ");
            sql.filter(query, Rows::Live);
            sql.push("), ");
        }
        sql.push("found as materialized (");
        let mut between = "";
        for &rows in Rows::of(query) {
            for stretch in stretches(query) {
                sql.push(between).push("select * from (");
                sql.stretch(query, rows, stretch);
                sql.push(") part");
                between = " union all ";
            }
        }
        sql.push(format_args!(
            ") select {COLUMNS} from found join pb_transactions using (account_id, id) order by "
        ));
        let upwards = query.anchor.is_upwards();
        if query.sort.key == SortKey::Category {
            let missing = "case when shown_category is null then 1 else 0 end";
            sql.push(format_args!("{missing} {}, ", if upwards { "desc" } else { "asc" }));
        }
        let plain = TransactionQuery { filter: Arc::default(), ..query.clone() };
        sql.order(&plain, true);
        sql.push(" limit ").push_bind(i64::from(query.limit) + 1);
        sql
    }

    /// How many rows of the query stand beyond its anchor.
    pub fn count_sorted(query: &TransactionQuery) -> Self {
        let mut sql = Self::empty();
        sql.push("select cast(0");
        for &rows in Rows::of(query) {
            for stretch in stretches(query) {
                sql.push(" + (select count(*) from pb_transactions where ");
                sql.filter(query, rows);
                sql.within(query, stretch);
                sql.push(")");
            }
        }
        sql.push(" as bigint)");
        sql
    }

    fn stretch(&mut self, query: &TransactionQuery, rows: Rows, stretch: Stretch) {
        if rows == Rows::Live && is_pending(query) {
            self.push("select account_id, id from pending where 1 = 1");
        } else {
            self.push("select account_id, id from pb_transactions where ");
            self.filter(query, rows);
        }
        self.within(query, stretch);
        self.push(" order by ");
        self.order(query, matches!(stretch, Stretch::All | Stretch::Beyond | Stretch::Known));
        self.push(" limit ").push_bind(i64::from(query.limit) + 1);
    }

    /// What leads goes one way and the rest the other, as the indexes have it.
    fn order(&mut self, query: &TransactionQuery, leads: bool) {
        let (lead, rest) =
            if query.anchor.is_upwards() { ("desc", "asc") } else { ("asc", "desc") };
        let leading = columns(query).iter().filter(|_| leads);
        let mut order_by = self.separated(", ");
        for column in leading {
            order_by.push(format_args!("{column} {lead}"));
        }
        for column in ORDER {
            order_by.push(format_args!("{column} {rest}"));
        }
    }

    fn within(&mut self, query: &TransactionQuery, stretch: Stretch) {
        let searches = !query.filter.is_empty();
        let position = match &query.anchor {
            Anchor::Older(position) | Anchor::Newer(position) => Some(position),
            Anchor::Newest | Anchor::Oldest => None,
        };
        match (stretch, position) {
            (Stretch::Known, _) => {
                let known = if searches { "coalesce(shown_category, '') <> ''" } else { KNOWN };
                self.push(" and ").push(known);
            }
            (Stretch::Missing, _) => {
                self.push(" and ").push(missing(searches));
            }
            (Stretch::Same, Some(position)) => {
                self.lead(query, "=", &position.lead);
                let than = if query.anchor.is_upwards() { ">" } else { "<" };
                self.push(format_args!(" and (date, account_id, seq, id) {than} ("));
                self.push_bind(position.date).push(", ").push_bind(position.account_id.0.clone());
                self.push(", ").push_bind(position.sequence);
                self.push(", ").push_bind(position.id.0.clone()).push(")");
            }
            (Stretch::Beyond, Some(position)) => {
                let than = if query.anchor.is_upwards() { "<" } else { ">" };
                self.lead(query, than, &position.lead);
            }
            (Stretch::All | Stretch::Same | Stretch::Beyond, _) => {}
        }
    }

    fn lead(&mut self, query: &TransactionQuery, than: &str, lead: &Lead) {
        let columns = columns(query).join(", ");
        match lead {
            Lead::Category { missing: true, .. } => {
                self.push(" and ").push(missing(!query.filter.is_empty()));
            }
            // Above what has a category stand only others that have one.
            Lead::Category { name, .. } if than == "<" && !query.filter.is_empty() => {
                self.push(format_args!(" and {columns} < ")).push_bind(name.clone());
                self.push(format_args!(" and {columns} <> ''"));
            }
            Lead::Name(name) | Lead::Category { name, .. } => {
                self.push(format_args!(" and {columns} {than} ")).push_bind(name.clone());
            }
            Lead::Amount(currency, minor) => {
                self.push(format_args!(" and ({columns}) {than} ("));
                self.push_bind(currency.code().to_owned()).push(", ").push_bind(*minor).push(")");
            }
            Lead::None | Lead::Account(_) => {}
        }
    }
}
