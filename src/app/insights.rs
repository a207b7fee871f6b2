//! State of the screens of insights and of what recurs: what is shown, chosen, and asked for.

use std::collections::HashSet;

use chrono::{Datelike as _, Months, NaiveDate};

use super::accounts::Accounts;
use super::event::Effect;
use crate::domain::insight::{
    CashFlow, Due, Duplicate, Finding, Flows, InsightsQuery, LookAhead, NetWorth, Patterns, Series,
    Spending, SpendingBy, SpendingLine, look_ahead, month_of, upcoming,
};
use crate::domain::{Currency, Overview, TransactionKey, Zone};

/// Months in the table of cash flow.
pub const MONTHS: u32 = 6;
/// Days that what is upcoming looks ahead.
pub const AHEAD: u64 = 30;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    #[default]
    Flow,
    Spending,
    Findings,
}

/// How far back the chart goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Range {
    Quarter,
    #[default]
    Year,
    ThreeYears,
    All,
}

impl Range {
    pub fn words(self) -> &'static str {
        match self {
            Self::Quarter => "3 months",
            Self::Year => "12 months",
            Self::ThreeYears => "3 years",
            Self::All => "10 years",
        }
    }

    fn days(self) -> u32 {
        match self {
            Self::Quarter => 92,
            Self::Year => 366,
            Self::ThreeYears => 1_096,
            Self::All => 3_653,
        }
    }

    fn next(self) -> Self {
        match self {
            Self::Quarter => Self::Year,
            Self::Year => Self::ThreeYears,
            Self::ThreeYears => Self::All,
            Self::All => Self::Quarter,
        }
    }
}

/// What was last known stays until the next answer is in.
#[derive(Clone, Debug, Default)]
pub struct Insights {
    pub part: Part,
    pub range: Range,
    pub by: SpendingBy,
    /// The month whose spending is shown; `None`: the present one.
    month: Option<NaiveDate>,
    /// Place of the currency shown among those of [`Insights::worth`].
    currency: usize,
    /// The currency of most accounts first.
    pub worth: Vec<NetWorth>,
    pub flows: Flows,
    pub loaded: bool,
    pub patterns: Option<Patterns>,
    /// Rows of all series, for the mark on them.
    recurring: HashSet<TransactionKey>,
    pub line: usize,
    pub finding: usize,
    pub series: usize,
    asked: Option<InsightsQuery>,
    finding_out: bool,
    /// Categories that were opened, one below the other: the spending shows what is below the last.
    opened: Vec<String>,
}

impl Insights {
    pub fn month(&self, today: NaiveDate) -> NaiveDate {
        self.month.unwrap_or_else(|| month_of(today))
    }

    pub fn currency(&self) -> Currency {
        self.worth.get(self.currency).map_or(Currency::USD, |worth| worth.currency)
    }

    pub fn shown_worth(&self) -> Option<&NetWorth> {
        self.worth.get(self.currency)
    }

    pub fn flow(&self) -> Option<&CashFlow> {
        self.flows.flows.iter().find(|flow| flow.currency == self.currency())
    }

    pub fn spending(&self) -> Option<&Spending> {
        self.flows.spending.iter().find(|spending| spending.currency == self.currency())
    }

    /// The lines of the spending in sight: categories along the tree, anything else as it is.
    pub fn spending_lines(&self) -> Vec<SpendingLine> {
        match (self.spending(), self.by) {
            (Some(spending), SpendingBy::Category) => {
                spending.rolled(&self.flows.tree, self.opened())
            }
            (Some(spending), _) => spending.lines.clone(),
            (None, _) => Vec::new(),
        }
    }

    /// The category whose inside the spending shows.
    pub fn opened(&self) -> Option<&str> {
        self.opened.last().map(String::as_str)
    }

    /// Opens the selected line to those below it. `false`: there are none.
    pub fn open_line(&mut self) -> bool {
        let line = self.spending_lines().into_iter().nth(self.line).filter(|line| line.opens);
        let opens = line.is_some();
        if let Some(line) = line {
            self.opened.push(line.name);
            self.line = 0;
        }
        opens
    }

    /// Back to the line that was opened last. `false`: none was.
    pub fn close_line(&mut self) -> bool {
        let Some(name) = self.opened.pop() else { return false };
        let place = self.spending_lines().iter().position(|line| line.name == name);
        self.line = place.unwrap_or(0);
        true
    }

    /// Tells the spending apart by something else.
    pub fn spend_by(&mut self, by: SpendingBy) {
        self.by = by;
        self.line = 0;
        self.opened.clear();
        self.part = Part::Spending;
    }

    pub fn findings(&self) -> &[Finding] {
        self.patterns.as_ref().map_or(&[], |patterns| &patterns.findings)
    }

    pub fn duplicates(&self) -> &[Duplicate] {
        self.patterns.as_ref().map_or(&[], |patterns| &patterns.duplicates)
    }

    /// Takes a repeat out of sight at once, and the finding that tells of it.
    pub fn dismiss_duplicate(&mut self, place: usize) -> Option<Duplicate> {
        let patterns = self.patterns.as_mut()?;
        let gone =
            (place < patterns.duplicates.len()).then(|| patterns.duplicates.remove(place))?;
        let id = gone.finding_id();
        patterns.findings.retain(|finding| finding.id != id);
        self.finding = self.finding.min(patterns.findings.len().saturating_sub(1));
        Some(gone)
    }

    pub fn all_series(&self) -> &[Series] {
        self.patterns.as_ref().map_or(&[], |patterns| &patterns.series)
    }

