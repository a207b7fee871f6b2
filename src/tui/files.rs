//! Files that the screen is asked to write.

use std::path::PathBuf;

use crate::app::exporting::{Export, Exported};
use crate::domain::Zone;
use crate::export::{self, ExportError, Request};
use crate::store::Store;

pub async fn export(store: &Store, asked: Export) -> Exported {
    let request = Request { query: asked.query, format: asked.format, zone: Zone::Local };
    let path = at_home(&asked.path);
    match export::to_file(store, &request, &path, asked.replace, &|_| {}).await {
        Ok(rows) => Exported::Written(rows),
        Err(ExportError::Exists { .. }) => Exported::InTheWay,
        Err(error) => {
            tracing::warn!("{error:?}");
            Exported::Failed(error.to_string())
        }
    }
}

/// `~/…` as a shell reads it.
fn at_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => path.into(),
    }
}
