//! Which rows are halves of a transfer: kept in `pb_transfers`, and as a mark on the rows.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use crate::domain::insight::{Fact, Own, Parted, TransferPair, find_transfers};
use crate::domain::{
    AccountId, AccountKind, Currency, Money, Status, TransactionId, TransactionKey,
};
use crate::store::Store;
use crate::store::engine::{with_db, with_tx};

/// Rows of so many days are looked at together, and those around them that they may pair with.
const AT_ONCE: Days = Days::new(366);
const AROUND: Days = Days::new(9);

/// When rows were last looked at: what came or changed since is looked at the next time.
const SEEN: &str = "transfers_seen";

const TOUCHED: &str = "
    select min(date), max(date), max(at) from (
        select date, first_seen_at as at from pb_transactions where first_seen_at >= $1
        union all
        select t.date, c.changed_at from pb_transaction_changes c
            join pb_transactions t on t.account_id = c.account_id and t.id = c.transaction_id
        where c.changed_at >= $1) touched";

/// Purchases, cash and fees are never half of a transfer, and most amounts only ever go one way.
const CANDIDATES: &str = "
    with sizes as (
        select currency, abs(amount) as size from pb_transactions
        where life = 'live' and date >= $1 and date <= $2
            and type not in ('card_payment', 'atm', 'fee', 'interest')
        group by currency, abs(amount)
        having min(amount) < 0 and max(amount) > 0 and min(account_id) <> max(account_id))
    select t.account_id, t.id, t.date, t.amount, t.currency, t.merchant, t.description, t.type,
        t.shown_category, t.status
    from pb_transactions t
        join sizes s on s.currency = t.currency and s.size = abs(t.amount)
    where t.life = 'live' and t.date >= $1 and t.date <= $2
        and t.type not in ('card_payment', 'atm', 'fee', 'interest')";

/// With the days of both rows, as far as they are still listed, and what they were replaced by: what
/// the user has parted stays so under new ids.
const PAIRS: &str = "
    select p.account_id, p.transaction_id, p.twin_account_id, p.twin_id, p.made_by, p.parted,
        o.date as out_date, i.date as in_date, ro.replaced_by as out_heir,
        ri.replaced_by as in_heir
    from pb_transfers p
        left join pb_transactions o on o.account_id = p.account_id and o.id = p.transaction_id
            and o.life = 'live'
        left join pb_transactions i on i.account_id = p.twin_account_id and i.id = p.twin_id
            and i.life = 'live'
        left join pb_transactions ro on ro.account_id = p.account_id
            and ro.id = p.transaction_id and ro.life = 'replaced'
        left join pb_transactions ri on ri.account_id = p.twin_account_id
            and ri.id = p.twin_id and ri.life = 'replaced'";

const OWN: &str = "select id, type, name, last_four from pb_accounts where merged_into is null";

macro_rules! mark {
    ($tx:ident, $keys:expr, $transfer:expr) => {
        for key in $keys {
            let marked = sqlx::query(
                "update pb_transactions set transfer = $3 where account_id = $1 and id = $2",
            );
            let marked = marked.bind(&key.account_id).bind(&key.id).bind($transfer);
            marked.execute(&mut *$tx).await?;
        }
    };
}

#[derive(sqlx::FromRow)]
struct FactRow {
    account_id: AccountId,
    id: TransactionId,
    date: NaiveDate,
    amount: i64,
    currency: String,
    merchant: String,
    description: String,
    #[sqlx(rename = "type")]
    kind: String,
    shown_category: Option<String>,
    status: String,
}

#[derive(sqlx::FromRow)]
struct PairRow {
    account_id: AccountId,
    transaction_id: TransactionId,
    twin_account_id: AccountId,
    twin_id: TransactionId,
    made_by: String,
    parted: bool,
    out_date: Option<NaiveDate>,
    in_date: Option<NaiveDate>,
    out_heir: Option<TransactionId>,
    in_heir: Option<TransactionId>,
}

type Keys = (TransactionKey, TransactionKey);

/// What is to be written: pairs no longer there, and new ones.
#[derive(Default)]
struct Plan {
    gone: Vec<Keys>,
    found: Vec<TransferPair>,
    /// What the user said of rows that have other ids now.
    moved: Vec<(Keys, Keys)>,
}

