//! A bank that is being linked: how far it is, and what came of it.

use crate::domain::EnrollmentId;
use crate::domain::linking::{Answers, Doubt, LinkedBank, Linking, Missing, Place};

/// What is to be linked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Tells this attempt from those before it.
    pub attempt: u32,
    /// Signed in to again, instead of a new one.
    pub repair: Option<Repair>,
    /// To what was missing the last time.
    pub answers: Answers,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    pub enrollment: EnrollmentId,
    pub institution: String,
}

/// What an attempt tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    Missing(Missing),
    /// What is worth knowing before, a sentence each.
    Beware(Vec<String>),
    Step(Linking),
    Doubt(Doubt),
    Linked(Box<LinkedBank>),
    Failed(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connecting {
    pub attempt: u32,
    pub repair: Option<Repair>,
    /// Known once the page is served.
    pub place: Option<Place>,
    pub beware: Vec<String>,
    pub at: At,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// The page is about to be served.
    Beginning,
    Step(Linking),
    /// Waits for a yes or a no.
    Doubt(Doubt),
    Linked(Box<LinkedBank>),
    Failed(String),
}

impl Connecting {
    pub fn new(attempt: u32, repair: Option<Repair>) -> Self {
        Self { attempt, repair, place: None, beware: Vec::new(), at: At::Beginning }
    }

    pub fn title(&self) -> String {
        title(self.repair.as_ref())
    }

    /// Whether a task is at work on it.
    pub fn is_going(&self) -> bool {
        !matches!(self.at, At::Linked(_) | At::Failed(_))
    }

    pub fn hear(&mut self, told: Told) {
        match told {
            Told::Step(Linking::Waiting(place)) => {
                self.place = Some(place.clone());
                self.at = At::Step(Linking::Waiting(place));
            }
            Told::Step(step) => self.at = At::Step(step),
            Told::Beware(sentences) => self.beware = sentences,
            Told::Doubt(doubt) => self.at = At::Doubt(doubt),
            Told::Linked(bank) => self.at = At::Linked(bank),
            Told::Failed(why) => self.at = At::Failed(why),
            // Asked on lines of its own.
            Told::Missing(_) => {}
        }
    }
}

pub fn title(repair: Option<&Repair>) -> String {
    match repair {
        Some(repair) => format!("Sign in to {} again", repair.institution),
        None => "Connect a bank".to_owned(),
    }
}
