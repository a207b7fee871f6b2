//! Many rows in few statements.

/// Well below the parameters a statement may have (`SQLite` 32,766, Postgres 65,535), and where
/// longer statements stop being faster.
pub(super) const ROWS_A_STATEMENT: usize = 500;

/// Inserts a slice of rows, a statement for each [`ROWS_A_STATEMENT`]. No key may repeat within
/// one: Postgres refuses to update a row twice.
macro_rules! insert_rows {
    ($tx:ident, $into:expr, $rows:expr, |$bind:ident, $row:ident| $binds:expr, $after:expr) => {
        for chunk in $rows.chunks($crate::store::rows::ROWS_A_STATEMENT) {
            let mut sql = sqlx::QueryBuilder::new($into);
            sql.push_values(chunk, |mut $bind, $row| {
                $binds;
            });
            sql.push($after);
            sql.build().execute(&mut *$tx).await?;
        }
    };
}
pub(super) use insert_rows;
