//! A fresh access token, from Teller Connect or from elsewhere: found good before anything is
//! overwritten, then kept.
//!
//! [`look`] asks the bank and changes nothing; [`keep`] writes, with what the user answered.

mod matching;

use color_eyre::Report;

use crate::domain::{Account, AccountId, Enrollment, EnrollmentId, Institution, SafeText};
use crate::secret::Secret;
use crate::store::Store;
use crate::store::enrollments::NewLink;
use crate::store::listing::EnrollmentWrite;
use crate::teller::{self, AccountList, Client, PageQuery};
use crate::vault::{InUse, Vault, VaultError};
pub use matching::{Candidate, Match, Overlap, Verdict};

/// What free accounts at Teller may ever connect outside the sandbox.
pub const DEVELOPMENT_LIMIT: usize = 100;

/// A token nobody has tried yet.
#[derive(Clone, Debug)]
pub struct Fresh {
    pub token: Secret,
    /// Teller's environment in which it was made.
    pub environment: String,
    /// As Connect tells it.
    pub user_id: Option<String>,
    /// The enrollment that the user set out to repair.
    pub repairs: Option<EnrollmentId>,
}

/// What a token opens, and what it would become. Nothing is changed yet.
#[derive(Clone, Debug)]
pub struct Found {
    pub fresh: Fresh,
    pub enrollment: EnrollmentId,
    pub institution: Institution,
    pub kind: Kind,
    /// Others at the same institution that go on beside it: several logins at a bank are normal.
    pub beside: Vec<Enrollment>,
    /// Accounts that nobody knew under their ids, and which they may be again.
    pub matches: Vec<Match>,
    /// Accounts that could not be read.
    pub unreadable: usize,
    listed: Vec<(Account, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    New,
    /// An enrollment that is known: it gets this token.
    Known,
    /// The repair of that one made an enrollment of another id.
    Replaces(EnrollmentId),
}

/// Which old account an account is again; `None`: it is a new one.
pub type Answer = (AccountId, Option<AccountId>);

/// What became of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub enrollment: EnrollmentId,
    pub institution: Institution,
    /// As they now stand.
    pub accounts: Vec<Account>,
    /// Joined at the end of the next sync, when the history under the new id is read.
    pub to_join: Vec<(AccountId, AccountId)>,
    /// Look like others and wait for an answer: left out of totals until then.
    pub open: usize,
    /// The enrollment that it took the place of.
    pub retired: Option<EnrollmentId>,
    pub key: InUse,
}

/// Why a token was not kept. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum EnrollError {
    #[error(
        "that is an application id (app_…), not an access token: it names your application at \
         Teller and opens no account; a token comes from connecting a bank and starts with token_ \
         or test_token_"
    )]
    ApplicationId,
    #[error("that is no access token: one is a single word such as token_… or test_token_…")]
    NoToken,
    #[error("{0}")]
    Bank(#[from] teller::Error),
    #[error("the bank listed no accounts for this token")]
    NoAccounts,
    #[error("this token is for {found}, not for {wanted}, which was to be repaired")]
    OtherBank { found: SafeText, wanted: SafeText },
    #[error("there is no enrollment {0}")]
    Unknown(SafeText),
    #[error("{0}")]
    Vault(#[from] VaultError),
    #[error("{0:#}")]
    Store(#[from] Report),
}

type Result<T, E = EnrollError> = std::result::Result<T, E>;

impl Fresh {
    /// From a line of text: a token, or what is wrong with it.
    pub fn read(text: &str, environment: &str) -> Result<Self> {
        let text = text.trim();
        if text.starts_with("app_") {
            return Err(EnrollError::ApplicationId);
        }
        // The colon ends the user name in HTTP's basic authentication.
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') {
            return Err(EnrollError::NoToken);
        }
        Ok(Self {
            token: Secret::new(text),
            environment: environment.to_owned(),
            user_id: None,
            repairs: None,
        })
    }
}

impl Found {
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.listed.iter().map(|(account, _)| account)
    }

    /// Matches that only the user can decide.
    pub fn questions(&self) -> impl Iterator<Item = &Match> {
        self.matches.iter().filter(|found| matches!(found.verdict, Verdict::Unsure))
    }
}

