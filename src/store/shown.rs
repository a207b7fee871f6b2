//! The columns of a row that derive from the bank's facts and the user's words: written by whoever
//! changes either, in the same transaction.

use chrono::NaiveDate;

use crate::domain::{
    AccountId, Annotation, BankWords, Currency, Money, Rules, Shown, TransactionId, search_words,
};

/// A row with what its derived columns are made of.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Source {
    pub account_id: AccountId,
    pub id: TransactionId,
    description: String,
    counterparty: Option<String>,
    category: Option<String>,
    #[sqlx(flatten)]
    pub own: OwnWords,
    pub date: NaiveDate,
    amount: i64,
    currency: String,
}

/// The user's words, as one row of an answer holds them.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub(super) struct OwnWords {
    note: Option<String>,
    own_category: Option<String>,
    own_name: Option<String>,
    own_left_out: bool,
    own_tags: Option<String>,
    own_untagged: Option<String>,
}

/// What the derived columns hold.
pub(super) struct Derived {
    pub words: String,
    pub shown: Shown,
    /// As the column keeps them.
    pub tags: Option<String>,
}

impl Derived {
    pub fn of(bank: BankWords<'_>, own: &Annotation, rules: &Rules) -> Self {
        let said = rules.said(bank);
        let mut shown = Shown::of(bank, own, &said);
        shown.category = shown.category.map(|name| rules.shown_category(&name));
        let tags = (!shown.tags.is_empty()).then(|| format!("\n{}\n", shown.tags.join("\n")));
        Self { words: search_words(bank, own, &said), shown, tags }
    }
}

impl Source {
    fn bank(&self) -> BankWords<'_> {
        let currency = Currency::parse(&self.currency).unwrap_or(Currency::NONE);
        BankWords {
            description: &self.description,
            counterparty: self.counterparty.as_deref(),
            category: self.category.as_deref(),
            amount: Money::new(self.amount, currency),
        }
    }

    pub fn amount(&self) -> Money {
        self.bank().amount
    }

    /// What shows of it by these rules.
    pub fn shown(&self, rules: &Rules) -> Shown {
        Derived::of(self.bank(), &self.own.clone().into(), rules).shown
    }

    /// Whether any of the rules has a word for it.
    pub fn is_found(&self, rules: &Rules) -> bool {
        rules.find(self.bank())
    }

    pub fn derive(self, rules: &Rules) -> (AccountId, TransactionId, Derived) {
        let own = self.own.clone().into();
        let derived = Derived::of(self.bank(), &own, rules);
        (self.account_id, self.id, derived)
    }
}

impl From<OwnWords> for Annotation {
    fn from(own: OwnWords) -> Self {
        Self {
            note: own.note,
            category: own.own_category,
            name: own.own_name,
            tags: tags(own.own_tags.as_deref()),
            untagged: tags(own.own_untagged.as_deref()),
            left_out: own.own_left_out,
        }
    }
}

/// Out of a column with one tag a line. Sorted here: the engines differ in how they sort text.
pub(super) fn tags(lines: Option<&str>) -> Vec<String> {
    let lines = lines.into_iter().flat_map(str::lines).filter(|tag| !tag.is_empty());
    let mut tags: Vec<String> = lines.map(str::to_owned).collect();
    tags.sort_unstable();
    tags
}

/// The pattern, for `like … escape '!'`, of texts that contain this one.
pub(super) fn like(text: &str) -> String {
    format!("%{}%", escaped(text))
}

/// A text that means itself in a pattern with `escape '!'`.
pub(super) fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// The columns of [`OwnWords`], of a row `t` joined with its annotation `a`.
macro_rules! own_words {
    () => {
        "a.note, a.category as own_category, a.name as own_name,
        coalesce(a.left_out, false) as own_left_out,
        (select string_agg(g.tag, '\n') from pb_tags g
            where g.account_id = t.account_id and g.transaction_id = t.id and not g.removed)
            as own_tags,
        (select string_agg(g.tag, '\n') from pb_tags g
            where g.account_id = t.account_id and g.transaction_id = t.id and g.removed)
            as own_untagged"
    };
}

macro_rules! join_own_words {
    () => {
        " left join pb_annotations a on a.account_id = t.account_id and a.transaction_id = t.id "
    };
}

pub(super) const SOURCES: &str = concat!(
    "select t.account_id, t.id, t.description, t.counterparty, t.category, t.date,
        t.amount, t.currency, ",
    own_words!(),
    " from pb_transactions t",
    join_own_words!(),
    "where "
);

