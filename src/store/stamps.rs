//! One stamp a month for what the rows of its days can be found by: whoever keeps their words in
//! memory sees by it whether they are still those.
//!
//! A row that goes, or shows again, needs no new one: what is kept in memory says only which days are
//! worth a look.

use chrono::NaiveDate;

/// The words of rows of these days were written, or rows were moved to these days. Last in a
/// transaction if that can be: on Postgres another one that changes the same month waits from here on.
macro_rules! renew {
    ($tx:ident, $days:expr) => {{
        let months: std::collections::BTreeSet<String> =
            $days.map($crate::store::stamps::month).collect();
        let months: Vec<String> = months.into_iter().collect();
        let stamp = uuid::Uuid::now_v7().to_string();
        $crate::store::rows::insert_rows!(
            $tx,
            "insert into pb_word_stamps (month, stamp) ",
            months,
            |bind, month| bind.push_bind(month).push_bind(&stamp),
            " on conflict (month) do update set stamp = excluded.stamp"
        );
    }};
}
pub(super) use renew;

/// As the table keeps it: `2026-11`.
pub(super) fn month(day: NaiveDate) -> String {
    day.format("%Y-%m").to_string()
}
