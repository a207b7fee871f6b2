//! The checks of what passbook stands on: of a start that failed, and from the list of problems.

use super::event::Effect;
use super::overlay::Overlay;
use super::{App, Notice, Screen};
use crate::domain::{Check, Checked, Extent, Judgement, SafeText};
use crate::exit::Exit;

impl App {
    /// The page shows at once; what was the matter follows.
    pub(super) fn open_failed(&mut self, sentence: String, exit: Exit) -> Vec<Effect> {
        self.opening = Notice { text: sentence, warning: true };
        self.exit = exit;
        self.checks.found = None;
        self.look(Extent::WithoutBank)
    }

    pub(super) fn try_again(&mut self) -> Vec<Effect> {
        if !self.opening.warning {
            return Vec::new();
        }
        self.checks.running = None;
        self.checks.next = None;
        self.show_opening();
        vec![Effect::OpenDefault]
    }

    pub(super) fn run_checks(&mut self) -> Vec<Effect> {
        let extent = if self.screen != Screen::Opening {
            self.overlay = Some(Overlay::Checks { top: 0 });
            Extent::Everything
        } else if self.opening.warning {
            Extent::Report
        } else {
            return Vec::new();
        };
        match self.checks.running {
            Some(running) if running == extent => self.tell("The checks are being run."),
            Some(_) => self.checks.next = Some(extent),
            None => return self.look(extent),
        }
        Vec::new()
    }

    fn look(&mut self, extent: Extent) -> Vec<Effect> {
        self.checks.running = Some(extent);
        vec![Effect::Check(extent)]
    }

    pub(super) fn checks_told(&mut self, checked: Checked) -> Vec<Effect> {
        // Once the store is being opened again, nobody asks why it could not be. Of two answers
        // after two failures the later one stays.
        let failed = self.screen == Screen::Opening && self.opening.warning;
        if self.checks.running.take().is_none() && !failed {
            return Vec::new();
        }
        match &checked.report {
            Some(Ok(place)) => self.tell(format!("The report is in {place}; no secret is in it.")),
            Some(Err(reason)) => self.warn(format!("The report was not written: {reason}")),
            None => {}
        }
        self.checks.found = Some(checked);
        self.checks.next.take().map(|extent| self.look(extent)).unwrap_or_default()
    }

    /// What the page of a failed start or the overlay shows, for somebody else to read.
    pub(super) fn checks_text(&self) -> Option<String> {
        let failed = (self.screen == Screen::Opening).then(|| safe(&self.opening.text));
        let checks = self.checks.found.as_ref().map(|checked| checked.checks.as_slice());
        let lines = checks.unwrap_or_default().iter().flat_map(lines);
        let lines: Vec<String> = failed.into_iter().chain(lines).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

/// One for what was found, and one each below it for the reason and what to do.
fn lines(check: &Check) -> Vec<String> {
    let mut lines =
        vec![format!("{} {:16} {}", sign(check.judgement), check.name, safe(&check.what))];
    let more = [("likely", &check.cause), ("to do", &check.remedy)];
    lines.extend(more.into_iter().filter_map(|(word, more)| {
        more.as_ref().map(|more| format!("{:19}{word}: {}", "", safe(more)))
    }));
    lines
}

fn safe(text: &str) -> String {
    SafeText::new(text).into_string()
}

pub fn sign(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Fine => "✓",
        Judgement::Warning | Judgement::Failed => "!",
        Judgement::NotLookedAt => "·",
    }
}
