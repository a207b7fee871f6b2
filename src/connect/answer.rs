//! What the page posts: Connect's answer, checked before anybody takes it for one.

use serde::{Deserialize, Deserializer};

use super::Linked;
use crate::secret::Secret;

/// Letters of a token, an id or a signature at most; those known have fewer than a hundred.
const LONGEST: usize = 512;
/// Of several keys in turn while one replaces another.
const MOST_SIGNATURES: usize = 8;

/// As Connect hands it to `onSuccess`, with the nonce that the page was given.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    nonce: String,
    #[serde(deserialize_with = "secret")]
    access_token: Secret,
    user: User,
    enrollment: Enrollment,
    #[serde(default)]
    signatures: Vec<String>,
}

#[derive(Deserialize)]
struct User {
    id: String,
}

#[derive(Deserialize)]
struct Enrollment {
    id: String,
    institution: Institution,
}

#[derive(Deserialize)]
struct Institution {
    name: String,
    id: Option<String>,
}

/// What the page tells on the way.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Told {
    /// Connect can be opened.
    Ready,
    /// It has been.
    Started,
    /// It was closed again, and may be opened once more.
    Exited,
    /// Its script did not come.
    Blocked,
}

#[derive(Deserialize)]
pub(super) struct Progress {
    pub(super) told: Told,
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    String::deserialize(deserializer).map(Secret::new)
}

impl Answer {
    /// What is wrong with it, in words that repeat nothing of it.
    pub(super) fn check(self, is_ours: impl Fn(&str) -> bool) -> Result<Linked, &'static str> {
        let Self { nonce, access_token: token, user, enrollment, signatures } = self;
        if !is_ours(&nonce) {
            return Err("the answer belongs to another attempt");
        }
        if token.expose().starts_with("app_") {
            return Err("this is the application id, not an access token");
        }
        let ids = [token.expose(), &user.id, &enrollment.id];
        let institution = enrollment.institution;
        let more = institution.id.iter().chain(&signatures).map(String::as_str);
        if !ids.into_iter().chain(more).all(is_word) || signatures.len() > MOST_SIGNATURES {
            return Err("the answer is not as Connect gives it");
        }
        if institution.name.trim().is_empty() || institution.name.len() > LONGEST {
            return Err("the answer names no bank");
        }
        Ok(Linked {
            token,
            user_id: user.id,
            enrollment_id: enrollment.id,
            institution_name: institution.name,
            institution_id: institution.id,
            signatures,
            nonce,
        })
    }
}

fn is_word(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"{"nonce":"n","accessToken":"token_examplevalue0001",
        "user":{"id":"usr_1"},"enrollment":{"id":"enr_1","institution":{"name":"Example CU"}}}"#;

    fn read(text: &str) -> Result<Linked, &'static str> {
        let answer: Answer = serde_json::from_str(text).map_err(|_| "no answer")?;
        answer.check(|nonce| nonce == "n")
    }

    #[test]
    fn an_answer_need_not_name_the_banks_id_nor_be_signed() {
        let linked = read(WHOLE).unwrap();
        assert_eq!(linked.token.expose(), "token_examplevalue0001");
        assert_eq!((linked.institution_id, linked.signatures), (None, Vec::new()));
        let more = WHOLE.replace(r#""name":"#, r#""id":"example_cu","more":1,"name":"#);
        assert_eq!(read(&more).unwrap().institution_id.as_deref(), Some("example_cu"));
        assert!(!format!("{:?}", read(&more)).contains("examplevalue"), "a token shows");
    }

    #[test]
    fn an_answer_that_is_none_is_refused_in_words() {
        for (was, is, why) in [
            (r#""nonce":"n""#, r#""nonce":"x""#, "the answer belongs to another attempt"),
            ("token_examplevalue0001", "app_1", "this is the application id, not an access token"),
            ("token_examplevalue0001", "", "the answer is not as Connect gives it"),
            ("usr_1", "usr 1", "the answer is not as Connect gives it"),
            ("enr_1", "enr\\n1", "the answer is not as Connect gives it"),
            ("Example CU", " ", "the answer names no bank"),
            (r#""user":{"id":"usr_1"},"#, "", "no answer"),
        ] {
            assert_eq!(read(&WHOLE.replace(was, is)), Err(why), "{is}");
        }
    }
}
