//! `passbook key`: where the key to the access tokens is, and what it opens.

use std::io::Write;

use serde::Serialize;
use serde_json::json;

use super::document::write_json;
use super::question::agreed;
use super::table::{Align, Cell, Table};
use super::{Error, Result};
use crate::cli::{KeyCommand, RotateArgs};
use crate::domain::counted;
use crate::store::Store;
use crate::vault::{Key, Keys, Vault, VaultError};

const COLUMNS: &[(&str, Align)] =
    &[("KEY", Align::Left), ("WHERE", Align::Left), ("USE", Align::Left), ("TOKENS", Align::Right)];

const KEEP: &str = "Keep it where you keep passwords: whoever has it and the database has the access tokens; \
    without it the tokens of a backup do not open.";

#[derive(Serialize)]
struct Row {
    key: String,
    place: String,
    /// `seals` or `opens`.
    used: &'static str,
    /// Tokens of this database that it opens.
    tokens: usize,
}

pub async fn key(
    store: &Store,
    vault: &Vault,
    command: &KeyCommand,
    out: &mut impl Write,
) -> Result<()> {
    match command {
        KeyCommand::Show(args) => show(vault, args.yes, out).await,
        KeyCommand::Rotate(args) => rotate(store, vault, *args, out).await,
        KeyCommand::Where(format) => whereabouts(store, vault, format.json, out).await,
        KeyCommand::New => new_key(out),
    }
}

/// Needs neither database nor settings.
pub fn new_key(out: &mut impl Write) -> Result<()> {
    writeln!(out, "{}", Key::new_random().text().expose())?;
    Ok(out.flush()?)
}

async fn show(vault: &Vault, yes: bool, out: &mut impl Write) -> Result<()> {
    let keys = vault.look().await;
    let Some((place, key)) = keys.in_use() else { return Err(missing(&keys)) };
    if !agreed(yes, &format!("Print the key from {place} to the terminal?"))? {
        return Ok(());
    }
    writeln!(out, "{}", key.text().expose())?;
    out.flush()?;
    tracing::info!("{KEEP}");
    Ok(())
}

fn missing(keys: &Keys) -> Error {
    match &keys.file_refused {
        Some(error) => Error::NoVault(VaultError::File(error.clone())),
        None => Error::NoKey,
    }
}

/// The new key is kept before anything is sealed with it, and the old one stays: whenever this is cut
/// short, every token opens.
async fn rotate(
    store: &Store,
    vault: &Vault,
    args: RotateArgs,
    out: &mut impl Write,
) -> Result<()> {
    let keys = vault.renew().await.map_err(Error::NoVault)?;
    let (place, key) = keys.in_use().ok_or(Error::NoKey)?;
    let digest = key.digest();
    let sealed = store
        .reseal(|token| {
            if token.sealed.key_digest == digest {
                return None;
            }
            let opened = keys.open(&token.sealed, &token.id, &token.environment).ok()?;
            keys.seal(&opened, &token.id, &token.environment)
        })
        .await?;
    let tokens = store.load_sealed_tokens().await?;
    let left = tokens.iter().filter(|token| token.sealed.key_digest != digest).count();
    let dropped = if args.forget_old && left == 0 {
        vault.forget_older().await.map_err(Error::NoVault)?
    } else {
        0
    };
    if args.format.json {
        let place = place.to_string();
        let rotated = json!({
            "key": digest, "place": place, "sealed": sealed, "left": left, "dropped": dropped
        });
        return write_json(out, &json!({ "rotated": rotated }));
    }
    let sealed = counted(sealed as u64, "token");
    writeln!(out, "The key {digest} is in {place}, and {sealed} sealed with it anew.")?;
    if left > 0 {
        let left = counted(left as u64, "token");
        writeln!(out, "{left} under a key that is not here: those stay as they are.")?;
    }
    if dropped > 0 {
        writeln!(out, "Dropped: {}.", counted(dropped as u64, "older key"))?;
    } else if keys.places.first().is_some_and(|(_, held)| held.len() > 1) {
        writeln!(
            out,
            "The old key stays behind it, for other databases and backups; --forget-old drops it."
        )?;
    }
    writeln!(out, "Other computers need the new one: `passbook key show` prints it.")?;
    Ok(out.flush()?)
}

async fn whereabouts(store: &Store, vault: &Vault, json: bool, out: &mut impl Write) -> Result<()> {
    let keys = vault.look().await;
    let tokens = store.load_sealed_tokens().await?;
    let opens =
        |digest: &str| tokens.iter().filter(|token| token.sealed.key_digest == digest).count();
    let in_use = keys.in_use().map(|(_, key)| key.digest());
    let mut rows: Vec<Row> = Vec::new();
    for (place, held) in &keys.places {
        for digest in held.iter().map(Key::digest) {
            let used = if in_use.as_ref() == Some(&digest) { "seals" } else { "opens" };
            let tokens = opens(&digest);
            rows.push(Row { key: digest, place: place.to_string(), used, tokens });
        }
    }
    let missing: Vec<&str> = tokens
        .iter()
        .map(|token| &*token.sealed.key_digest)
        .filter(|digest| !keys.holds(digest))
        .collect();
    let refused = keys.file_refused.as_ref().map(ToString::to_string);
    if json {
        return write_json(
            out,
            &json!({
                "keys": rows, "locked_tokens": missing.len(), "missing_keys": missing,
                "keyring": keys.keyring_absent.as_deref().unwrap_or("answers"),
                "file_refused": refused,
            }),
        );
    }
    let mut table = Table::new(out, COLUMNS);
    for row in rows {
        table.row(vec![
            Cell::ours(row.key),
            Cell::ours(row.place),
            Cell::ours(row.used),
            Cell::ours(row.tokens.to_string()),
        ])?;
    }
    table.finish("No key yet: one is made when the first bank is connected.")?;
    if let Some(why) = &keys.keyring_absent {
        writeln!(out, "The system's keyring is not used: {}.", crate::domain::SafeText::new(why))?;
    }
    if let Some(refused) = refused {
        writeln!(out, "{refused}")?;
    }
    if !missing.is_empty() {
        let tokens = counted(missing.len() as u64, "token");
        writeln!(
            out,
            "{tokens} under the key {}, which is not here: set PASSBOOK_KEY to what `passbook key \
             show` prints where the bank was connected.",
            missing[0]
        )?;
    }
    Ok(out.flush()?)
}
