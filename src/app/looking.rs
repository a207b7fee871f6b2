//! What keys do on the screens of insights and of what recurs, and with a transfer's other half.

use chrono::{Days, Months, NaiveDate};

use super::detail::Detail;
use super::event::Effect;
use super::insights::Part;
use super::levels::Level;
use super::list::TransactionList;
use super::overlay::Overlay;
use super::{App, Screen};
use crate::domain::insight::SpendingBy;
use crate::domain::query::{Check, Clause, Filter, Mark, State};
use crate::domain::{AccountId, StoredTransaction, TransactionKey, fold};

/// Every day that a row can have.
pub(super) const ALL_DAYS: (NaiveDate, NaiveDate) = (
    NaiveDate::from_ymd_opt(1, 1, 1).expect("a day"),
    NaiveDate::from_ymd_opt(9999, 12, 31).expect("a day"),
);

impl App {
    pub(super) fn spend_by(&mut self, by: SpendingBy) -> Vec<Effect> {
        self.insights.spend_by(by);
        self.insights.ask(self.today())
    }

    pub(super) fn next_range(&mut self) -> Vec<Effect> {
        self.insights.next_range();
        self.insights.ask(self.today())
    }

    /// The rows behind what is selected, in a list of their own; esc comes back.
    pub(super) fn drill(&mut self) -> Vec<Effect> {
        let month = self.insights.month(self.today());
        let of_month = (month, month + Months::new(1) - Days::new(1));
        match (self.screen, self.insights.part) {
            (Screen::Recurring, _) => self.drill_series(),
            (_, Part::Findings) => {
                let found = self.insights.findings().get(self.insights.finding);
                let Some(found) = found else { return Vec::new() };
                let span = (found.rows[0].0, found.rows[found.rows.len() - 1].0);
                let account = found.account.clone();
                self.list_rows(Some(account), span, Filter::default())
            }
            (_, Part::Spending) if self.insights.open_line() => Vec::new(),
            (_, Part::Spending) => {
                let (account, clauses) = self.spent();
                self.list_rows(account, of_month, counted(clauses))
            }
            (_, Part::Flow) => self.list_rows(None, of_month, counted(Vec::new())),
        }
    }

    fn drill_series(&mut self) -> Vec<Effect> {
        let series = self.insights.all_series().get(self.insights.series);
        let Some(series) = series else { return Vec::new() };
        let (account, last) = (series.account.clone(), series.last);
        self.list_rows(Some(account), (last - Days::new(3), last), Filter::default())
    }

    /// Out of an opened category of the spending. `false`: none is open, or others have the keys.
    pub(super) fn leave_spending(&mut self) -> bool {
        self.insights.part == Part::Spending && self.insights.close_line()
    }

    /// What the selected line of the spending is about: an account, or what its rows have in common.
    fn spent(&self) -> (Option<AccountId>, Vec<Clause>) {
        let Some(line) = self.insights.spending_lines().into_iter().nth(self.insights.line) else {
            return (None, Vec::new());
        };
        let name = line.name;
        let is = |check| Clause { negated: false, check };
        match self.insights.by {
            SpendingBy::Account => (Some(AccountId(name)), Vec::new()),
            SpendingBy::Category if name.is_empty() => {
                (None, vec![Clause { negated: true, check: Check::Has(Mark::Category) }])
            }
            SpendingBy::Category => {
                let check = Check::Categories { named: vec![name.clone()], all: vec![name] };
                (None, vec![is(check)])
            }
            // A merchant's name may be the bank's text without its numbers: word by word it is there.
            SpendingBy::Merchant => {
                let word = |word: &str| is(Check::Text(word.to_owned(), fold(word)));
                (None, name.split_whitespace().map(word).collect())
            }
        }
    }

    pub(super) fn list_rows(
        &mut self,
        account: Option<AccountId>,
        span: (NaiveDate, NaiveDate),
        filter: Filter,
    ) -> Vec<Effect> {
        let height = usize::from(self.setup.size.1);
        let (list, effects) = TransactionList::open_within(account, span, filter, height);
        self.levels.open(Level::Rows(Box::new(list)), self.screen, "");
        self.drilled_over = self.overlay.take();
        self.screen = Screen::Transactions;
        self.detail = None;
        effects
    }

    /// From what was opened last back to where it was asked for. `false`: there is nothing.
    pub(super) fn leave_level(&mut self) -> bool {
        let Some(screen) = self.levels.leave() else { return false };
        self.screen = screen;
        if self.levels.is_empty() {
            self.overlay = self.drilled_over.take();
        }
        true
    }

    pub(super) fn dismiss(&mut self) -> Vec<Effect> {
        if self.insights.part != Part::Findings {
            self.tell("Nothing to dismiss here: tab goes to what is worth a look.");
            return Vec::new();
        }
        if self.setup.read_only {
            self.tell("Read-only: dismissing would write. Start without --read-only.");
            return Vec::new();
        }
        let Some(gone) = self.insights.dismiss() else { return Vec::new() };
        vec![Effect::Edit(gone.dismissal())]
    }

