//! The text of the questions about transactions. Each is shaped to one index: a condition that
//! may or may not apply would keep both planners from using any.

use std::cmp::Ordering;
use std::ops::{Deref, DerefMut};

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{Database, Encode, QueryBuilder, Type};

use super::filter::{Piece, conditions};
use crate::domain::query::{Check, Clause, State};
use crate::domain::{Anchor, Position, Scope, SortKey, Status, TransactionQuery};

pub(super) const COLUMNS: &str = "account_id, id, date, seq, amount, currency, description, status, type, \
     running_balance, category, counterparty, counterparty_type, processing_status, life, \
     replaced_by, first_seen_at, gone_at, shown_category, merchant, tags, left_out, transfer";

/// Live rows and the few others have partial indexes of their own, so each kind is asked for by
/// itself, and the answers are put together in their order.
///
/// That of the withdrawn ones knows nothing of notes, and need not: a note is looked up by its key,
/// and a window of one account reads its own days only. In one question, ordered by whether there is
/// a note, every window would read and sort all that was ever withdrawn; of all accounts together it
/// does so even now, for those rows are few.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    Live,
    /// Replaced ones among them.
    Withdrawn,
    /// Withdrawn, replaced by none, and with a note of the user's.
    Noted,
    /// The same without one.
    Unnoted,
    /// Withdrawn and replaced by none, with a note or without.
    Gone,
}

/// `life <> 'live'` is said for `SQLite`, which then sees that the partial index fits.
macro_rules! gone_and {
    ($exists:literal) => {
        concat!(
            "life <> 'live' and life = 'gone' and ",
            $exists,
            " (select 1 from pb_annotations a where a.account_id = pb_transactions.account_id",
            " and a.transaction_id = pb_transactions.id and a.note <> '')"
        )
    };
}

impl Rows {
    /// The kinds that a list holds.
    pub fn of(query: &TransactionQuery) -> &'static [Self] {
        match query.scope {
            Scope::Live => &[Self::Live],
            Scope::All => &[Self::Live, Self::Withdrawn],
            Scope::Gone if query.sort.is_by_date() => &[Self::Noted, Self::Unnoted],
            Scope::Gone => &[Self::Gone],
        }
    }

    fn condition(self) -> &'static str {
        match self {
            Self::Live => "life = 'live'",
            // Those of life 'merged' stand in another account already.
            Self::Withdrawn => "life <> 'live' and life <> 'merged'",
            Self::Noted => gone_and!("exists"),
            Self::Unnoted => gone_and!("not exists"),
            Self::Gone => "life <> 'live' and life = 'gone'",
        }
    }

    /// Whether all of its rows stand below a position, above it, or on both sides.
    fn side(self, position: &Position) -> Ordering {
        match self {
            Self::Live | Self::Withdrawn | Self::Gone => Ordering::Equal,
            Self::Noted | Self::Unnoted => (self == Self::Noted).cmp(&position.noted),
        }
    }
}

/// One question in the making.
pub(super) struct Sql<DB: Database> {
    text: QueryBuilder<DB>,
    /// Only rows of later days.
    after: Option<NaiveDate>,
}

impl<DB: Database> Deref for Sql<DB> {
    type Target = QueryBuilder<DB>;

    fn deref(&self) -> &QueryBuilder<DB> {
        &self.text
    }
}

impl<DB: Database> DerefMut for Sql<DB> {
    fn deref_mut(&mut self) -> &mut QueryBuilder<DB> {
        &mut self.text
    }
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
    pub(super) fn empty() -> Self {
        Self { text: QueryBuilder::new(""), after: None }
    }

    /// The rows next to the anchor in its direction, nearest first, one more than the limit: by
    /// date. See [`Self::sorted`] for other orders.
    pub fn window(query: &TransactionQuery, rows: Rows) -> Self {
        let mut sql = Self::empty();
        if query.filter.is_empty() {
            sql.nearest(COLUMNS, query, rows);
            return sql;
        }
        // The index holds all that is looked at, but not the rows: those are fetched once found.
        sql.push("with found as materialized (");
        sql.nearest("account_id, id", query, rows);
        sql.push(format_args!(
            ") select {COLUMNS} from found join pb_transactions using (account_id, id)"
        ));
        sql.in_order(query);
        sql
    }