impl Store {
    /// Looks at the days that came or changed since the last time. `true`: a pair did, too.
    pub async fn refresh_transfers(&self) -> Result<bool> {
        let now = self.now().await?;
        let seen = self.load_setting(SEEN).await?;
        let seen = seen.and_then(|seen| seen.parse::<DateTime<Utc>>().ok());
        let touched: (Option<NaiveDate>, Option<NaiveDate>, Option<DateTime<Utc>>) =
            with_db!(self, |db| sqlx::query_as(TOUCHED)
                .bind(seen.unwrap_or_default())
                .fetch_one(db)
                .await)
            .wrap_err("looking for days with new rows")?;
        let (Some(first), Some(last), latest) = touched else { return Ok(false) };
        let own = self.load_own().await?;
        let mut changed = false;
        let mut from = first - AROUND;
        while from <= last + AROUND {
            let until = (from + AT_ONCE).min(last + AROUND);
            let plan = self.plan_transfers(&own, from, until).await?;
            changed |= self.write_transfers(&plan, now).await?;
            from = until + Days::new(1);
        }
        // Rows of that very second were looked at before: to read must not mean to write.
        if changed || latest > seen {
            self.save_setting(SEEN, &now.to_rfc3339()).await?;
        }
        Ok(changed)
    }

    async fn load_own(&self) -> Result<Vec<Own>> {
        type Row = (AccountId, String, String, Option<String>);
        let rows: Vec<Row> = with_db!(self, |db| sqlx::query_as(OWN).fetch_all(db).await)
            .wrap_err("loading the accounts between which money moves")?;
        let own = |(id, kind, name, last_four): Row| Own {
            id,
            kind: AccountKind::from(kind.as_str()),
            name,
            last_four,
        };
        Ok(rows.into_iter().map(own).collect())
    }

    async fn plan_transfers(&self, own: &[Own], from: NaiveDate, until: NaiveDate) -> Result<Plan> {
        let (rows, pairs) = with_db!(self, |db| {
            let rows: Vec<FactRow> = sqlx::query_as(CANDIDATES)
                .bind(from - AROUND)
                .bind(until + AROUND)
                .fetch_all(&mut *db)
                .await?;
            let pairs: Vec<PairRow> = sqlx::query_as(PAIRS).fetch_all(db).await?;
            Ok((rows, pairs))
        })
        .wrap_err("loading rows that may be transfers")?;
        Ok(plan(rows, pairs, own, (from, until)))
    }

    async fn write_transfers(&self, plan: &Plan, now: DateTime<Utc>) -> Result<bool> {
        const DELETE: &str = "delete from pb_transfers where account_id = $1
            and transaction_id = $2 and twin_account_id = $3 and twin_id = $4";
        const INSERT: &str = "insert into pb_transfers (account_id, transaction_id,
            twin_account_id, twin_id, made_by, parted, reason, made_at)
            values ($1, $2, $3, $4, 'found', false, $5, $6)";
        const MOVE: &str = "update pb_transfers set account_id = $5, transaction_id = $6,
            twin_account_id = $7, twin_id = $8 where account_id = $1 and transaction_id = $2
                and twin_account_id = $3 and twin_id = $4";
        if plan.gone.is_empty() && plan.found.is_empty() && plan.moved.is_empty() {
            return Ok(false);
        }
        with_tx!(self, |tx| {
            for ((out, into), (out_now, into_now)) in &plan.moved {
                let taken = sqlx::query(DELETE).bind(&out_now.account_id).bind(&out_now.id);
                taken.bind(&into_now.account_id).bind(&into_now.id).execute(&mut *tx).await?;
                let moved = sqlx::query(MOVE).bind(&out.account_id).bind(&out.id);
                let moved = moved.bind(&into.account_id).bind(&into.id);
                let moved = moved.bind(&out_now.account_id).bind(&out_now.id);
                moved.bind(&into_now.account_id).bind(&into_now.id).execute(&mut *tx).await?;
            }
            for (out, into) in &plan.gone {
                let gone = sqlx::query(DELETE).bind(&out.account_id).bind(&out.id);
                gone.bind(&into.account_id).bind(&into.id).execute(&mut *tx).await?;
                mark!(tx, [out, into], false);
            }
            for pair in &plan.found {
                let (out, into) = (&pair.out, &pair.into);
                let found = sqlx::query(INSERT).bind(&out.account_id).bind(&out.id);
                let found = found.bind(&into.account_id).bind(&into.id);
                found.bind(pair.why.join("\n")).bind(now).execute(&mut *tx).await?;
                mark!(tx, [out, into], true);
            }
            Ok(())
        })
        .wrap_err("keeping transfers")?;
        Ok(true)
    }

    /// The other half of a transfer, and why they are taken for one.
    pub async fn load_twin(&self, key: &TransactionKey) -> Result<Option<Twin>> {
        const SQL: &str = "
            select twin_account_id, twin_id, made_by, reason from pb_transfers
            where account_id = $1 and transaction_id = $2 and not parted
            union all
            select account_id, transaction_id, made_by, reason from pb_transfers
            where twin_account_id = $1 and twin_id = $2 and not parted";
        type Row = (AccountId, TransactionId, String, Option<String>);
        let row: Option<Row> = with_db!(self, |db| {
            sqlx::query_as(SQL).bind(&key.account_id).bind(&key.id).fetch_optional(db).await
        })
        .wrap_err("loading the other half of a transfer")?;
        Ok(row.map(|(account_id, id, made_by, reason)| Twin {
            key: TransactionKey { account_id, id },
            by_hand: made_by == "hand",
            why: reason.into_iter().flat_map(|text| lines(&text)).collect(),
        }))
    }
}