/// Rows derived at once, when all are.
pub(super) const BATCH: u32 = 2_000;

macro_rules! write {
    ($tx:ident, $sources:expr, $rules:expr) => {{
        let sources: Vec<$crate::store::shown::Source> = $sources;
        let days: Vec<chrono::NaiveDate> = sources.iter().map(|source| source.date).collect();
        let rows: Vec<_> = sources.into_iter().map(|source| source.derive($rules)).collect();
        for chunk in rows.chunks($crate::store::rows::ROWS_A_STATEMENT) {
            let mut sql = sqlx::QueryBuilder::new(
                "with fresh (account_id, id, words, shown_category, merchant, merchant_key, tags,
                    left_out) as (",
            );
            sql.push_values(chunk, |mut bind, (account, id, derived)| {
                bind.push_bind(account)
                    .push_bind(id)
                    .push_bind(&derived.words)
                    .push_bind(&derived.shown.category)
                    .push_bind(&derived.shown.merchant)
                    .push_bind(derived.shown.merchant_key())
                    .push_bind(&derived.tags)
                    .push_bind(derived.shown.left_out);
            });
            sql.push(
                ") update pb_transactions set words = fresh.words,
                    shown_category = fresh.shown_category, merchant = fresh.merchant,
                    merchant_key = fresh.merchant_key, tags = fresh.tags, left_out = fresh.left_out
                from fresh where pb_transactions.account_id = fresh.account_id
                    and pb_transactions.id = fresh.id",
            );
            sql.build().persistent(false).execute(&mut *$tx).await?;
        }
        $crate::store::stamps::renew!($tx, days.into_iter());
    }};
}

/// Derives these rows of one account anew.
macro_rules! refresh {
    ($tx:ident, $account:expr, $ids:expr) => {{
        let rules = $crate::store::rules::load!($tx);
        for chunk in $ids.chunks($crate::store::rows::ROWS_A_STATEMENT) {
            let mut sql = sqlx::QueryBuilder::new($crate::store::shown::SOURCES);
            sql.push("t.account_id = ").push_bind($account).push(" and t.id in (");
            let mut list = sql.separated(", ");
            for id in chunk {
                list.push_bind(id);
            }
            sql.push(")");
            let sources: Vec<$crate::store::shown::Source> =
                sql.build_query_as().persistent(false).fetch_all(&mut *$tx).await?;
            $crate::store::shown::write!($tx, sources, &rules);
        }
    }};
}

/// Derives every row that never was: those of an older version, or of another program.
macro_rules! derive_missing {
    ($tx:ident) => {
        $crate::store::shown::derive_where!($tx, |sql| {
            sql.push("t.words is null");
        })
    };
}

/// Derives every row anew that one of the rules may find.
macro_rules! derive_found {
    ($tx:ident, $rules:expr) => {
        $crate::store::shown::derive_where!($tx, |sql| {
            match $rules.texts() {
                None => {
                    sql.push("true");
                }
                Some(texts) => {
                    sql.push("(false");
                    for text in texts {
                        sql.push(" or t.words like ").push_bind($crate::store::shown::like(text));
                        sql.push(" escape '!'");
                    }
                    sql.push(")");
                }
            }
        })
    };
}

/// Derives every row anew that shows under this category.
macro_rules! derive_category {
    ($tx:ident, $name:expr) => {
        $crate::store::shown::derive_where!($tx, |sql| {
            sql.push("t.shown_category = ").push_bind($name);
        })
    };
}

macro_rules! derive_where {
    ($tx:ident, |$sql:ident| $condition:block) => {{
        let rules = $crate::store::rules::load!($tx);
        let mut last = (String::new(), String::new());
        loop {
            let mut $sql = sqlx::QueryBuilder::new($crate::store::shown::SOURCES);
            $condition
            $sql.push(" and (t.account_id, t.id) > (").push_bind(&last.0).push(", ");
            $sql.push_bind(&last.1).push(") order by t.account_id, t.id limit ");
            $sql.push_bind(i64::from($crate::store::shown::BATCH));
            let sources: Vec<$crate::store::shown::Source> =
                $sql.build_query_as().persistent(false).fetch_all(&mut *$tx).await?;
            let Some(row) = sources.last() else { break };
            last = (row.account_id.0.clone(), row.id.0.clone());
            $crate::store::shown::write!($tx, sources, &rules);
        }
    }};
}
pub(super) use {
    derive_category, derive_found, derive_missing, derive_where, join_own_words, own_words,
    refresh, write,
};
