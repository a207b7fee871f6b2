//! What a rule would do, before it does.

use chrono::NaiveDate;

use crate::domain::money::Money;
use crate::domain::shown::Shown;

/// The rule as it would be among all others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RulePreview {
    /// Live rows that it finds.
    pub found: u64,
    /// Those of them that would show otherwise: the rest was said by hand, or is so already.
    pub changed: u64,
    /// The newest of those that change.
    pub rows: Vec<RuleChange>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleChange {
    pub date: NaiveDate,
    pub amount: Money,
    pub before: Shown,
    pub after: Shown,
}

impl RuleChange {
    /// What becomes of what: `category`, before, after.
    pub fn differences(&self) -> Vec<(&'static str, String, String)> {
        let (before, after) = (&self.before, &self.after);
        let said =
            |category: &Option<String>| category.clone().unwrap_or_else(|| "none".to_owned());
        let tags = |shown: &Shown| {
            if shown.tags.is_empty() { "none".to_owned() } else { shown.tags.join(", ") }
        };
        let all = [
            ("name", before.merchant.clone(), after.merchant.clone()),
            ("category", said(&before.category), said(&after.category)),
            ("tags", tags(before), tags(after)),
        ];
        all.into_iter().filter(|(_, before, after)| before != after).collect()
    }
}