    /// Whether there is nothing more to come: where no account is, nothing is looked for.
    pub fn looked_through(&self, accounts: &Accounts) -> bool {
        self.patterns.is_some() || (accounts.loaded && accounts.lines.is_empty())
    }

    pub fn recurs(&self, key: &TransactionKey) -> bool {
        self.recurring.contains(key)
    }

    /// Series of which this row is one.
    pub fn series_of(&self, key: &TransactionKey) -> Option<&Series> {
        self.all_series().iter().find(|series| series.rows.contains(key))
    }

    pub fn due(&self, today: NaiveDate, days: u64) -> Vec<Due> {
        upcoming(self.all_series(), today, days)
    }

    /// Accounts that known items move, by what can be spent or else was last settled.
    pub fn ahead(&self, overview: &Overview, today: NaiveDate, days: u64) -> Vec<LookAhead> {
        let due = self.due(today, days);
        let known = overview.accounts.iter().filter(|account| !account.possible_duplicate);
        let ahead = known.filter_map(|account| {
            let balance = account.latest.as_ref()?.balance.ledger?;
            let pending = balance.minor.saturating_add(account.pending);
            let now = crate::domain::Money::new(pending, balance.currency);
            Some(look_ahead(&account.account.id, now, &due, today, days))
        });
        ahead.filter(|ahead| ahead.items > 0).collect()
    }

    /// Asks for what the screen shows; an answer to an older question is dropped.
    pub fn ask(&mut self, today: NaiveDate) -> Vec<Effect> {
        let month = self.month(today);
        let query = InsightsQuery {
            today,
            days: self.range.days(),
            first: self.window(today),
            month,
            by: self.by,
        };
        self.asked = Some(query);
        vec![Effect::LoadInsights(query)]
    }

    /// Series and findings, unless they are being looked for already.
    pub fn ask_patterns(&mut self, today: NaiveDate) -> Vec<Effect> {
        if std::mem::replace(&mut self.finding_out, true) {
            return Vec::new();
        }
        vec![Effect::LoadPatterns { today }]
    }

    /// First month of the table: it ends with the present month, or moves back with the shown one.
    fn window(&self, today: NaiveDate) -> NaiveDate {
        (month_of(today) - Months::new(MONTHS - 1)).min(self.month(today))
    }

    pub fn show(&mut self, query: &InsightsQuery, overview: &Overview, flows: Flows, zone: Zone) {
        if self.asked != Some(*query) {
            return;
        }
        self.asked = None;
        self.loaded = true;
        let days = usize::try_from(query.days).unwrap_or(usize::MAX);
        self.worth = NetWorth::all(overview, query.today, days, zone);
        self.flows = flows;
        self.currency = self.currency.min(self.worth.len().saturating_sub(1));
        self.line = self.line.min(self.spending_lines().len().saturating_sub(1));
    }

    pub fn show_patterns(&mut self, patterns: Patterns) {
        self.finding_out = false;
        self.finding = self.finding.min(patterns.findings.len().saturating_sub(1));
        self.series = self.series.min(patterns.series.len().saturating_sub(1));
        let rows = patterns.series.iter().flat_map(|series| series.rows.iter().cloned());
        self.recurring = rows.collect();
        self.patterns = Some(patterns);
    }

    pub fn failed(&mut self) {
        self.asked = None;
        self.finding_out = false;
    }

    /// Takes a finding out of sight at once; the store forgets it in its own time.
    pub fn dismiss(&mut self) -> Option<Finding> {
        let patterns = self.patterns.as_mut()?;
        let gone = (self.finding < patterns.findings.len())
            .then(|| patterns.findings.remove(self.finding))?;
        self.finding = self.finding.min(patterns.findings.len().saturating_sub(1));
        Some(gone)
    }

    pub fn next_part(&mut self, forward: bool) {
        self.part = match (self.part, forward) {
            (Part::Flow, true) | (Part::Findings, false) => Part::Spending,
            (Part::Spending, true) | (Part::Flow, false) => Part::Findings,
            (Part::Findings, true) | (Part::Spending, false) => Part::Flow,
        };
    }

    pub fn next_range(&mut self) {
        self.range = self.range.next();
    }

    pub fn next_currency(&mut self) {
        self.currency = (self.currency + 1) % self.worth.len().max(1);
        self.line = 0;
        self.opened.clear();
    }

    /// Of the part that has the keys; months ask anew.
    pub fn move_by(&mut self, rows: isize, today: NaiveDate) -> Vec<Effect> {
        let moved =
            |at: usize, count: usize| at.saturating_add_signed(rows).min(count.saturating_sub(1));
        match self.part {
            Part::Flow => return self.move_month(rows, today),
            Part::Spending => {
                self.line = moved(self.line, self.spending_lines().len());
            }
            Part::Findings => self.finding = moved(self.finding, self.findings().len()),
        }
        Vec::new()
    }

    pub fn move_series(&mut self, rows: isize) {
        let last = self.all_series().len().saturating_sub(1);
        self.series = self.series.saturating_add_signed(rows).min(last);
    }

    pub fn move_month(&mut self, months: isize, today: NaiveDate) -> Vec<Effect> {
        let of = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
        let (now, shown) = (of(today), of(self.month(today)));
        let wanted =
            shown.saturating_add(i64::try_from(months).unwrap_or(i64::MAX)).clamp(now - 1_200, now);
        if wanted == shown {
            return Vec::new();
        }
        let back = u32::try_from(now - wanted).unwrap_or(0);
        self.month = (back > 0).then(|| month_of(today) - Months::new(back));
        self.line = 0;
        self.ask(today)
    }
}