    /// Why what is selected is here.
    pub(super) fn explain(&mut self) -> Vec<Effect> {
        if let Some(detail) = &self.detail {
            let (shown, computed) = (&detail.row.shown, detail.row.computed_balance.is_some());
            return self.explain_row(&detail.key(), shown.transfer, computed);
        }
        let told = match self.screen {
            Screen::Recurring => {
                let series = self.insights.all_series().get(self.insights.series);
                series.map(|one| (one.merchant.clone(), one.confidence, one.why.clone()))
            }
            Screen::Insights if self.insights.part == Part::Findings => {
                let found = self.insights.findings().get(self.insights.finding);
                found.map(|one| (one.merchant.clone(), one.confidence, one.why.clone()))
            }
            Screen::Insights => {
                self.overlay = Some(Overlay::Why(general(self.insights.part)));
                return Vec::new();
            }
            _ => {
                let Some(row) = self.list().and_then(|list| list.selected()) else {
                    return Vec::new();
                };
                let computed = row.computed_balance.is_some();
                return self.explain_row(&row.key(), row.shown.transfer, computed);
            }
        };
        if let Some((name, confidence, mut why)) = told {
            why.push(format!("{} ({}%).", sure(confidence.word()), confidence.percent()));
            self.overlay = Some(Overlay::Why((name, why)));
        }
        Vec::new()
    }

    /// Of what is both, that it is a transfer says more.
    fn explain_row(&mut self, key: &TransactionKey, transfer: bool, computed: bool) -> Vec<Effect> {
        if !transfer && let Some(series) = self.insights.series_of(key) {
            let told = (format!("{} ↻", series.merchant), series.why.clone());
            self.overlay = Some(Overlay::Why(told));
            return Vec::new();
        }
        if computed && !transfer {
            let why = BALANCE.map(str::to_owned).to_vec();
            self.overlay = Some(Overlay::Why(("Balance ≈".to_owned(), why)));
            return Vec::new();
        }
        vec![Effect::LoadTwin { key: key.clone(), go: false }]
    }

    /// To the other half of the selected transfer.
    pub(super) fn go_to_twin(&mut self) -> Vec<Effect> {
        let opened = self.detail.as_ref().map(|detail| &detail.row);
        let row = opened.or_else(|| self.list().and_then(|list| list.selected()));
        match row {
            Some(row) if row.shown.transfer => {
                vec![Effect::LoadTwin { key: row.key(), go: true }]
            }
            Some(_) => {
                self.tell("This is not half of a transfer between your accounts.");
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    pub(super) fn twin_loaded(
        &mut self,
        key: &TransactionKey,
        twin: Option<(TransactionKey, Vec<String>)>,
        go: bool,
    ) -> Vec<Effect> {
        match twin {
            None => {
                self.tell("Nothing was derived for this row: no transfer, nothing that recurs.");
                Vec::new()
            }
            Some((_, why)) if !go => {
                self.overlay = Some(Overlay::Why(("Transfer ⇄".to_owned(), why)));
                Vec::new()
            }
            Some((twin, _)) => {
                let here = self.detail.as_ref().map(Detail::key);
                let selected =
                    self.list().and_then(|list| list.selected()).map(StoredTransaction::key);
                let still = here.or(selected).is_some_and(|here| here == *key);
                if !still {
                    return Vec::new();
                }
                self.jump_to = Some(twin.clone());
                vec![Effect::LoadDetail(twin)]
            }
        }
    }

    pub(super) fn part_transfer(&mut self) -> Vec<Effect> {
        let Some(detail) = &self.detail else { return Vec::new() };
        if !detail.row.shown.transfer {
            self.tell("This is not half of a transfer between your accounts.");
            return Vec::new();
        }
        if self.setup.read_only {
            self.tell("Read-only: parting would write. Start without --read-only.");
            return Vec::new();
        }
        vec![Effect::PartTransfer(detail.key())]
    }

    pub(super) fn transfer_parted(&mut self) -> Vec<Effect> {
        self.tell("Parted for good: both rows count again as money in and out.");
        let mut effects = self.reload(None);
        effects.extend(self.insights.ask_patterns(self.today()));
        effects
    }
}

/// How a balance came about that the bank did not give.
const BALANCE: [&str; 3] = [
    "The bank gives no balance after this row: passbook reckoned it.",
    "It is what stood before the first row, which the last full sync made sure of, and every \
     posted row up to this one. Pending rows do not count.",
    "Where the bank says another balance near it, or rows may be missing, none is shown.",
];

/// These clauses, and only rows that count in insights.
fn counted(mut clauses: Vec<Clause>) -> Filter {
    let not = |state| Clause { negated: true, check: Check::Is(state) };
    clauses.extend([not(State::Transfer), not(State::LeftOut)]);
    Filter { clauses, currencies: Vec::new() }
}

fn sure(word: &str) -> &'static str {
    match word {
        "sure" => "Nearly sure",
        "likely" => "Likely",
        _ => "Perhaps",
    }
}

/// What the figures themselves are made of.
fn general(part: Part) -> (String, Vec<String>) {
    let (title, why): (&str, &[&str]) = match part {
        Part::Flow => (
            "Cash flow",
            &[
                "Sums of all live rows of a month, pending ones too.",
                "Transfers between your own accounts count in neither in nor out: passbook found \
                 them by amount, days and words. On a row ⇄ says so, and o shows the other half.",
                "Rows that you leave out of insights do not count.",
            ],
        ),
        _ => (
            "Spending",
            &[
                "What left this month, less what came back, by your category or else the bank's, \
                 along the tree: enter opens what is below a line, then its rows.",
                "Beside it: the mean of the three months before. Within a twentieth it is usual.",
                "Transfers and rows that you leave out of insights do not count.",
            ],
        ),
    };
    (title.to_owned(), why.iter().map(|&line| line.to_owned()).collect())
}
