//! One sum a day of the live rows, kept up by every write that changes them.

/// Recomputes the sums of some days of one account from its rows.
macro_rules! refresh {
    ($tx:ident, $account:expr, $days:expr) => {{
        let days: Vec<chrono::NaiveDate> = $days.iter().copied().collect();
        for chunk in days.chunks($crate::store::rows::ROWS_A_STATEMENT) {
            let mut delete = sqlx::QueryBuilder::new("delete from pb_days where account_id = ");
            delete.push_bind($account).push(" and day in (");
            let mut places = delete.separated(", ");
            for day in chunk {
                places.push_bind(*day);
            }
            delete.push(")");
            delete.build().execute(&mut *$tx).await?;

            let mut insert = sqlx::QueryBuilder::new($crate::store::days::SUMS);
            insert.push_bind($account).push(" and date in (");
            let mut places = insert.separated(", ");
            for day in chunk {
                places.push_bind(*day);
            }
            insert.push(") group by account_id, date, currency");
            insert.build().execute(&mut *$tx).await?;
        }
    }};
}

/// The same of all days of one account.
macro_rules! refresh_all {
    ($tx:ident, $account:expr) => {{
        let delete = sqlx::query("delete from pb_days where account_id = $1").bind($account);
        delete.execute(&mut *$tx).await?;
        let mut insert = sqlx::QueryBuilder::new($crate::store::days::SUMS);
        insert.push_bind($account).push(" group by account_id, date, currency");
        insert.build().execute(&mut *$tx).await?;
    }};
}
pub(super) use {refresh, refresh_all};

pub(super) const SUMS: &str = "
    insert into pb_days (account_id, day, currency, entries, posted, money_in, money_out)
    select account_id, date, currency, count(*),
        cast(sum(case when status = 'posted' then amount else 0 end) as bigint),
        cast(sum(case when amount > 0 then amount else 0 end) as bigint),
        cast(sum(case when amount < 0 then amount else 0 end) as bigint)
    from pb_transactions where life = 'live' and account_id = ";
