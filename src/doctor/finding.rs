//! What a check found: the outcome, the likely cause, and one thing to do.

use std::time::{Duration, Instant};

use color_eyre::Report;

use crate::exit::Exit;
use crate::store::{self, Trouble};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Fine,
    Warning,
    Failed,
    /// What it needs failed before.
    NotReached,
    /// There is nothing to look at, or it is not allowed.
    Skipped,
}

/// The judgement on one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub outcome: Outcome,
    pub what: String,
    pub cause: Option<String>,
    pub remedy: Option<String>,
    /// How the process ends if nothing failed before.
    pub exit: Exit,
}

/// One check, and how long it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub name: &'static str,
    pub verdict: Verdict,
    pub took: Duration,
}

/// The findings as they come.
#[derive(Debug, Default)]
pub struct Examination(Vec<Finding>);

impl Outcome {
    /// A word for people and machines alike.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::NotReached => "not reached",
            Self::Skipped => "skipped",
        }
    }
}

impl Verdict {
    fn new(outcome: Outcome, exit: Exit, what: impl Into<String>) -> Self {
        Self { outcome, what: what.into(), cause: None, remedy: None, exit }
    }

    pub fn fine(what: impl Into<String>) -> Self {
        Self::new(Outcome::Fine, Exit::Fine, what)
    }

    pub fn warning(what: impl Into<String>) -> Self {
        Self::new(Outcome::Warning, Exit::Fine, what)
    }

    pub fn failed(exit: Exit, what: impl Into<String>) -> Self {
        Self::new(Outcome::Failed, exit, what)
    }

    pub fn not_reached(what: impl Into<String>) -> Self {
        Self::new(Outcome::NotReached, Exit::Fine, what)
    }

    pub fn skipped(what: impl Into<String>) -> Self {
        Self::new(Outcome::Skipped, Exit::Fine, what)
    }

    /// In the words of an error that ends with what to do, after a colon.
    pub fn of_sentence(exit: Exit, sentence: &str) -> Self {
        match sentence.rsplit_once(": ") {
            Some((what, remedy)) => Self::failed(exit, what).so(remedy),
            None => Self::failed(exit, sentence),
        }
    }

    /// A question that the database did not answer, or answered with a refusal.
    pub fn of_report(report: &Report) -> Self {
        let sentence = store::explain(report);
        match Trouble::of(report) {
            Some(trouble) => Self::of_sentence(trouble.exit(), &sentence),
            None => Self::failed(Exit::Internal, sentence),
        }
    }

    #[must_use]
    pub fn because(self, cause: impl Into<String>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    #[must_use]
    pub fn so(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }
}

impl Examination {
    /// Makes one check and measures it.
    pub async fn look(&mut self, name: &'static str, check: impl Future<Output = Verdict>) {
        let started = Instant::now();
        let verdict = check.await;
        self.put(name, verdict, started.elapsed());
    }

    pub fn put(&mut self, name: &'static str, verdict: Verdict, took: Duration) {
        self.0.push(Finding { name, verdict, took });
    }

    /// For the same reason, several in a row.
    pub fn put_all(&mut self, names: &[&'static str], verdict: &Verdict) {
        for name in names {
            self.put(name, verdict.clone(), Duration::ZERO);
        }
    }

    pub fn into_findings(self) -> Vec<Finding> {
        self.0
    }
}
