//! What the keys do to accounts: names, places, out of sight, and those that are kept by hand.

use chrono::NaiveDate;

use super::accounts::{AccountLine, Pane};
use super::by_hand::READ_ONLY;
use super::event::Effect;
use super::form::{About, Form, Line};
use super::overlay::Overlay;
use super::totals::totals;
use super::{App, Screen};
use crate::domain::hand::account_id;
use crate::domain::keeping::{self, NewHand};
use crate::domain::query::Period;
use crate::domain::{AccountOverview, Currency, Edit, Hand, HandKind, Money, Target};

/// The lines of a new account.
const NAME: usize = 0;
const KIND: usize = 1;
const CURRENCY: usize = 2;
const VALUE: usize = 3;
const DAY: usize = 4;

const DAYS_ARE: &str = "a day, such as 2026-09-01, today or 30d";
const BY_BANK: &str = "This account is a bank's: only one kept by hand has values to change.";

/// What is wrong, and in which line.
type Wrong = (usize, String);

impl App {
    /// The account under the keys, in the list of accounts.
    fn account_here(&self) -> Option<&AccountLine> {
        self.accounts.selected().filter(|_| self.is_on_accounts())
    }

    /// Whether the list of accounts has the keys.
    pub(super) fn is_on_accounts(&self) -> bool {
        self.screen == Screen::Accounts
            && self.accounts.pane == Pane::Accounts
            && self.detail.is_none()
    }

    /// Whether the values of an account kept by hand have the keys.
    pub(super) fn is_on_values(&self) -> bool {
        self.screen == Screen::Accounts
            && self.accounts.pane == Pane::Transactions
            && self.accounts.selected().is_some_and(|line| line.hand().is_some())
    }

    /// Writes, and remembers for undoing.
    pub(super) fn make(&mut self, edit: Edit) -> Vec<Effect> {
        if self.setup.read_only {
            self.tell(READ_ONLY);
            return Vec::new();
        }
        vec![Effect::Edit(edit)]
    }

    /// On top of what is open, which comes back afterwards.
    pub(super) fn fill_in_over(&mut self, form: Form) -> Vec<Effect> {
        if self.setup.read_only {
            self.tell(READ_ONLY);
        } else {
            self.lay_over(Overlay::Form(form));
        }
        Vec::new()
    }

    pub(super) fn fill_in(&mut self, form: Form) -> Vec<Effect> {
        if self.setup.read_only {
            self.tell(READ_ONLY);
        } else {
            self.overlay = Some(Overlay::Form(form));
        }
        Vec::new()
    }

    pub(super) fn add_by_hand(&mut self) -> Vec<Effect> {
        if !self.accounts.loaded {
            return Vec::new();
        }
        let usual = totals(&self.accounts.lines, self.today());
        let usual = usual.first().map_or(Currency::USD, |total| total.currency);
        let kinds = HandKind::ALL.into_iter().map(HandKind::as_str).collect();
        let lines = vec![
            Line::text("name", "", "such as House, Car or Loan from Sam"),
            Line::choice("kind", kinds),
            Line::text("currency", usual.code(), "three letters, such as USD"),
            Line::text("worth", "", "such as 412,000; of a debt, what is owed"),
            Line::text("on", &self.today().to_string(), DAYS_ARE),
        ];
        self.fill_in(Form::new(About::Add, "Add an account by hand".to_owned(), lines))
    }

    pub(super) fn rename_account(&mut self) -> Vec<Effect> {
        let Some(line) = self.account_here() else { return Vec::new() };
        let (account, name) = (&line.overview, &line.overview.account.name);
        let hint = match account.hand {
            Some(_) => String::new(),
            None => format!("empty: {}, as the bank calls it", account.said_name()),
        };
        let title = format!("Name of {name}");
        let lines = vec![Line::text("name", name, hint)];
        self.fill_in(Form::new(About::Rename(line.id().clone()), title, lines))
    }

    /// A value of another day; with `old`, the selected one.
    pub(super) fn edit_value(&mut self, old: bool) -> Vec<Effect> {
        let Some(line) = self.accounts.selected().filter(|_| self.screen == Screen::Accounts)
        else {
            return Vec::new();
        };
        let Some(hand) = line.hand() else {
            self.tell(BY_BANK);
            return Vec::new();
        };
        let old = self.accounts.value().map(|(_, value)| value).filter(|_| old);
        let known = old.map(|value| Money::new(value.minor, hand.currency()));
        let owed = hand.account.kind.is_owed();
        let known = known.map(|money| if owed { -money } else { money }.to_string());
        let day = old.map_or(self.today(), |value| value.day);
        let (label, name) = (if owed { "owed" } else { "worth" }, &hand.account.name);
        let lines = vec![
            Line::text(label, &known.unwrap_or_default(), format!("in {}", hand.currency())),
            Line::text("on", &day.to_string(), DAYS_ARE),
        ];
        let about = About::Value { account: line.id().clone(), old: old.map(|value| value.day) };
        let title = format!("Value of {name}");
        self.fill_in(Form::new(about, title, lines))
    }

    /// Asks first.
    pub(super) fn remove_here(&mut self) -> Vec<Effect> {
        let Some(line) = self.accounts.selected().filter(|_| self.screen == Screen::Accounts)
        else {
            return Vec::new();
        };
        let Some(hand) = line.hand() else {
            self.tell("A bank's account cannot be removed, only hidden.");
            return Vec::new();
        };
        let (id, name) = (line.id().clone(), &hand.account.name);
        let (about, title) = match self.accounts.value().filter(|_| self.is_on_values()) {
            Some((_, value)) => {
                (About::DropValue(id, value.day), format!("Value of {name} on {}", value.day))
            }
            None => (About::Remove(id), format!("Remove {name} and all its values?")),
        };
        let lines = vec![Line::choice("", vec!["keep it", "remove it"])];
        self.fill_in(Form::new(about, title, lines))
    }

