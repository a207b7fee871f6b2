//! Everything of the user's that is no word about a transaction, set one by one.

use crate::domain::{AccountField, HandAccount, Rule};
use crate::store::hand::Told;

pub(super) fn hand_json(account: Told) -> Option<String> {
    serde_json::to_string(&HandAccount::from(account)).ok()
}

pub(super) fn rule_json(rule: &Rule) -> Option<String> {
    serde_json::to_string(rule).ok()
}

/// Why a value cannot be kept.
#[derive(Debug, thiserror::Error)]
#[error("what is to be kept about {0} cannot be read")]
pub(super) struct Unreadable(pub &'static str);

impl AccountField {
    pub(super) fn select(self) -> &'static str {
        match self {
            Self::Name => "select name from pb_account_words where account_id = $1",
            Self::Position => {
                "select cast(position as text) from pb_account_words where account_id = $1"
            }
            Self::Hidden => {
                "select case when hidden then 'on' end from pb_account_words where account_id = $1"
            }
        }
    }

    pub(super) fn upsert(self) -> &'static str {
        match self {
            Self::Name => {
                "insert into pb_account_words (account_id, name, hidden, edited_at)
                values ($1, $2, false, $3)
                on conflict (account_id) do update set
                    name = excluded.name, edited_at = excluded.edited_at"
            }
            Self::Position => {
                "insert into pb_account_words (account_id, position, hidden, edited_at)
                values ($1, cast($2 as bigint), false, $3)
                on conflict (account_id) do update set
                    position = excluded.position, edited_at = excluded.edited_at"
            }
            Self::Hidden => {
                "insert into pb_account_words (account_id, hidden, edited_at)
                values ($1, $2 is not null, $3)
                on conflict (account_id) do update set
                    hidden = excluded.hidden, edited_at = excluded.edited_at"
            }
        }
    }
}

pub(super) const SELECT_ENROLLMENT: &str =
    "select name from pb_enrollment_words where enrollment_id = $1";
pub(super) const UPSERT_ENROLLMENT: &str = "
    insert into pb_enrollment_words (enrollment_id, name, edited_at) values ($1, $2, $3)
    on conflict (enrollment_id) do update set
        name = excluded.name, edited_at = excluded.edited_at";
pub(super) const DELETE_ENROLLMENT: &str =
    "delete from pb_enrollment_words where enrollment_id = $1";

pub(super) const SELECT_CATEGORY: &str =
    "select coalesce(parent, '') from pb_categories where name = $1";
pub(super) const UPSERT_CATEGORY: &str = "
    insert into pb_categories (name, parent, edited_at) values ($1, nullif($2, ''), $3)
    on conflict (name) do update set parent = excluded.parent, edited_at = excluded.edited_at";
pub(super) const DELETE_CATEGORY: &str = "delete from pb_categories where name = $1";

pub(super) const SELECT_CATEGORY_NAME: &str =
    "select becomes from pb_category_names where name = $1";
pub(super) const UPSERT_CATEGORY_NAME: &str = "
    insert into pb_category_names (name, becomes, edited_at) values ($1, $2, $3)
    on conflict (name) do update set becomes = excluded.becomes, edited_at = excluded.edited_at";
pub(super) const DELETE_CATEGORY_NAME: &str = "delete from pb_category_names where name = $1";

pub(super) const SELECT_RULE: &str = "
    select id, position, query, category, name, tag, paused from pb_rules where id = $1";
