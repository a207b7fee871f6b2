//! `passbook pair` and `passbook part`: which charge became which, by a person's own word.

use std::io::Write;

use super::{Error, Result, find_account};
use crate::cli::{PairArgs, PartArgs};
use crate::domain::{SafeText, StoredTransaction, TransactionId, TransactionKey};
use crate::store::Store;

/// Says for good that a row which vanished became this posted one.
pub async fn pair(store: &Store, args: &PairArgs, out: &mut impl Write) -> Result<()> {
    let gone = find_transaction(store, args.account.as_ref(), &args.gone).await?;
    let came = find_transaction(store, args.account.as_ref(), &args.came).await?;
    store.make_pair(&gone, &came).await?;
    let (gone, came) = (SafeText::new(gone.id.as_str()), SafeText::new(came.id.as_str()));
    writeln!(out, "{came} is what {gone} became; its notes, tags and category have followed it.")?;
    Ok(out.flush()?)
}

/// Parts a row from the one it took the place of, for good.
pub async fn part(store: &Store, args: &PartArgs, out: &mut impl Write) -> Result<()> {
    let came = find_transaction(store, args.account.as_ref(), &args.id).await?;
    let gone = store.part_pair(&came).await?;
    let (gone, came) = (SafeText::new(gone.id.as_str()), SafeText::new(came.id.as_str()));
    writeln!(
        out,
        "{came} and {gone} are two again, and no sync joins them; what came with the pair has gone \
         back, but for what you have changed since."
    )?;
    Ok(out.flush()?)
}

/// An id is unique only together with its account: where two have it, the account must be named.
async fn find_transaction(
    store: &Store,
    account: Option<&String>,
    id: &str,
) -> Result<TransactionKey> {
    let only = find_account(store, account).await?;
    let asked = TransactionId::from(id);
    let mut found = Vec::new();
    for account in store.load_accounts().await? {
        if only.as_ref().is_none_or(|only| *only == account.id) {
            let rows = store.load_rows(&account.id, std::slice::from_ref(&asked)).await?;
            found.extend(rows.first().map(StoredTransaction::key));
        }
    }
    match found.len() {
        0 => Err(Error::UnknownTransaction { id: SafeText::new(id) }),
        1 => Ok(found.remove(0)),
        _ => Err(Error::AmbiguousTransaction { id: SafeText::new(id) }),
    }
}