    pub(super) fn hide_account(&mut self) -> Vec<Effect> {
        let Some(line) = self.account_here() else { return Vec::new() };
        let edit = keeping::hide(&line.overview, !line.overview.hidden);
        self.make(edit)
    }

    pub(super) fn toggle_hidden(&mut self) -> Vec<Effect> {
        let any = self.accounts.overview.accounts.iter().any(|account| account.hidden);
        let shown = any && !self.accounts.shows_hidden;
        self.tell(match (any, shown) {
            (false, _) => "No account is hidden.",
            (_, true) => "Hidden accounts show too; no total counts them.",
            (_, false) => "Hidden accounts are out of sight.",
        });
        let (today, zone, rows) = (self.today(), self.setup.zone, self.setup.size.1);
        self.accounts.show_hidden(shown, today, zone, usize::from(rows))
    }

    pub(super) fn move_account(&mut self, down: bool) -> Vec<Effect> {
        let Some(line) = self.account_here() else { return Vec::new() };
        let all = self.accounts.shows_hidden;
        let accounts = &self.accounts.overview.accounts;
        let step = keeping::step(accounts, line.id(), down, |other| all || !other.hidden);
        step.map(|edit| self.make(edit)).unwrap_or_default()
    }

    /// On to the next line; after the last it is done.
    pub(super) fn submit(&mut self, mut form: Form) -> Vec<Effect> {
        if !form.is_last() {
            form.step(1);
            self.overlay = Some(Overlay::Form(form));
            return Vec::new();
        }
        if let About::RenameEnrollment(id) | About::EndEnrollment(id) = &form.about {
            let id = id.clone();
            return self.submit_enrollment(&id, form);
        }
        if matches!(form.about, About::Connect { .. }) {
            return self.answer_connect(&form);
        }
        if matches!(form.about, About::AddCategory(_) | About::RenameCategory(_)) {
            return self.name_category(form);
        }
        match self.edit_of(&form) {
            Ok(edit) => edit.map(|edit| self.make(edit)).unwrap_or_default(),
            Err((line, why)) => {
                self.overlay = Some(Overlay::Form(form.refuse(line, why)));
                Vec::new()
            }
        }
    }

    /// What the lines ask for; `None` where that is nothing.
    fn edit_of(&mut self, form: &Form) -> Result<Option<Edit>, Wrong> {
        if form.about == About::Add {
            return self.added(form).map(Some);
        }
        let accounts = &self.accounts.overview.accounts;
        let (About::Rename(id)
        | About::Value { account: id, .. }
        | About::DropValue(id, _)
        | About::Remove(id)) = &form.about
        else {
            return Ok(None);
        };
        // It may be gone meanwhile.
        let Some(account) = accounts.iter().find(|account| account.account.id == *id) else {
            return Ok(None);
        };
        let agreed = form.chosen(0) == 1;
        Ok(match (&form.about, &account.hand) {
            (About::Rename(_), _) => Some(renamed(account, form.text(0))?),
            (About::Value { old, .. }, Some(hand)) => Some(self.valued(form, hand, *old)?),
            (About::DropValue(_, day), Some(hand)) => {
                agreed.then(|| keeping::drop_value(hand, *day))
            }
            (About::Remove(_), Some(hand)) => agreed.then(|| keeping::remove(hand)),
            _ => None,
        })
    }

    fn added(&mut self, form: &Form) -> Result<Edit, Wrong> {
        let name = form.text(NAME).to_owned();
        if name.is_empty() {
            return Err((NAME, "it needs a name".to_owned()));
        }
        let kind = HandKind::ALL[form.chosen(KIND)];
        let currency = Currency::parse(form.text(CURRENCY));
        let currency = currency.ok_or((CURRENCY, "a currency has three letters".to_owned()))?;
        let value = amount(kind, (VALUE, form.text(VALUE)), currency)?;
        let day = self.day((DAY, form.text(DAY)))?;
        let new = NewHand { name, kind, value, day };
        let edit = keeping::add(&new, &self.accounts.overview.accounts);
        if let Some((Target::HandAccount { id }, _)) = edit.sets.first() {
            self.accounts.wanted = Some(account_id(id));
        }
        Ok(edit)
    }

    fn valued(&self, form: &Form, hand: &Hand, old: Option<NaiveDate>) -> Result<Edit, Wrong> {
        let value = amount(hand.account.kind, (0, form.text(0)), hand.currency())?;
        let day = self.day((1, form.text(1)))?;
        Ok(match old {
            Some(old) => keeping::change_value(hand, old, day, value),
            None => keeping::set_value(hand, day, value),
        })
    }

    /// A month or a year is meant from its first day on.
    fn day(&self, (line, text): (usize, &str)) -> Result<NaiveDate, Wrong> {
        let period = Period::parse(text, self.today());
        period.map(Period::first).ok_or_else(|| (line, format!("{text} is no day: {DAYS_ARE}")))
    }
}

fn renamed(account: &AccountOverview, name: &str) -> Result<Edit, Wrong> {
    if account.hand.is_some() && name.is_empty() {
        return Err((0, "it needs a name".to_owned()));
    }
    Ok(keeping::rename(account, name))
}

fn amount(kind: HandKind, (line, text): (usize, &str), currency: Currency) -> Result<Money, Wrong> {
    if text.is_empty() {
        return Err((line, "an amount is missing".to_owned()));
    }
    kind.parse_value(text, currency).map_err(|error| (line, format!("{text}: {error}")))
}
