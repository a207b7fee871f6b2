//! `passbook migrate grants`: statements for whoever administers the Postgres server.

use std::io::Write;

use serde::Serialize;

use super::{Target, look_at_one_that_exists};
use crate::cli::GrantsArgs;
use crate::commands::document::write_json;
use crate::commands::{Error, Result};
use crate::domain::SafeText;
use crate::exit::Exit;
use crate::store::{Grant, Purpose};

#[derive(Serialize)]
struct Report<'a> {
    grants: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    purpose: &'static str,
    statement: &'a str,
}

pub(super) async fn grants(
    target: &Target,
    args: &GrantsArgs,
    out: &mut impl Write,
) -> Result<Exit> {
    let store = look_at_one_that_exists(target).await?;
    let grants = store.load_grants(&args.role).await;
    store.close().await;
    let grants = grants?.ok_or(Error::NoRoles)?;
    if args.format.json {
        let grants = grants.iter().map(row).collect();
        write_json(out, &Report { grants })?;
        return Ok(Exit::Fine);
    }
    for purpose in Purpose::ALL {
        writeln!(out, "-- {}", title(purpose))?;
        for grant in grants.iter().filter(|grant| grant.purpose == purpose) {
            writeln!(out, "{};", SafeText::new(&grant.statement))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "-- Take one of the three. After an update of passbook, ask for them again.")?;
    out.flush()?;
    Ok(Exit::Fine)
}

fn row(grant: &Grant) -> Row<'_> {
    Row { purpose: grant.purpose.as_str(), statement: &grant.statement }
}

fn title(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Migrate => "To run passbook, which brings the tables up to date itself:",
        Purpose::Run => "To run passbook where another role brings the tables up to date:",
        Purpose::Read => "To look only, with --read-only:",
    }
}
