//! Enrollments on the sync screen: what ails them, their names, and their end.

use super::connecting::Repair;
use super::event::{Effect, EnrollmentDeed};
use super::form::{About, Form, Line as FormLine};
use super::overlay::Overlay;
use super::problems::problems;
use super::sync::{BankProgress, Line};
use super::{App, Screen};
use crate::domain::{Ailment, Enrollment, EnrollmentId, fold, keeping};

/// What becomes of one, as the form offers it.
const KEEP: &str = "keep it";
const UNDO: &str = "undo its last repair";
const END: &str = "end it";

impl App {
    pub fn enrollment(&self, id: &EnrollmentId) -> Option<&Enrollment> {
        self.accounts.overview.enrollments.iter().find(|one| one.id == *id)
    }

    /// The first line of the sync screen that needs attention.
    pub fn troubled(&self) -> Option<Line<'_>> {
        let ill = |line: &Line<'_>| match line {
            Line::Bank(bank) => bank.enrollment_id.as_ref().is_some_and(|id| self.is_ill(id)),
            Line::Account(..) | Line::Run(_) => false,
        };
        self.sync.troubled().or_else(|| self.sync.lines().find(ill))
    }

    fn is_ill(&self, id: &EnrollmentId) -> bool {
        self.ailment(id).is_some() || self.locked(id).is_some()
    }

    /// Why its token does not open here.
    pub fn locked(&self, id: &EnrollmentId) -> Option<&str> {
        let mut locked = self.standing.locked.iter();
        locked.find(|(one, _)| one == id).map(|(_, why)| why.as_str())
    }

    pub fn ailment(&self, id: &EnrollmentId) -> Option<Ailment> {
        self.enrollment(id)?.ailment()
    }

    /// That of the line the keys act on: a bank's, or an account's of it.
    pub fn enrollment_here(&self) -> Option<&Enrollment> {
        let bank = match self.sync.lines().nth(self.sync.selected)? {
            Line::Bank(bank) | Line::Account(bank, _) => bank,
            Line::Run(_) => return None,
        };
        self.enrollment(bank.enrollment_id.as_ref()?)
    }

    /// Where the selected line is a bank that wants a new login, or whose token does not open here.
    pub fn repair_here(&self) -> Option<Repair> {
        match self.sync.lines().nth(self.sync.selected)? {
            Line::Bank(bank) => self.repair_of(bank.enrollment_id.as_ref()?),
            Line::Account(..) | Line::Run(_) => None,
        }
    }

    /// What signing in again would mend there.
    pub fn repair_of(&self, id: &EnrollmentId) -> Option<Repair> {
        let mut banks = self.sync.banks.iter();
        let told = banks.find(|bank| bank.enrollment_id.as_ref() == Some(id));
        told.and_then(BankProgress::repair).or_else(|| {
            let one = self.enrollment(id).filter(|one| self.is_ill(&one.id))?;
            Some(Repair { enrollment: one.id.clone(), institution: one.label().to_owned() })
        })
    }

    /// From the selected problem to what would mend its bank, else to the sync screen.
    pub(super) fn open_problem(&mut self, selected: usize) -> Vec<Effect> {
        let mut problems = problems(self);
        let chosen = (selected < problems.len()).then(|| problems.swap_remove(selected));
        match chosen.and_then(|problem| self.repair_of(&problem.enrollment?)) {
            Some(repair) => self.connect(Some(repair)),
            None => self.show(Screen::Sync),
        }
    }

    pub(super) fn rename_enrollment(&mut self) -> Vec<Effect> {
        let Some(one) = self.enrollment_here() else { return self.no_bank_here() };
        let hint = format!("empty: {}, as the bank is called", one.institution.name);
        let lines = vec![FormLine::text("name", one.label(), &hint)];
        let title = format!("Name of {}", one.label());
        let about = About::RenameEnrollment(one.id.clone());
        self.fill_in(Form::new(about, title, lines))
    }

    /// Asks first; what cannot be taken back wants its name typed.
    pub(super) fn remove_enrollment(&mut self) -> Vec<Effect> {
        let Some(one) = self.enrollment_here() else { return self.no_bank_here() };
        let name = one.label();
        let hint = format!("type {name} to end Teller's access; its history stays");
        let choices = if one.repaired { vec![KEEP, UNDO, END] } else { vec![KEEP, END] };
        let lines = vec![FormLine::choice("do", choices), FormLine::text("its name", "", &hint)];
        let title = format!("What shall become of {name}?");
        let about = About::EndEnrollment(one.id.clone());
        self.fill_in(Form::new(about, title, lines))
    }

    fn no_bank_here(&mut self) -> Vec<Effect> {
        self.tell("Choose a bank or one of its accounts first.");
        Vec::new()
    }

    pub(super) fn submit_enrollment(&mut self, id: &EnrollmentId, form: Form) -> Vec<Effect> {
        let Some(one) = self.enrollment(id).cloned() else { return Vec::new() };
        if matches!(form.about, About::RenameEnrollment(_)) {
            return self.make(keeping::rename_enrollment(&one, form.text(0)));
        }
        let deed = match form.choice(0) {
            Some(UNDO) => EnrollmentDeed::UndoRepair(one.id),
            Some(END) if fold(form.text(1)) == fold(one.label()) => EnrollmentDeed::End(one.id),
            Some(END) => {
                let why = format!("type {} as it stands", one.label());
                self.overlay = Some(Overlay::Form(form.refuse(1, why)));
                return Vec::new();
            }
            _ => return Vec::new(),
        };
        if self.sync.running {
            self.tell("A sync is running: wait for its end, or stop it with ctrl-x.");
            return Vec::new();
        }
        if self.setup.offline && matches!(deed, EnrollmentDeed::End(_)) {
            self.tell("Offline, as asked: Teller cannot be told, so nothing is ended.");
            return Vec::new();
        }
        vec![Effect::Enrollment(deed)]
    }

    pub(super) fn enrollment_changed(
        &mut self,
        deed: &EnrollmentDeed,
        told: Result<String, String>,
    ) -> Vec<Effect> {
        match told {
            Ok(sentence) => {
                if let EnrollmentDeed::End(id) = deed {
                    self.sync.banks.retain(|bank| bank.enrollment_id.as_ref() != Some(id));
                    self.sync.move_by(0);
                }
                self.tell(sentence);
                self.reload(None)
            }
            Err(why) => {
                self.warn(why);
                Vec::new()
            }
        }
    }
}