/// The other half of a transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    pub key: TransactionKey,
    pub by_hand: bool,
    pub why: Vec<String>,
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// Pairs made by hand stand, and their rows are taken; of what was found before, only the days
/// looked at are decided anew.
fn plan(
    rows: Vec<FactRow>,
    pairs: Vec<PairRow>,
    own: &[Own],
    (from, until): (NaiveDate, NaiveDate),
) -> Plan {
    let mut parted = Parted::new();
    let (mut taken, mut before) = (BTreeSet::new(), BTreeSet::new());
    let mut plan = Plan::default();
    for pair in pairs {
        let (looked_at, both) = (pair.is_within(from, until), pair.stands());
        let (by_hand, apart) = (pair.made_by == "hand", pair.parted);
        let heirs = pair.heirs();
        let (out, into) = pair.keys();
        if by_hand && heirs != (out.clone(), into.clone()) {
            plan.moved.push(((out.clone(), into.clone()), heirs.clone()));
        }
        match (apart, by_hand || (both && !looked_at)) {
            (true, _) => parted.extend([(out, into), heirs]),
            (false, true) => taken.extend([out, into, heirs.0, heirs.1]),
            (false, false) => drop(before.insert((out, into))),
        }
    }
    let facts: Vec<Fact> =
        rows.into_iter().map(Fact::from).filter(|f| !taken.contains(&f.key)).collect();
    let dates: std::collections::BTreeMap<&TransactionKey, NaiveDate> =
        facts.iter().map(|fact| (&fact.key, fact.date)).collect();
    for pair in find_transfers(&facts, own, &parted) {
        let within = dates.get(&pair.out).is_some_and(|date| (from..=until).contains(date));
        if within && !before.remove(&(pair.out.clone(), pair.into.clone())) {
            plan.found.push(pair);
        }
    }
    plan.gone = before.into_iter().collect();
    plan
}

impl PairRow {
    fn keys(self) -> Keys {
        (
            TransactionKey { account_id: self.account_id, id: self.transaction_id },
            TransactionKey { account_id: self.twin_account_id, id: self.twin_id },
        )
    }

    /// As the rows are called now.
    fn heirs(&self) -> Keys {
        let key = |account_id: &AccountId, id: &TransactionId, heir: &Option<TransactionId>| {
            let id = heir.as_ref().unwrap_or(id).clone();
            TransactionKey { account_id: account_id.clone(), id }
        };
        (
            key(&self.account_id, &self.transaction_id, &self.out_heir),
            key(&self.twin_account_id, &self.twin_id, &self.in_heir),
        )
    }

    fn stands(&self) -> bool {
        self.out_date.is_some() && self.in_date.is_some()
    }

    fn is_within(&self, from: NaiveDate, until: NaiveDate) -> bool {
        self.out_date.is_none_or(|date| (from..=until).contains(&date))
    }
}

impl From<FactRow> for Fact {
    fn from(row: FactRow) -> Self {
        let currency = Currency::parse(&row.currency).unwrap_or(Currency::NONE);
        Self {
            key: TransactionKey { account_id: row.account_id, id: row.id },
            date: row.date,
            amount: Money::new(row.amount, currency),
            merchant: row.merchant,
            text: row.description,
            kind: row.kind,
            category: row.shown_category,
            pending: Status::from(row.status.as_str()) == Status::Pending,
            twin: None,
        }
    }
}
