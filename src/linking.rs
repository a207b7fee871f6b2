//! Linking a bank from end to end: the page, what the bank says of the token, and where it is kept.

use std::io;

use color_eyre::Report;

use crate::connect::{self, Attempt, Happened, Linked, Listener, SigningKey, Trust, Verdict};
use crate::domain::linking::{Browser, Doubt, LinkedBank, Linking, Place};
use crate::domain::{Account, EnrollmentId, SafeText, counted, label};
use crate::enroll::{self, Answer, EnrollError, Found, Fresh, Kind};
use crate::exit::Exit;
use crate::store::Store;
use crate::teller::Client;
use crate::vault::{InUse, Vault};

/// Which way of signing verified last, for whoever wonders.
const SIGNED_OVER: &str = "connect.signed_over";

/// All that it takes.
pub struct Link {
    pub store: Store,
    pub vault: Vault,
    /// Of the application and environment that the attempt is for.
    pub client: Client,
    pub attempt: Attempt,
    pub key: Option<SigningKey>,
    pub open_browser: bool,
}

/// Whoever watches, and answers what only a person can.
pub trait Person: Send {
    fn told(&mut self, linking: Linking);
    /// False where nobody is there to answer.
    fn agrees(&mut self, doubt: Doubt) -> impl Future<Output = bool> + Send;
}

/// Why no bank was linked. What was stored before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    #[error(
        "the page cannot be served on port {port}: {error}; nothing was changed. Leave --port out, \
         or name one that is free"
    )]
    Port { port: u16, error: io::Error },
    #[error(
        "nobody signed in within five minutes, and the page has expired; nothing was changed. \
         Start again"
    )]
    Expired,
    #[error(
        "what came back is not signed with your Teller signing key, and was not kept; nothing was \
         changed. Compare signing_key with the dashboard of teller.io, and start again"
    )]
    Unsigned,
    #[error("{0}; nothing was changed")]
    NotKept(#[from] EnrollError),
}

impl LinkError {
    pub fn exit(&self) -> Exit {
        match self {
            Self::Port { .. } => Exit::PortTaken,
            Self::Expired | Self::Unsigned => Exit::PartialFailure,
            Self::NotKept(EnrollError::Bank(error)) if error.may_pass() => Exit::BankUnreachable,
            Self::NotKept(EnrollError::Store(_)) => Exit::Internal,
            Self::NotKept(_) => Exit::Usage,
        }
    }
}

/// Until a bank is linked or it is clear that none will be. Dropped at any point before the token is
/// kept, it leaves everything as it was.
pub async fn link(link: Link, person: &mut impl Person) -> Result<LinkedBank, LinkError> {
    let port = link.attempt.port;
    let listening = connect::listen(link.attempt.clone()).await;
    let mut listener = listening.map_err(|error| LinkError::Port { port, error })?;
    let address = listener.address().to_owned();
    let browser = if link.open_browser { connect::open(&address) } else { Browser::LeftAlone };
    person.told(Linking::Waiting(Place { address, port: listener.port(), browser }));
    let (linked, verdict) = answer(&mut listener, person).await?;
    person.told(Linking::Checking(SafeText::new(&linked.institution_name).into_string()));
    let ended = check_and_keep(&link, *linked, person).await;
    tell_page(verdict, &ended);
    listener.close().await;
    ended
}

async fn answer(
    listener: &mut Listener,
    person: &mut impl Person,
) -> Result<(Box<Linked>, Verdict), LinkError> {
    loop {
        person.told(match listener.next().await {
            Happened::Opened => Linking::Opened,
            Happened::Ready => Linking::Ready,
            Happened::Started => Linking::Started,
            Happened::Exited => Linking::Exited,
            Happened::Blocked => Linking::Blocked,
            Happened::Linked(linked, verdict) => return Ok((linked, verdict)),
            Happened::Expired => return Err(LinkError::Expired),
        });
    }
}

