//! A rule about to be kept, and what it would change.

use super::form::Form;
use crate::domain::{Rule, RulePreview};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Previewing {
    pub rule: Rule,
    /// Where it came from, and esc goes back to.
    pub form: Form,
    /// `None` until the store has answered.
    pub preview: Option<RulePreview>,
    /// First change shown.
    pub top: usize,
}

impl Previewing {
    pub fn move_by(&mut self, rows: isize) {
        let all = self.preview.as_ref().map_or(0, |preview| preview.rows.len());
        self.top = self.top.saturating_add_signed(rows).min(all.saturating_sub(1));
    }
}
