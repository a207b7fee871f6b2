//! Linking a bank from the screen: asked for, followed, decided and left.

use super::App;
use super::by_hand::READ_ONLY;
use super::connecting::{At, Connecting, Repair, Told, Wish, title};
use super::event::Effect;
use super::form::{About, Form, Line};
use super::overlay::Overlay;
use crate::domain::linking::{Answers, LinkedBank, Missing, Question};

/// In the order in which they are offered.
const ENVIRONMENTS: [&str; 3] = ["sandbox", "development", "production"];

impl App {
    pub(super) fn connect(&mut self, repair: Option<Repair>) -> Vec<Effect> {
        let refusal = if self.setup.offline {
            "Offline, as asked: no bank is called. Start without --offline to connect one."
        } else if self.setup.read_only {
            READ_ONLY
        } else if self.sync.running {
            "A sync is running: connect when it is done, or stop it with ctrl-x."
        } else {
            return self.begin_linking(repair, Answers::default());
        };
        self.tell(refusal);
        Vec::new()
    }

    fn begin_linking(&mut self, repair: Option<Repair>, answers: Answers) -> Vec<Effect> {
        self.attempts += 1;
        let attempt = self.attempts;
        self.overlay =
            Some(Overlay::Connecting(Box::new(Connecting::new(attempt, repair.clone()))));
        vec![Effect::Connect(Wish { attempt, repair, answers })]
    }

    /// What an attempt that was left still tells is dropped.
    pub(super) fn linking_told(&mut self, attempt: u32, told: Told) -> Vec<Effect> {
        let connecting = match &mut self.overlay {
            Some(Overlay::Connecting(it)) if it.attempt == attempt => it,
            // It was kept all the same.
            _ if matches!(told, Told::Linked(_)) => return self.linked(),
            _ => return Vec::new(),
        };
        if let Told::Missing(missing) = &told {
            let repair = connecting.repair.take();
            self.overlay = Some(Overlay::Form(form(repair, missing)));
            return Vec::new();
        }
        let is_linked = matches!(told, Told::Linked(_));
        connecting.hear(told);
        if is_linked { self.linked() } else { Vec::new() }
    }

    fn linked(&mut self) -> Vec<Effect> {
        self.setup.can_sync = true;
        self.reload(None)
    }

    /// With the answers of the form.
    pub(super) fn answer_connect(&mut self, form: &Form) -> Vec<Effect> {
        let About::Connect { repair, questions } = &form.about else { return Vec::new() };
        let answers = questions.iter().enumerate().map(|(line, question)| {
            let text = match question {
                Question::Environment => ENVIRONMENTS[form.chosen(line)],
                _ => form.text(line),
            };
            (*question, text.to_owned())
        });
        let answers = Answers(answers.collect());
        self.begin_linking(repair.clone(), answers)
    }

    /// Enter: a yes where something is asked, another try where it failed.
    pub(super) fn go_on_linking(&mut self, mut connecting: Box<Connecting>) -> Vec<Effect> {
        match &connecting.at {
            At::Doubt(_) => {
                connecting.at = At::Beginning;
                self.overlay = Some(Overlay::Connecting(connecting));
                vec![Effect::DecideConnect(true)]
            }
            At::Failed(_) => self.connect(connecting.repair),
            At::Linked(_) => self.sync_linked(),
            At::Beginning | At::Step(_) => {
                self.overlay = Some(Overlay::Connecting(connecting));
                Vec::new()
            }
        }
    }

    /// Esc: a no where something is asked, else the end of it.
    pub(super) fn leave_linking(&mut self) -> Vec<Effect> {
        let Some(Overlay::Connecting(mut connecting)) = self.overlay.take() else {
            return Vec::new();
        };
        if matches!(connecting.at, At::Doubt(_)) {
            connecting.at = At::Beginning;
            self.overlay = Some(Overlay::Connecting(connecting));
            return vec![Effect::DecideConnect(false)];
        }
        if !connecting.is_going() {
            return Vec::new();
        }
        self.tell("Cancelled: no bank was connected, and nothing was changed.");
        vec![Effect::StopConnect]
    }

    /// Syncs what was just linked.
    pub(super) fn sync_linked(&mut self) -> Vec<Effect> {
        let done = |it: &Connecting| matches!(it.at, At::Linked(_));
        match &self.overlay {
            Some(Overlay::Connecting(connecting)) if !done(connecting) => Vec::new(),
            _ => {
                self.overlay = None;
                self.start_sync(false)
            }
        }
    }

    /// The address, for a browser elsewhere.
    pub(super) fn address_to_copy(&self) -> Option<String> {
        match &self.overlay {
            Some(Overlay::Connecting(it)) => it.place.as_ref().map(|place| place.address.clone()),
            _ => None,
        }
    }
}

/// One sentence of what came of it.
pub fn outcome(bank: &LinkedBank) -> String {
    let again = if bank.known { "is connected again" } else { "is connected" };
    format!("{} {again}.", bank.institution)
}

fn form(repair: Option<Repair>, missing: &Missing) -> Form {
    let title = title(repair.as_ref());
    let lines = missing.questions.iter().map(|(question, known)| match question {
        Question::Environment => {
            let mut line = Line::choice(question.label(), ENVIRONMENTS.to_vec());
            line.choose(ENVIRONMENTS.iter().position(|it| it == known).unwrap_or(0));
            Line { hint: question.hint().to_owned(), ..line }
        }
        _ => Line::text(question.label(), known, question.hint()),
    });
    let questions: Vec<Question> = missing.questions.iter().map(|(it, _)| *it).collect();
    let lines = lines.collect();
    let wrong = missing.wrong.as_ref().map(|(question, why)| {
        let line = questions.iter().position(|it| it == question).unwrap_or(0);
        (line, why.clone())
    });
    let about = About::Connect { repair, questions };
    let form = Form::new(about, title, lines);
    match wrong {
        Some((line, why)) => form.refuse(line, why),
        None => form,
    }
}
