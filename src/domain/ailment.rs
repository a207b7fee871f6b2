//! What is wrong with an enrollment, in plain words, and the one thing to do.

use super::account::{Enrollment, EnrollmentState};

/// Neither begins with a capital nor ends with a stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ailment {
    /// In the few words that go behind the bank's name.
    pub short: &'static str,
    pub what: &'static str,
    pub remedy: &'static str,
}

impl Enrollment {
    /// `None` where it is well.
    pub fn ailment(&self) -> Option<Ailment> {
        match self.state {
            EnrollmentState::Healthy => None,
            EnrollmentState::Refused => Some(REFUSED),
            _ => Some(disconnected(self.reason.as_deref().unwrap_or_default())),
        }
    }
}

pub const REFUSED: Ailment = Ailment {
    short: "refused the access token",
    what: "Teller refused the access token",
    remedy: "sign in again; it may have been revoked, or made for another application",
};

/// Teller's complete list; its webhooks leave out the first word.
pub fn disconnected(code: &str) -> Ailment {
    let code = code.strip_prefix("enrollment.").unwrap_or(code);
    let reason = code.strip_prefix("disconnected").unwrap_or_default().trim_start_matches('.');
    let (short, what, remedy) = match reason {
        "account_locked" => (
            "locked the login",
            "the bank has locked the login",
            "unlock it at the bank, then sign in again",
        ),
        "credentials_invalid" => (
            "has another login now",
            "the login was changed at the bank",
            "sign in again with the new one",
        ),
        "enrollment_inactive" => {
            ("asks you to sign in again", "the connection was idle for too long", "sign in again")
        }
        "user_action.captcha_required" => {
            ("asks you to sign in again", "the bank asks to solve a captcha", "sign in again")
        }
        "user_action.contact_information_required" => (
            "waits for you on its own site",
            "the bank wants contact details updated",
            "do that on the bank's own site, then sign in again",
        ),
        "user_action.insufficient_permissions" => (
            "asks for another login",
            "this login may not see the accounts",
            "sign in again with another login",
        ),
        "user_action.mfa_required" => (
            "asks you to sign in again",
            "the bank asks to confirm the login again",
            "sign in again",
        ),
        "user_action.web_login_required" => (
            "waits for you on its own site",
            "the bank asks to sign in on its own site first",
            "do that, perhaps there are new terms to accept, then sign in again",
        ),
        _ => ("asks you to sign in again", "the bank ended the connection", "sign in again"),
    };
    Ailment { short, what, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{EnrollmentId, Institution};

    #[test]
    fn every_reason_of_tellers_has_words_of_its_own_with_and_without_the_first_one() {
        let reasons = [
            "",
            ".account_locked",
            ".credentials_invalid",
            ".enrollment_inactive",
            ".user_action.captcha_required",
            ".user_action.contact_information_required",
            ".user_action.insufficient_permissions",
            ".user_action.mfa_required",
            ".user_action.web_login_required",
        ];
        let told: std::collections::BTreeSet<_> = reasons
            .iter()
            .map(|reason| {
                let ailment = disconnected(&format!("enrollment.disconnected{reason}"));
                assert_eq!(ailment, disconnected(&format!("disconnected{reason}")));
                assert!(ailment.remedy.contains("sign in again"), "{reason}");
                ailment.what
            })
            .collect();
        assert_eq!(told.len(), reasons.len());
        assert_eq!(disconnected("enrollment.disconnected.of_tomorrow"), disconnected(""));
    }

    #[test]
    fn only_what_is_ill_has_an_ailment() {
        let institution = Institution { id: "a".to_owned(), name: "A".to_owned() };
        let mut one = Enrollment::healthy(EnrollmentId("enr".to_owned()), institution);
        assert_eq!(one.ailment(), None);
        one.state = EnrollmentState::Refused;
        assert_eq!(one.ailment(), Some(REFUSED));
    }
}
