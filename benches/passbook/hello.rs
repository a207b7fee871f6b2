//! The baseline of the pictures: the same rows in a ratatui table, and nothing else.

use chrono::NaiveDate;
use ratatui::Frame;
use ratatui::layout::Constraint;
use ratatui::style::{Modifier, Style};
use ratatui::widgets::{Row, Table, TableState};
use sqlx::SqliteConnection;

/// As many as a window of passbook's holds.
pub const WINDOW: i64 = 108;

#[derive(sqlx::FromRow)]
pub struct HelloRow {
    date: NaiveDate,
    description: String,
    category: Option<String>,
    status: String,
    amount: i64,
}

pub async fn load_newest(connection: &mut SqliteConnection) -> sqlx::Result<Vec<HelloRow>> {
    const SQL: &str = "
        select account_id, id, date, seq, amount, currency, description, status, type,
            running_balance, category, counterparty, counterparty_type, processing_status, life,
            replaced_by, first_seen_at, gone_at
        from pb_transactions where life = 'live' and account_id = $1
        order by date desc, seq desc, id desc limit $2";
    sqlx::query_as(SQL).bind("acc_00").bind(WINDOW).fetch_all(connection).await
}

pub fn draw(frame: &mut Frame, rows: &[HelloRow], state: &mut TableState) {
    let rows = rows.iter().take(usize::from(frame.area().height)).map(|row| {
        Row::new([
            row.date.to_string(),
            row.description.clone(),
            row.category.clone().unwrap_or_default(),
            row.status.clone(),
            format!("{}.{:02}", row.amount / 100, row.amount % 100),
        ])
    });
    let widths = [12, 60, 20, 10, 12].map(Constraint::Length);
    let table =
        Table::new(rows, widths).row_highlight_style(Style::new().add_modifier(Modifier::REVERSED));
    frame.render_stateful_widget(table, frame.area(), state);
}