/// Asks the bank with the token. `client` must be of the application and environment it was made in.
pub async fn look(client: &Client, store: &Store, fresh: Fresh) -> Result<Found> {
    let AccountList { accounts, rejected, .. } = client.list_accounts(&fresh.token).await?;
    let Some((first, _)) = accounts.first() else { return Err(EnrollError::NoAccounts) };
    let (enrollment, institution) = (first.enrollment_id.clone(), first.institution.clone());
    let listed: Vec<_> =
        accounts.into_iter().filter(|(account, _)| account.enrollment_id == enrollment).collect();
    probe(client, &fresh.token, &listed).await?;
    let known = store.load_every_enrollment().await?;
    let kind = kind(&enrollment, &institution, &fresh, &known)?;
    let goes_on = |other: &&Enrollment| {
        other.institution.id == institution.id
            && other.id != enrollment
            && other.removed_at.is_none()
            && other.key_digest.is_some()
            && kind != Kind::Replaces(other.id.clone())
    };
    let beside: Vec<Enrollment> = known.iter().filter(goes_on).cloned().collect();
    let matches = matching::find(client, store, &fresh.token, &listed, &beside).await?;
    Ok(Found {
        fresh,
        enrollment,
        institution,
        kind,
        beside,
        matches,
        unreadable: rejected.len(),
        listed,
    })
}

/// `GET /accounts` may go on answering for an enrollment that the bank has ended.
async fn probe(client: &Client, token: &Secret, listed: &[(Account, String)]) -> Result<()> {
    let Some((account, _)) = listed.iter().find(|(account, _)| account.has_transactions) else {
        return Ok(());
    };
    let query = PageQuery { count: Some(1), ..PageQuery::default() };
    match client.list_transactions(token, account, &query).await {
        Err(error @ (teller::Error::Disconnected { .. } | teller::Error::TokenRefused { .. })) => {
            Err(error.into())
        }
        // A bank that is out of order for a moment says nothing about the token.
        _ => Ok(()),
    }
}

fn kind(
    id: &EnrollmentId,
    institution: &Institution,
    fresh: &Fresh,
    known: &[Enrollment],
) -> Result<Kind> {
    let find = |id: &EnrollmentId| known.iter().find(|known| known.id == *id);
    let Some(repairs) = &fresh.repairs else {
        return Ok(if find(id).is_some() { Kind::Known } else { Kind::New });
    };
    let broken =
        find(repairs).ok_or_else(|| EnrollError::Unknown(SafeText::new(repairs.as_str())))?;
    if broken.institution.id != institution.id {
        return Err(EnrollError::OtherBank {
            found: SafeText::new(&institution.name),
            wanted: SafeText::new(broken.label()),
        });
    }
    Ok(if find(id).is_some() { Kind::Known } else { Kind::Replaces(repairs.clone()) })
}

/// Seals the token and writes everything in one transaction. Without an answer, what is sure is
/// taken as found, and what is not waits for one.
pub async fn keep(store: &Store, vault: &Vault, found: Found, answers: &[Answer]) -> Result<Kept> {
    let Found { fresh, enrollment, institution, kind, matches, listed, .. } = found;
    let (sealed, key) = vault.seal(&fresh.token, &enrollment, &fresh.environment).await?;
    let answered: Vec<Answer> =
        matches.iter().filter_map(|found| settled(found, answers)).collect();
    let to_join: Vec<(AccountId, AccountId)> =
        answered.iter().filter_map(|(new, old)| Some((old.clone()?, new.clone()))).collect();
    let retired = match kind {
        Kind::Replaces(old) if takes_all(store, &old, &to_join).await? => Some(old),
        _ => None,
    };
    let accounts = store
        .link(&NewLink {
            listing: EnrollmentWrite {
                id: &enrollment,
                institution: &institution,
                environment: &fresh.environment,
                token: &fresh.token,
                accounts: &listed,
            },
            user_id: fresh.user_id.as_deref(),
            sealed: &sealed,
            answers: &answered,
            retires: retired.as_ref(),
        })
        .await?;
    let is_open = |found: &&Match| {
        !found.candidates.is_empty() && answered.iter().all(|(new, _)| *new != found.account.id)
    };
    let open = matches.iter().filter(is_open).count();
    Ok(Kept { enrollment, institution, accounts, to_join, open, retired, key })
}

fn settled(found: &Match, answers: &[Answer]) -> Option<Answer> {
    let given = answers.iter().find(|(new, _)| *new == found.account.id);
    given.cloned().or_else(|| match &found.verdict {
        Verdict::Sure(old) => Some((found.account.id.clone(), Some(old.clone()))),
        Verdict::New | Verdict::Unsure => None,
    })
}

/// Whether nothing is left that only the old enrollment could bring.
async fn takes_all(
    store: &Store,
    old: &EnrollmentId,
    joins: &[(AccountId, AccountId)],
) -> Result<bool> {
    let accounts = store.load_accounts().await?;
    let mut of_old = accounts.iter().filter(|account| account.enrollment_id == *old);
    Ok(of_old.all(|account| joins.iter().any(|(gone, _)| *gone == account.id)))
}

/// How many of the enrollments that an application may ever make outside the sandbox are spent, as
/// far as this database knows: one that was removed does not come back.
pub async fn development_spent(store: &Store) -> Result<usize> {
    let all = store.load_every_enrollment().await?;
    Ok(all.iter().filter(|one| one.environment == "development" && one.was_linked()).count())
}
