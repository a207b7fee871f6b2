//! Enrollments on the sync screen: what ails them, their names, and their end.

use super::App;
use super::connecting::Repair;
use super::event::{Effect, EnrollmentDeed};
use super::form::{About, Form, Line as FormLine};
use super::overlay::Overlay;
use super::sync::Line;
use crate::domain::{Ailment, Enrollment, EnrollmentId, fold, keeping};

/// What becomes of one, as the form offers it.
const CHOICES: [&str; 3] = ["keep it", "undo its last repair", "end it"];
const UNDO: usize = 1;
const END: usize = 2;

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
        let Line::Bank(bank) = self.sync.lines().nth(self.sync.selected)? else { return None };
        bank.repair().or_else(|| {
            let one = self.enrollment(bank.enrollment_id.as_ref()?)?;
            let repair = Repair { enrollment: one.id.clone(), institution: one.label().to_owned() };
            self.is_ill(&one.id).then_some(repair)
        })
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
        let lines =
            vec![FormLine::choice("do", CHOICES.to_vec()), FormLine::text("its name", "", &hint)];
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
        let deed = match form.chosen(0) {
            UNDO => EnrollmentDeed::UndoRepair(one.id),
            END if fold(form.text(1)) == fold(one.label()) => EnrollmentDeed::End(one.id),
            END => {
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