async fn check_and_keep(
    link: &Link,
    linked: Linked,
    person: &mut impl Person,
) -> Result<LinkedBank, LinkError> {
    let environment = &link.attempt.environment;
    match linked.trust(link.key.as_ref(), environment) {
        Trust::Unasked => {}
        Trust::Signed(variant) => {
            tracing::info!(over = variant.as_str(), "the enrollment's signature is Teller's");
            link.store.save_setting(SIGNED_OVER, variant.as_str()).await.map_err(store)?;
        }
        Trust::Unsigned => {
            let bank = SafeText::new(&linked.institution_name).into_string();
            if !person.agrees(Doubt::Unsigned(bank)).await {
                return Err(LinkError::Unsigned);
            }
        }
    }
    let repairs = link.attempt.repair.as_ref();
    let fresh = Fresh {
        token: linked.token,
        environment: environment.clone(),
        user_id: Some(linked.user_id),
        repairs: repairs.map(|repair| EnrollmentId(repair.enrollment_id.clone())),
    };
    let found = look(link, fresh, person).await?;
    let (known, unreadable) = (found.kind != Kind::New, found.unreadable);
    let answers = settle(&found, person).await;
    let kept = enroll::keep(&link.store, &link.vault, found, &answers).await?;
    Ok(LinkedBank {
        enrollment: kept.enrollment,
        institution: SafeText::new(&kept.institution.name).into_string(),
        accounts: kept.accounts,
        known,
        open: kept.open,
        told: told(&kept.key, unreadable),
    })
}

/// Asks about accounts that nobody knew and that look like others. What is not agreed to stays open.
async fn settle(found: &Found, person: &mut impl Person) -> Vec<Answer> {
    let mut answers: Vec<Answer> = Vec::new();
    for question in found.questions() {
        for candidate in &question.candidates {
            let known = &candidate.account.id;
            if answers.iter().any(|(_, taken)| taken.as_ref() == Some(known)) {
                continue;
            }
            let doubt = Doubt::SameAccount {
                listed: told_as(&question.account),
                known: told_as(&candidate.account),
                compared: candidate.overlap.compared,
                same: candidate.overlap.same,
            };
            if person.agrees(doubt).await {
                answers.push((question.account.id.clone(), Some(known.clone())));
                break;
            }
        }
    }
    answers
}

fn told_as(account: &Account) -> String {
    SafeText::new(&label(&account.name, account.last_four.as_deref())).into_string()
}

/// A bank that cannot be asked now may be a minute later, and the token is in nobody's hands but ours.
async fn look(link: &Link, fresh: Fresh, person: &mut impl Person) -> Result<Found, LinkError> {
    loop {
        match enroll::look(&link.client, &link.store, fresh.clone()).await {
            Ok(found) => return Ok(found),
            Err(EnrollError::Bank(error)) if error.may_pass() => {
                if !person.agrees(Doubt::NotAsked(error.to_string())).await {
                    return Err(EnrollError::Bank(error).into());
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn told(key: &InUse, unreadable: usize) -> Vec<String> {
    let made = key.made.then(|| {
        format!(
            "A key was made for access tokens, in {}. Keep a copy: without it they cannot be \
             opened on another computer.",
            key.place
        )
    });
    let absent = key.keyring_absent.as_ref().map(|why| {
        format!("There is no keyring to keep the key in ({why}); it is in {}.", key.place)
    });
    let left_out = (unreadable > 0).then(|| {
        format!("{} could not be read, and will be tried again.", counted(unreadable, "account"))
    });
    [made, absent.filter(|_| key.made), left_out].into_iter().flatten().collect()
}

fn store(report: Report) -> EnrollError {
    EnrollError::Store(report)
}

fn tell_page(verdict: Verdict, ended: &Result<LinkedBank, LinkError>) {
    match ended {
        Ok(bank) => {
            let accounts = counted(bank.accounts.len(), "account");
            verdict.kept(format!("{} is connected, with {accounts}.", bank.institution));
        }
        Err(error) => verdict.refused(SafeText::new(&error.to_string()).into_string()),
    }
}
