//! Before a store is open: the choices of the first run, and what becomes of a database that was found.

use super::event::{Effect, Opened};
use super::setup::{Choice, FirstRun, FoundPlace};
use super::takeover::{Takeover, Way, report};
use super::{App, Notice, Screen};
use crate::domain::Survey;

impl App {
    /// Takes the selected choice of the first run.
    pub(super) fn choose(&mut self) -> Vec<Effect> {
        let Some(first_run) = &self.setup.first_run else { return Vec::new() };
        let effect = match first_run.choices().get(self.choice) {
            None => return Vec::new(),
            Some(Choice::Demo) => Effect::OpenDemo,
            Some(Choice::Found(found)) => {
                let found = (*found).clone();
                let place = found.place.clone();
                self.takeover = Some(Takeover::of(found));
                self.screen = Screen::Takeover;
                return vec![Effect::Survey(place)];
            }
            Some(Choice::Postgres) if !first_run.postgres => {
                self.tell("Set DATABASE_URL to postgres://… and start again.");
                return Vec::new();
            }
            Some(Choice::Connect) => {
                // With a token from elsewhere there is nothing to link.
                self.connect_due = !first_run.token;
                Effect::OpenDefault
            }
            Some(Choice::Postgres) => Effect::OpenDefault,
        };
        self.show_opening();
        vec![effect]
    }

    pub(super) fn show_opening(&mut self) {
        self.screen = Screen::Opening;
        self.opening = Notice { text: "Opening the database".to_owned(), warning: false };
    }

    pub(super) fn offered(&mut self, first_run: FirstRun) {
        self.setup.first_run = Some(first_run);
        self.screen = Screen::FirstRun;
    }

    /// A late answer, about what was left again, changes nothing.
    pub(super) fn surveyed(&mut self, place: &FoundPlace, survey: Result<Box<Survey>, String>) {
        let Some(takeover) = self.takeover.as_mut().filter(|it| it.found.place == *place) else {
            return;
        };
        match survey {
            Ok(survey) => takeover.survey = Some(survey),
            Err(sentence) => takeover.failure = Some(sentence),
        }
    }

    pub(super) fn take_over(&mut self, way: Way) -> Vec<Effect> {
        let Some(takeover) = &mut self.takeover else { return Vec::new() };
        let refusal = match (&takeover.survey, takeover.taking) {
            (Some(_), None) => {
                takeover.taking = Some(way);
                takeover.failure = None;
                takeover.report = None;
                let (place, by_hand) = (takeover.found.place.clone(), takeover.by_hand);
                return vec![Effect::TakeOver { place, way, by_hand }];
            }
            (_, Some(_)) => BEING_DONE,
            (None, None) if takeover.is_reading() => "It is still being read.",
            (None, None) => "There is nothing here to take over: esc goes back.",
        };
        self.tell(refusal);
        Vec::new()
    }

    pub(super) fn toggle_by_hand(&mut self) -> Vec<Effect> {
        match &mut self.takeover {
            Some(takeover) if takeover.offers_by_hand() => takeover.by_hand = !takeover.by_hand,
            _ => self.tell("Nothing was kept by hand there."),
        }
        Vec::new()
    }

    pub(super) fn not_taken_over(&mut self, sentence: String) {
        if let Some(takeover) = &mut self.takeover {
            takeover.taking = None;
            takeover.failure = Some(sentence);
        }
    }

    pub(super) fn toggle_report(&mut self) -> Vec<Effect> {
        match &mut self.takeover {
            Some(takeover) if takeover.survey.is_some() => {
                takeover.report = if takeover.report.is_some() { None } else { Some(0) };
            }
            _ => self.tell("There is nothing to report yet."),
        }
        Vec::new()
    }

    pub(super) fn copy_report(&mut self) -> Vec<Effect> {
        let survey = self.takeover.as_ref().and_then(|takeover| takeover.survey.as_deref());
        let text = survey.map(|survey| report(survey).join("\n")).or_else(|| self.checks_text());
        match self.address_to_copy() {
            None => self.copy(text, "the report"),
            address => self.copy(address, "the address"),
        }
    }

    /// From the report to the choices, and from there to the first run.
    pub(super) fn leave_takeover(&mut self) {
        let Some(takeover) = &mut self.takeover else { return };
        if takeover.report.take().is_some() {
            return;
        }
        if takeover.taking.is_some() {
            self.tell(BEING_DONE);
            return;
        }
        self.takeover = None;
        self.screen = Screen::FirstRun;
    }

    pub(super) fn opened(&mut self, opened: Opened) -> Vec<Effect> {
        self.setup.store_label = opened.store_label;
        self.setup.demo = opened.demo;
        self.setup.read_only = opened.read_only;
        self.setup.can_sync = opened.can_sync;
        self.setup.opened = true;
        self.divider = opened.divider;
        self.columns = opened.columns.unwrap_or_default();
        self.lock.has_passphrase = opened.passphrase;
        self.touch();
        if opened.passphrase {
            self.lock_screen();
        }
        self.takeover = None;
        self.screen = Screen::Accounts;
        if let Some(notice) = opened.notice {
            self.tell(notice);
        }
        let mut effects = self.load_overview();
        if std::mem::take(&mut self.connect_due) && !opened.passphrase {
            effects.extend(self.connect(None));
        }
        effects
    }
}

const BEING_DONE: &str = "It is being done; ctrl-c leaves, and nothing of it stays.";
