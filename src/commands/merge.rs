//! `passbook merge`: whether an account is one that was there already, under another id.

use std::io::Write;

use super::Result;
use crate::cli::MergeArgs;
use crate::domain::{AccountId, Former, SafeText, counted};
use crate::store::Store;

/// Joins it with the account that it looks like, or says for good that they are two.
pub async fn merge(store: &Store, args: &MergeArgs, out: &mut impl Write) -> Result<()> {
    let account = AccountId::from(args.id.as_str());
    let name = SafeText::new(&args.id);
    if args.no {
        store.keep_apart(&account).await?;
        writeln!(out, "{name} is an account of its own: it counts in every total from now on.")?;
    } else {
        let joined = store.merge_account(&account).await?;
        writeln!(
            out,
            "{name} goes on where {} ended. Rows that both had, standing once: {}; that only the old \
             one had, kept: {}. Your notes, tags and categories have followed.",
            SafeText::new(joined.old.as_str()),
            joined.known,
            joined.moved
        )?;
        if let Some(former) = &joined.former {
            writeln!(out, "{}", told(former))?;
        }
        writeln!(
            out,
            "`passbook enrollments repair {} --undo` takes it apart again.",
            SafeText::new(joined.enrollment.as_str())
        )?;
    }
    Ok(out.flush()?)
}

/// What became of the login that the old account was under.
fn told(former: &Former) -> String {
    let label = SafeText::new(&former.label);
    let id = SafeText::new(former.enrollment.as_str());
    match former.accounts {
        0 => format!(
            "That was the last account of {label} ({id}): it is neither listed nor synced any more, \
             and its token is put away. Teller was not told, so that undoing brings it back."
        ),
        left => format!("{label} ({id}) stays connected: {} left there.", counted(left, "account")),
    }
}
