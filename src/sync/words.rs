//! What is left of a description when banks and terminals have added their own words to it.

/// Words that say how a charge was made, not with whom.
const NOISE: &[&str] = &[
    "ACH",
    "AUTH",
    "AUTHORIZATION",
    "CARD",
    "CHECKCARD",
    "CREDIT",
    "DBT",
    "DEBIT",
    "HOLD",
    "INC",
    "LLC",
    "ONLINE",
    "PAYPAL",
    "PENDING",
    "POS",
    "POSTED",
    "PP",
    "PREAUTH",
    "PROCESSING",
    "PURCHASE",
    "RECURRING",
    "SQ",
    "TST",
    "TEMPORARY",
    "THE",
    "VISA",
    "WWW",
    "COM",
];

const US_STATES: &[&str] = &[
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "HI", "IA", "ID", "IL", "IN",
    "KS", "KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO", "MS", "MT", "NC", "ND", "NE", "NH", "NJ",
    "NM", "NV", "NY", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VT", "WA",
    "WI", "WV", "WY",
];

/// The telling words of a description, upper-case letters only, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Vec<String>);

impl Words {
    pub fn of(description: &str) -> Self {
        let telling = description
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| !word.is_empty())
            .map(str::to_uppercase)
            .filter(|word| !NOISE.contains(&word.as_str()) && !US_STATES.contains(&word.as_str()));
        Self(telling.collect())
    }

    pub fn first(&self) -> Option<&str> {
        self.0.first().map(String::as_str)
    }

    /// Equal up to the shorter one's length; nothing is the same as no word at all.
    pub fn same(&self, other: &Self) -> bool {
        let shorter = self.0.len().min(other.0.len());
        shorter > 0 && self.0[..shorter] == other.0[..shorter]
    }

    /// At least one word in common.
    pub fn akin(&self, other: &Self) -> bool {
        self.0.iter().any(|word| other.0.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_numbers_and_states_say_nothing() {
        let words = Words::of("POS DEBIT Rowan Market #0221 PORTLAND OR 11/18");
        assert_eq!(words.0, ["ROWAN", "MARKET", "PORTLAND"]);
    }

    #[test]
    fn the_same_up_to_the_shorter_one() {
        let same = |a: &str, b: &str| Words::of(a).same(&Words::of(b));
        assert!(same("ROWAN MARKET PENDING", "Rowan Market #0221 Portland OR"));
        assert!(same("café solo", "CAFÉ"));
        assert!(!same("ROWAN MKT", "ROWAN MARKET"));
        assert!(!same("POS 1234", "POS DEBIT 99"), "no telling word on either side");
        assert!(Words::of("ROWAN MKT").akin(&Words::of("ROWAN MARKET")));
    }
}
