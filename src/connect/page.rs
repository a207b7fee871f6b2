//! The one page: its words, what the browser may load for it, and nothing that is secret.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use serde_json::json;

use super::Attempt;
use crate::domain::SafeText;

const HTML: &str = include_str!("../../assets/connect/page.html");
const CSS: &str = include_str!("../../assets/connect/page.css");
const JS: &str = include_str!("../../assets/connect/page.js");
const EXPIRED: &str = include_str!("../../assets/connect/expired.html");

pub(super) struct Page<'a> {
    pub(super) attempt: &'a Attempt,
    /// Where the page is and posts to.
    pub(super) base: String,
    pub(super) nonce: String,
    /// Until it expires.
    pub(super) seconds: i64,
}

impl Page<'_> {
    /// What Connect needs and nothing else: its script, its frame, and our own answers.
    pub(super) fn policy(&self, nonce: &str) -> String {
        let script = &self.attempt.script;
        [
            "default-src 'none'".to_owned(),
            format!("script-src 'nonce-{nonce}' {}", script.origin()),
            format!("frame-src {}", script.frame()),
            format!("style-src 'nonce-{nonce}'"),
            // Connect places its own frame.
            "style-src-attr 'unsafe-inline'".to_owned(),
            "connect-src 'self'".to_owned(),
            "base-uri 'none'".to_owned(),
            "form-action 'none'".to_owned(),
            "frame-ancestors 'none'".to_owned(),
        ]
        .join("; ")
    }

    pub(super) fn html(&self, policy_nonce: &str) -> String {
        let words = self.words();
        let kept_in = SafeText::new(&self.attempt.kept_in);
        let values = [
            ("nonce", policy_nonce),
            ("css", CSS),
            ("js", JS),
            ("attempt", &self.data()),
            ("script", &escaped(self.attempt.script.url())),
            ("title", &escaped(&words.title)),
            ("lead", &escaped(&words.lead)),
            ("button", &escaped(&words.button)),
            ("environment", &escaped(&self.attempt.environment)),
            ("environment_means", words.environment),
            ("kept_in", &escaped(&kept_in)),
        ];
        fill(HTML, &values)
    }

    fn words(&self) -> Words {
        let environment = match self.attempt.environment.as_str() {
            "sandbox" => "Made-up banks and money. Nothing real is touched.",
            "development" if self.attempt.repair.is_some() => {
                "Your real bank. Signing in again uses none of your 100 enrollments."
            }
            "development" => "Real banks. This uses one of the 100 enrollments you have in all.",
            _ => "Real banks, billed to your Teller account.",
        };
        match &self.attempt.repair {
            Some(repair) => {
                let bank = SafeText::new(&repair.institution);
                Words {
                    title: format!("Sign in to {bank} again"),
                    lead: format!(
                        "{bank} wants you to sign in once more. Accounts, history, notes and \
                         categories stay as they are."
                    ),
                    button: format!("Sign in to {bank}"),
                    environment,
                }
            }
            None => Words {
                title: "Connect a bank".to_owned(),
                lead: "Teller asks which bank is yours and signs you in, in a window of its own \
                       on this page. passbook never sees your password."
                    .to_owned(),
                button: "Choose your bank".to_owned(),
                environment,
            },
        }
    }

    /// For the script, as JSON that no tag can end.
    fn data(&self) -> String {
        let attempt = self.attempt;
        let data = json!({
            "base": self.base,
            "seconds": self.seconds,
            "script": attempt.script.host(),
            "setup": {
                "applicationId": attempt.application_id,
                "environment": attempt.environment,
                "products": attempt.products,
                "institution": attempt.institution,
                "enrollmentId": attempt.repair.as_ref().map(|repair| &repair.enrollment_id),
                "nonce": self.nonce,
            },
        });
        data.to_string().replace('<', "\\u003c")
    }
}

struct Words {
    title: String,
    lead: String,
    button: String,
    environment: &'static str,
}

pub(super) fn expired() -> &'static str {
    EXPIRED
}

/// On every answer, refusals too. A policy that is there already stays.
pub(super) fn protect(headers: &mut HeaderMap) {
    const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; \
                           frame-ancestors 'none'";
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(NOTHING));
    for (name, value) in [
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // A bank's own sign-in may open a window beside the page.
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin-allow-popups"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Puts each value where its name stands in braces. What a value holds is not looked at again.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut pieces = template.split("{{");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").expect("a brace that opens is closed");
        let value = values.iter().find(|(known, _)| *known == name);
        filled.push_str(value.expect("the template names what there is").1);
        filled.push_str(rest);
    }
    filled
}

fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    Cow::Owned(text.replace('"', "&quot;").replace('\'', "&#39;"))
}

#[cfg(test)]
mod tests {
    use super::super::{PRODUCTS, Repair, Script};
    use super::*;
    use crate::clock::Clock;

    fn attempt() -> Attempt {
        Attempt {
            application_id: "app_1".to_owned(),
            environment: "sandbox".to_owned(),
            products: PRODUCTS.map(str::to_owned).to_vec(),
            institution: None,
            repair: None,
            script: Script::default(),
            kept_in: "~/passbook.db".to_owned(),
            port: 0,
            clock: Clock::default(),
        }
    }

    fn page(attempt: &Attempt) -> Page<'_> {
        Page { attempt, base: "/secret".to_owned(), nonce: "n".to_owned(), seconds: 300 }
    }

    #[test]
    fn the_policy_lets_in_connect_and_nothing_else() {
        let attempt = attempt();
        assert_eq!(
            page(&attempt).policy("abc"),
            "default-src 'none'; script-src 'nonce-abc' https://cdn.teller.io; \
             frame-src https://teller.io; style-src 'nonce-abc'; \
             style-src-attr 'unsafe-inline'; connect-src 'self'; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'"
        );
    }

    #[test]
    fn what_is_named_by_others_is_text_and_never_markup() {
        let bank = "</script><b>'\"&{{js}}\u{202e}";
        let enrollment_id = "</script>".to_owned();
        let repair = Repair { enrollment_id, institution: bank.to_owned() };
        let mut attempt = attempt();
        attempt.repair = Some(repair);
        attempt.kept_in = bank.to_owned();
        let html = page(&attempt).html("abc");
        assert!(!html.contains("<b>") && !html.contains('\u{202e}'), "{html}");
        assert!(html.contains("&lt;b&gt;&#39;&quot;&amp;{{js}}"), "{html}");
        assert_eq!(html.matches("</script>").count(), html.matches("<script").count());
    }

    #[test]
    fn each_environment_says_what_it_costs() {
        let mut attempt = attempt();
        for (environment, words) in [
            ("sandbox", "Nothing real is touched"),
            ("development", "uses one of the 100 enrollments"),
            ("production", "billed to your Teller account"),
        ] {
            environment.clone_into(&mut attempt.environment);
            assert!(page(&attempt).html("abc").contains(words), "{environment}");
        }
    }
}
