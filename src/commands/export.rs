//! `passbook export`: transactions in the words of other programs.

use std::io::Write;
use std::sync::Arc;

use super::bar::Bar;
use super::{Error, Result, find_account, found};
use crate::cli::ExportArgs;
use crate::domain::{Scope, TransactionQuery, Zone, counted};
use crate::export::{self, ExportError, Request};
use crate::store::Store;

pub async fn export(store: &Store, args: &ExportArgs, out: &mut impl Write) -> Result<()> {
    let account = find_account(store, args.account.as_ref()).await?;
    let today = Zone::Local.day(store.clock().now());
    let filter = match &args.query {
        Some(text) => found::filter(store, text, today).await?,
        None => Arc::default(),
    };
    let scope = if filter.wants_gone() { Scope::Gone } else { Scope::Live };
    let newest = TransactionQuery::newest(account, 0);
    let query = TransactionQuery { since: args.since, until: args.until, filter, scope, ..newest };
    let request = Request { query, format: args.format, zone: Zone::Local };
    let Some(path) = &args.output else {
        export::write(store, &request, out, &|_| {}).await?;
        return Ok(());
    };
    let all = store.count_transactions(&request.query).await?.unsigned_abs();
    let bar = Bar::new("exporting");
    let rows =
        export::to_file(store, &request, path, args.force, &|done| bar.show(done, all)).await;
    drop(bar);
    writeln!(out, "{}: {}.", path.display(), counted(rows?, "transaction"))?;
    Ok(out.flush()?)
}

impl From<ExportError> for Error {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Output(error) => error.into(),
            ExportError::Store(report) => report.into(),
            error => Self::NotExported(error),
        }
    }
}