pub(super) const UPSERT_RULE: &str = "
    insert into pb_rules (id, position, query, category, name, tag, paused, edited_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (id) do update set
        position = excluded.position, query = excluded.query, category = excluded.category,
        name = excluded.name, tag = excluded.tag, paused = excluded.paused,
        edited_at = excluded.edited_at";
pub(super) const DELETE_RULE: &str = "delete from pb_rules where id = $1";

pub(super) const SELECT_HAND: &str = "
    select name, kind, currency, position, closed from pb_hand_accounts where id = $1";
pub(super) const UPSERT_HAND: &str = "
    insert into pb_hand_accounts (id, name, kind, currency, position, closed, made_at)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (id) do update set
        name = excluded.name, kind = excluded.kind, currency = excluded.currency,
        position = excluded.position, closed = excluded.closed";
pub(super) const DELETE_HAND: &str = "delete from pb_hand_accounts where id = $1";

pub(super) const SELECT_VALUE: &str = "
    select cast(amount as text) from pb_hand_values where account_id = $1 and day = $2";
pub(super) const UPSERT_VALUE: &str = "
    insert into pb_hand_values (account_id, day, amount, edited_at)
    values ($1, $2, cast($3 as bigint), $4)
    on conflict (account_id, day) do update set
        amount = excluded.amount, edited_at = excluded.edited_at";
pub(super) const DELETE_VALUE: &str = "
    delete from pb_hand_values where account_id = $1 and day = $2";

pub(super) const SELECT_DISMISSAL: &str = "
    select 'on' from pb_dismissals where kind = $1 and subject = $2";
pub(super) const INSERT_DISMISSAL: &str = "
    insert into pb_dismissals (kind, subject, dismissed_at) values ($1, $2, $3)
    on conflict (kind, subject) do nothing";
pub(super) const DELETE_DISMISSAL: &str =
    "delete from pb_dismissals where kind = $1 and subject = $2";

/// What is kept about a thing now.
macro_rules! read_thing {
    ($tx:ident, $target:expr) => {{
        use $crate::store::edits::things as sql;
        let value: Option<Option<String>> = match $target {
            Target::Row { .. } | Target::Transfer { .. } => unreachable!("set elsewhere"),
            Target::Account { id, field } => {
                sqlx::query_scalar(field.select()).bind(id).fetch_optional(&mut *$tx).await?
            }
            Target::Enrollment { id } => {
                let select = sqlx::query_scalar(sql::SELECT_ENROLLMENT).bind(id);
                select.fetch_optional(&mut *$tx).await?
            }
            Target::Category { name } => {
                let select = sqlx::query_scalar(sql::SELECT_CATEGORY).bind(name);
                select.fetch_optional(&mut *$tx).await?
            }
            Target::CategoryName { name } => {
                let select = sqlx::query_scalar(sql::SELECT_CATEGORY_NAME).bind(name);
                select.fetch_optional(&mut *$tx).await?
            }
            Target::Rule { id } => {
                let select = sqlx::query_as(sql::SELECT_RULE).bind(id);
                let rule: Option<$crate::store::rules::RuleRow> =
                    select.fetch_optional(&mut *$tx).await?;
                rule.map(|rule| sql::rule_json(&rule.into()))
            }
            Target::HandAccount { id } => {
                let select = sqlx::query_as(sql::SELECT_HAND).bind(id);
                let account: Option<$crate::store::hand::Told> =
                    select.fetch_optional(&mut *$tx).await?;
                account.map(sql::hand_json)
            }
            Target::HandValue { id, day } => {
                let select = sqlx::query_scalar(sql::SELECT_VALUE).bind(id).bind(day);
                select.fetch_optional(&mut *$tx).await?
            }
            Target::Dismissal { kind, subject } => {
                let select = sqlx::query_scalar(sql::SELECT_DISMISSAL).bind(kind).bind(subject);
                select.fetch_optional(&mut *$tx).await?
            }
        };
        value.flatten()
    }};
}

macro_rules! write_thing {
    ($tx:ident, $target:expr, $before:expr, $to:expr, $now:expr) => {{
        use $crate::store::edits::things as sql;
        let to: &Option<String> = $to;
        match ($target, to) {
            (Target::Row { .. } | Target::Transfer { .. }, _) => unreachable!("set elsewhere"),
            (Target::Account { id, field }, to) => {
                let upsert = sqlx::query(field.upsert()).bind(id).bind(to).bind($now);
                upsert.execute(&mut *$tx).await?;
            }
            (Target::Enrollment { id }, Some(name)) => {
                let upsert = sqlx::query(sql::UPSERT_ENROLLMENT).bind(id).bind(name);
                upsert.bind($now).execute(&mut *$tx).await?;
            }
            (Target::Enrollment { id }, None) => {
                sqlx::query(sql::DELETE_ENROLLMENT).bind(id).execute(&mut *$tx).await?;
            }
            (Target::Category { name }, Some(parent)) => {
                let upsert = sqlx::query(sql::UPSERT_CATEGORY).bind(name).bind(parent).bind($now);
                upsert.execute(&mut *$tx).await?;
            }
            (Target::Category { name }, None) => {
                sqlx::query(sql::DELETE_CATEGORY).bind(name).execute(&mut *$tx).await?;
            }
            (Target::CategoryName { name }, to) => {
                let shown = $crate::store::rules::load!($tx).shown_category(name);
                let kept = match to {
                    Some(becomes) => {
                        sqlx::query(sql::UPSERT_CATEGORY_NAME).bind(name).bind(becomes).bind($now)
                    }
                    None => sqlx::query(sql::DELETE_CATEGORY_NAME).bind(name),
                };
                kept.execute(&mut *$tx).await?;
                $crate::store::shown::derive_category!($tx, &shown);
            }
            (Target::Rule { id }, to) => {
                let parse = |text: &String| serde_json::from_str(text).ok();
                let rule: Option<$crate::domain::Rule> = to.as_ref().and_then(parse);
                match &rule {
                    Some(rule) => {
                        sqlx::query(sql::UPSERT_RULE)
                            .bind(id)
                            .bind(rule.position)
                            .bind(&rule.query)
                            .bind(&rule.category)
                            .bind(&rule.name)
                            .bind(&rule.tag)
                            .bind(rule.paused)
                            .bind($now)
                            .execute(&mut *$tx)
                            .await?;
                    }
                    None if to.is_some() => return Err(sql::Unreadable("a rule").into()),
                    None => {
                        sqlx::query(sql::DELETE_RULE).bind(id).execute(&mut *$tx).await?;
                    }
                }
                let old: Option<$crate::domain::Rule> = $before.as_ref().and_then(parse);
                let touched = $crate::domain::Rules::new(old.into_iter().chain(rule).collect());
                let touched = $crate::store::rules::follow!($tx, touched);
                $crate::store::shown::derive_found!($tx, touched);
            }
            (Target::HandAccount { id }, Some(text)) => {
                let account: $crate::domain::HandAccount = serde_json::from_str(text)
                    .map_err(|_| sql::Unreadable("an account kept by hand"))?;
                sqlx::query(sql::UPSERT_HAND)
                    .bind(id)
                    .bind(&account.name)
                    .bind(account.kind.as_str())
                    .bind(&account.currency)
                    .bind(account.position)
                    .bind(account.closed)
                    .bind($now)
                    .execute(&mut *$tx)
                    .await?;
            }
            (Target::HandAccount { id }, None) => {
                sqlx::query(sql::DELETE_HAND).bind(id).execute(&mut *$tx).await?;
            }
            (Target::HandValue { id, day }, Some(amount)) => {
                let upsert = sqlx::query(sql::UPSERT_VALUE).bind(id).bind(day);
                upsert.bind(amount).bind($now).execute(&mut *$tx).await?;
            }
            (Target::HandValue { id, day }, None) => {
                let delete = sqlx::query(sql::DELETE_VALUE).bind(id).bind(day);
                delete.execute(&mut *$tx).await?;
            }
            (Target::Dismissal { kind, subject }, Some(_)) => {
                let insert = sqlx::query(sql::INSERT_DISMISSAL).bind(kind).bind(subject);
                insert.bind($now).execute(&mut *$tx).await?;
            }
            (Target::Dismissal { kind, subject }, None) => {
                let delete = sqlx::query(sql::DELETE_DISMISSAL).bind(kind).bind(subject);
                delete.execute(&mut *$tx).await?;
            }
        }
    }};
}

macro_rules! set_thing {
    ($tx:ident, $applied:ident, ($target:expr, $expected:expr, $to:expr), $now:expr) => {{
        let (target, to) = ($target, $to);
        let before = $crate::store::edits::things::read_thing!($tx, &target);
        if $applied.wants(before.as_deref(), &$expected, to.as_deref()) {
            $crate::store::edits::things::write_thing!($tx, &target, before, &to, $now);
            $applied.changes.push(Change { target, before, after: to });
        }
    }};
}
pub(super) use {read_thing, set_thing, write_thing};