    fn nearest(&mut self, columns: &str, query: &TransactionQuery, rows: Rows) {
        let table = self.source(query, rows);
        self.push(format_args!("select {columns} from {table} where "));
        self.filter(query, rows);
        match &query.anchor {
            Anchor::Newest | Anchor::Oldest => {}
            Anchor::Older(position) => self.beyond((query, rows), "<", position),
            Anchor::Newer(position) => self.beyond((query, rows), ">", position),
        }
        self.in_order(query);
        self.push(" limit ").push_bind(i64::from(query.limit) + 1);
    }

    fn in_order(&mut self, query: &TransactionQuery) {
        let order = if query.anchor.is_upwards() { "asc" } else { "desc" };
        let columns = if query.account.is_some() { &["date", "seq", "id"][..] } else { ORDER };
        let mut order_by = self.push(" order by ").separated(", ");
        for column in columns {
            order_by.push(format_args!("{column} {order}"));
        }
    }

    /// A handful of pending rows among very many: gathered by their own index first, or else both
    /// planners would rather walk the whole list in its order.
    fn source(&mut self, query: &TransactionQuery, rows: Rows) -> &'static str {
        if rows != Rows::Live || !is_pending(query) {
            return "pb_transactions";
        }
        self.push("with pending as materialized (select * from pb_transactions where ");
        self.filter(query, rows);
        self.push(") ");
        "pending"
    }

    /// Every condition of the query but its anchor.
    pub fn filter(&mut self, query: &TransactionQuery, rows: Rows) {
        self.push(rows.condition());
        if let Some(account) = &query.account {
            self.push(" and account_id = ").push_bind(account.0.clone());
        }
        self.days(query, "date");
        match &query.status {
            None => {}
            // As a literal, for the partial index of pending rows to be seen.
            Some(Status::Pending) => {
                self.push(" and status = 'pending'");
            }
            Some(status) => {
                self.push(" and status = ").push_bind(status.as_str().to_owned());
            }
        }
        for piece in conditions(&query.filter) {
            match piece {
                Piece::Sql(text) => self.push(text),
                Piece::Text(text) => self.push_bind(text),
                Piece::Day(day) => self.push_bind(day),
                Piece::Number(number) => self.push_bind(number),
                Piece::Instant(instant) => self.push_bind(instant),
            };
        }
    }

    fn days(&mut self, query: &TransactionQuery, column: &str) {
        if let Some(since) = query.since {
            self.push(format_args!(" and {column} >= ")).push_bind(since);
        }
        if let Some(until) = query.until {
            self.push(format_args!(" and {column} <= ")).push_bind(until);
        }
        if let Some(day) = self.after {
            self.push(format_args!(" and {column} > ")).push_bind(day);
        }
    }

    fn beyond(
        &mut self,
        (query, rows): (&TransactionQuery, Rows),
        than: &str,
        position: &Position,
    ) {
        match (rows.side(position), than) {
            (Ordering::Equal, _) => {}
            (Ordering::Less, "<") | (Ordering::Greater, ">") => return,
            _ => {
                self.push(" and 1 = 0");
                return;
            }
        }
        match &query.account {
            None => {
                self.push(format_args!(" and (date, account_id, seq, id) {than} ("));
                self.push_bind(position.date).push(", ").push_bind(position.account_id.0.clone());
                self.push(", ").push_bind(position.sequence);
            }
            Some(account) => {
                self.push(format_args!(" and (date, seq, id) {than} ("));
                // Seen from another account's row, all rows of the day are on one side of it.
                let sequence = match position.account_id.cmp(account) {
                    std::cmp::Ordering::Less => i64::MIN,
                    std::cmp::Ordering::Equal => position.sequence,
                    std::cmp::Ordering::Greater => i64::MAX,
                };
                self.push_bind(position.date).push(", ").push_bind(sequence);
            }
        }
        self.push(", ").push_bind(position.id.0.clone()).push(")");
    }

    /// How many rows the query means, or how many of them stand above a position: those of later
    /// days from the sums of days, and one by one those of its own.
    pub fn count(query: &TransactionQuery, above: Option<&Position>) -> Self {
        if query.scope == Scope::Gone || !query.filter.is_empty() {
            return Self::count_each(query, above.map(|position| (">", position)));
        }
        let after = above.map(|position| position.date);
        let mut sql = Self { text: QueryBuilder::new("select cast("), after };
        match &query.status {
            None => sql.count_by_day(query),
            Some(Status::Posted) => {
                let pending = TransactionQuery { status: Some(Status::Pending), ..query.clone() };
                sql.count_by_day(query);
                sql.push(" - ");
                sql.count_rows(&pending, Rows::Live);
            }
            Some(_) => sql.count_rows(query, Rows::Live),
        }
        if query.scope == Scope::All {
            sql.push(" + ");
            sql.count_rows(query, Rows::Withdrawn);
        }
        if let Some(position) = above {
            sql.after = None;
            sql.count_above(query, position);
        }
        sql.push(" as bigint)");
        sql
    }

    /// How many rows stand beyond the anchor of a query that is not reversed.
    pub fn count_beyond(query: &TransactionQuery) -> Self {
        match &query.anchor {
            Anchor::Newest | Anchor::Oldest => Self::count(query, None),
            _ if !matches!(query.sort.key, SortKey::Date | SortKey::Account) => {
                Self::count_sorted(query)
            }
            Anchor::Newer(position) => Self::count(query, Some(position)),
            Anchor::Older(position) => Self::count_each(query, Some(("<", position))),
        }
    }

    /// No sum knows the rows that are gone, or what was typed: they are counted one by one.
    fn count_each(query: &TransactionQuery, beyond: Option<(&str, &Position)>) -> Self {
        let mut sql = Self { text: QueryBuilder::new("select cast(0"), after: None };
        for &rows in Rows::of(query) {
            sql.push(" + (select count(*) from pb_transactions where ");
            sql.filter(query, rows);
            if let Some((than, position)) = beyond {
                sql.beyond((query, rows), than, position);
            }
            sql.push(")");
        }
        sql.push(" as bigint)");
        sql
    }

    /// From the sums that the sync keeps: they know nothing of single rows' status.
    fn count_by_day(&mut self, query: &TransactionQuery) {
        self.push("(select coalesce(sum(entries), 0) from pb_days where 1 = 1");
        self.of_days(query);
        self.push(")");
    }

    /// The sums of days that the query means.
    pub(super) fn of_days(&mut self, query: &TransactionQuery) {
        if let Some(account) = &query.account {
            self.push(" and account_id = ").push_bind(account.0.clone());
        }
        self.days(query, "day");
    }

    fn count_rows(&mut self, query: &TransactionQuery, rows: Rows) {
        self.push("(select count(*) from pb_transactions where ");
        self.filter(query, rows);
        self.push(")");
    }

    /// What the rows come to by day and account, in the order of the index: nothing is sorted.
    pub fn sums_by_day(query: &TransactionQuery) -> Self {
        // An account has one currency; grouped by it too, a million rows would be sorted first.
        let columns = "date as day, account_id as name, max(currency) as currency";
        let mut sql = Self::empty();
        sql.sums(query, columns, "date, account_id");
        sql
    }

    pub fn sums_by_category(query: &TransactionQuery) -> Self {
        let mut sql = Self::empty();
        sql.sums(query, "shown_category as name, currency", "shown_category, currency");
        sql
    }

    pub(super) fn sums(&mut self, query: &TransactionQuery, columns: &str, group: &str) {
        let sql = self;
        sql.push(format_args!("select {columns}, {FIGURES} from "));
        if query.scope == Scope::Gone {
            sql.push("(");
            for (index, &rows) in Rows::of(query).iter().enumerate() {
                sql.push(if index > 0 { " union all " } else { "" });
                sql.push("select * from pb_transactions where ");
                sql.filter(query, rows);
            }
            sql.push(") gone");
        } else {
            // Withdrawn rows count in no sum, unless they alone are meant.
            sql.push("pb_transactions where ");
            sql.filter(query, Rows::Live);
        }
        sql.push(format_args!(" group by {group}"));
    }

    fn count_above(&mut self, query: &TransactionQuery, position: &Position) {
        let day = Some(position.date);
        let same_day = TransactionQuery { since: day, until: day, ..query.clone() };
        for &rows in Rows::of(query) {
            self.push(" + (select count(*) from pb_transactions where ");
            self.filter(&same_day, rows);
            self.beyond((&same_day, rows), ">", position);
            self.push(")");
        }
    }
}

pub(super) fn is_pending(query: &TransactionQuery) -> bool {
    let typed = Clause { negated: false, check: Check::Is(State::Pending) };
    query.status == Some(Status::Pending) || query.filter.clauses.contains(&typed)
}

pub(super) const FIGURES: &str = "cast(count(*) as bigint) as entries, \
     cast(sum(case when amount > 0 then amount else 0 end) as bigint) as money_in, \
     cast(sum(case when amount < 0 then amount else 0 end) as bigint) as money_out";

pub(super) const ORDER: &[&str] = &["date", "account_id", "seq", "id"];
