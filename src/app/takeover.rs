//! What another program left in a file: told first, then taken over or only viewed.

use super::setup::{Found, FoundPlace};
use crate::domain::{SafeText, Survey, size};

/// What may be done with it, the safest first.
pub const WAYS: [Way; 3] = [Way::Copy, Way::InPlace, Way::View];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Into passbook's own file.
    Copy,
    /// Passbook's tables come to stand beside the others, in the same database.
    InPlace,
    /// Into one in memory, which is gone when the program ends.
    View,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Takeover {
    pub found: Found,
    /// `None` while it is being read, and where it cannot be.
    pub survey: Option<Box<Survey>>,
    /// Always below the number of ways.
    pub selected: usize,
    /// First line shown of the full report, when that is open.
    pub report: Option<usize>,
    /// What was kept by hand there is wanted, too.
    pub by_hand: bool,
    /// It is being done.
    pub taking: Option<Way>,
    pub failure: Option<String>,
}

impl Takeover {
    /// What is named for passbook is meant to be used; a file that was only found is better copied.
    pub fn of(found: Found) -> Self {
        let usual = match found.place {
            FoundPlace::File(_) => Way::Copy,
            FoundPlace::Own => Way::InPlace,
        };
        let selected = WAYS.into_iter().position(|way| way == usual).unwrap_or(0);
        Self {
            found,
            survey: None,
            selected,
            report: None,
            by_hand: false,
            taking: None,
            failure: None,
        }
    }

    /// Whether there is anything that was kept by hand.
    pub fn offers_by_hand(&self) -> bool {
        self.survey.as_ref().is_some_and(|survey| !survey.by_hand.is_empty())
    }

    pub fn is_reading(&self) -> bool {
        self.survey.is_none() && self.failure.is_none()
    }

    /// Through the ways, or through the report, of which so many lines show.
    pub fn move_by(&mut self, rows: isize, height: usize) {
        match &mut self.report {
            Some(top) => {
                let lines = self.survey.as_deref().map_or(0, |survey| report(survey).len());
                *top = top.saturating_add_signed(rows).min(lines.saturating_sub(height));
            }
            None => self.selected = self.selected.saturating_add_signed(rows).min(WAYS.len() - 1),
        }
    }
}

/// All that was found, a line each: safe to show and to copy.
pub fn report(survey: &Survey) -> Vec<String> {
    let size = survey.bytes.map(|bytes| format!(", {}", size(bytes))).unwrap_or_default();
    let mut lines = vec![
        format!("{}  {}{size}", SafeText::new(&survey.place), survey.engine),
        survey.sentence.to_owned(),
        format!("Versions recorded: {}.", list(&survey.revision)),
        String::new(),
    ];
    for line in survey.inside() {
        let what = format!("{}{}", "  ".repeat(line.depth), SafeText::new(&line.what));
        lines.push(format!("{what:<30} {:>9}  {}", line.rows, line.becomes));
    }
    lines.push(String::new());
    if let (Some(first), Some(last)) = (survey.first_day, survey.last_day) {
        lines.push(format!("Transactions from {first} to {last}."));
    }
    let by_hand = survey.by_hand.iter().map(crate::domain::FoundByHand::sentence);
    lines.extend(by_hand.map(|it| format!("Kept there by hand: {}.", SafeText::new(&it))));
    lines.extend([survey.money(), survey.times()]);
    lines.extend(survey.differing.iter().map(|id| format!("  differs: {}", SafeText::new(id))));
    lines.push(tokens(survey).to_owned());
    lines
}

/// Where its access tokens are.
pub fn tokens(survey: &Survey) -> &'static str {
    if survey.tokens > 0 {
        "Access tokens stand in plain text in its table users: passbook does not read them."
    } else {
        "Access tokens are not in this file: press B to connect the bank again."
    }
}

fn list(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| SafeText::new(word).into_string()).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}
