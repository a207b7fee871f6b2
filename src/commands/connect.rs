//! `passbook connect`: a bank linked in the browser, told line by line in the terminal.

use std::io::{self, Write};

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::question::{ask_line, asks_nobody, said_yes};
use super::{Error, Result, interrupts, sync};
use crate::bank::Bank;
use crate::cli::{ConnectArgs, SyncArgs};
use crate::domain::linking::{Answers, Doubt, LinkedBank, Linking, Missing, Question};
use crate::domain::{SafeText, counted};
use crate::exit::Exit;
use crate::linking::{Link, Person, link};

/// Ctrl-C leaves everything as it was.
pub async fn connect(
    ready: Link,
    bank: &Bank,
    args: &ConnectArgs,
    out: &mut impl Write,
) -> Result<Exit> {
    let store = ready.store.clone();
    let cancel = CancellationToken::new();
    let (stopped, stop) = oneshot::channel();
    let watch = tokio::spawn(interrupts::watch(cancel.clone(), stopped));
    let ended = cancel.run_until_cancelled(link(ready, &mut Terminal)).await;
    watch.abort();
    let Some(ended) = ended else {
        say("Cancelled: no bank was connected, and nothing was changed.");
        return Ok(stop.await.unwrap_or(Exit::Interrupted));
    };
    let linked = ended.map_err(Error::NotLinked)?;
    write_linked(&linked, out)?;
    if !wants_sync(args)? {
        writeln!(out, "`passbook sync` fetches balances and transactions.")?;
        out.flush()?;
        return Ok(Exit::Fine);
    }
    out.flush()?;
    sync(bank, &store, &SyncArgs::default(), out).await
}

fn write_linked(bank: &LinkedBank, out: &mut impl Write) -> Result<()> {
    let again = if bank.known { "again" } else { "" };
    let count = counted(bank.accounts.len(), "account");
    let first = format!("{} is connected {again}", bank.institution);
    writeln!(out, "{}, with {count}:", first.trim_end())?;
    for account in &bank.accounts {
        let digits = account.last_four.as_ref().map(|digits| format!(" ·{digits}"));
        let name = format!("{}{}", account.name, digits.unwrap_or_default());
        writeln!(out, "  {}", SafeText::new(&name))?;
    }
    for sentence in &bank.told {
        writeln!(out, "{}", SafeText::new(sentence))?;
    }
    if bank.open > 0 {
        let which = counted(bank.open, "account");
        writeln!(
            out,
            "{which} may be one you have already, and is left out of totals until you say so: see \
             `passbook merge --help`."
        )?;
    }
    Ok(())
}

fn wants_sync(args: &ConnectArgs) -> Result<bool> {
    if args.sync || args.no_sync || asks_nobody() {
        return Ok(args.sync);
    }
    said_yes("Sync now?", true)
}

/// Before a page is served: what the settings leave open. Without a terminal nothing is asked.
pub fn ask(missing: &Missing) -> Result<Answers> {
    if asks_nobody() {
        return Err(Error::Unsettled(missing_names(missing)));
    }
    if let Some((question, why)) = &missing.wrong {
        say(&format!("{}: {why}", question.label()));
    }
    let mut answers = Answers::default();
    for (question, known) in &missing.questions {
        let in_sandbox = answers.get(Question::Environment) == Some("sandbox");
        if in_sandbox && matches!(question, Question::Certificate | Question::Key) {
            continue;
        }
        say(&format!("\n{}", question.hint()));
        let answer = ask_line(question.label(), known)?;
        let answer = if answer.is_empty() { known.clone() } else { answer };
        answers.0.push((*question, answer));
    }
    Ok(answers)
}

fn missing_names(missing: &Missing) -> String {
    // Where nothing was said of it, the environment is the sandbox, which needs the id alone.
    let is_open = missing.questions.iter().any(|(question, _)| *question == Question::Environment);
    let needed = missing
        .questions
        .iter()
        .filter(|(question, _)| !is_open || *question == Question::ApplicationId);
    let names = needed.map(|(question, _)| match question {
        Question::ApplicationId => "application_id (TELLER_APPLICATION_ID)",
        Question::Environment => "environment (TELLER_ENVIRONMENT)",
        Question::Certificate => "cert (TELLER_CERT_PATH)",
        Question::Key => "cert_key (TELLER_KEY_PATH)",
    });
    names.collect::<Vec<_>>().join(", ")
}

/// What is worth knowing before; with `bank` linked already, a question.
pub fn warn(sentences: &[String], again_at: Option<&str>, yes: bool) -> Result<bool> {
    for sentence in sentences {
        say(&SafeText::new(sentence));
    }
    match again_at {
        Some(bank) => super::question::agreed(
            yes,
            &format!(
                "{} is connected already. Linking it once more spends another enrollment for \
                 good, and its accounts show twice until you merge them. Go on?",
                SafeText::new(bank)
            ),
        ),
        None => Ok(true),
    }
}

/// Lines on stderr, so that the accounts alone are the output.
fn say(line: &str) {
    // When stderr is gone there is nobody to tell.
    let _ = writeln!(io::stderr(), "{line}");
}

struct Terminal;

impl Person for Terminal {
    fn told(&mut self, linking: Linking) {
        if let Linking::Waiting(place) = &linking {
            say(&format!("{}\n\n  {}\n", SafeText::new(&place.advice()), place.address));
        }
        say(&format!("{} …", linking.sentence()));
    }

    async fn agrees(&mut self, doubt: Doubt) -> bool {
        let question = SafeText::new(&doubt.question()).into_string();
        if asks_nobody() {
            say(&question);
            return false;
        }
        // A person thinks; meanwhile the page goes on being served.
        let asked = tokio::task::spawn_blocking(move || said_yes(&question, false));
        matches!(asked.await, Ok(Ok(true)))
    }
}
