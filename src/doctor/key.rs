//! The key to the sealed tokens: whether it is here.

use super::finding::Verdict;
use crate::config::Config;
use crate::domain::{SafeText, counted};
use crate::exit::Exit;
use crate::store::Store;
use crate::store::enrollments::SealedToken;
use crate::vault::{Keys, Vault};

pub(super) async fn examine(config: Option<&Config>, store: &Store) -> Verdict {
    match store.has_settings().await {
        Ok(true) => {}
        Ok(false) => return Verdict::not_reached("no table of passbook's is there"),
        Err(report) => return Verdict::of_report(&report),
    }
    let Some(config) = config else {
        return Verdict::not_reached("the settings cannot be read");
    };
    match store.load_sealed_tokens().await {
        Ok(tokens) if tokens.is_empty() => Verdict::skipped("no sealed token is kept here"),
        Ok(tokens) => {
            let digests: Vec<&str> = tokens.iter().map(|one| &*one.sealed.key_digest).collect();
            judge(&Vault::new(config.vault()).keys_for(&digests).await, &tokens)
        }
        Err(report) => Verdict::of_report(&report),
    }
}

fn judge(keys: &Keys, tokens: &[SealedToken]) -> Verdict {
    let missing = tokens.iter().find(|one| !keys.holds(&one.sealed.key_digest));
    let all = counted(tokens.len() as u64, "sealed token");
    match (missing, keys.in_use()) {
        (None, Some((place, _))) => Verdict::fine(format!("{all} open with the key in {place}")),
        (None, None) => Verdict::fine(format!("{all} open")),
        (Some(one), _) => {
            let digest = SafeText::new(&one.sealed.key_digest);
            let verdict = Verdict::failed(
                Exit::PartialFailure,
                format!("the key {digest} to sealed tokens is not here"),
            );
            match &keys.file_refused {
                Some(refused) => verdict
                    .because(refused.to_string())
                    .so("make the file yours alone, as that says"),
                None => verdict
                    .because("the bank was connected on another computer, or the key was removed")
                    .so("set PASSBOOK_KEY to what `passbook key show` prints there"),
            }
        }
    }
}
