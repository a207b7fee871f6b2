//! Connect as the built-in bank has it: a script, the frame it opens, and logins that are steered by
//! their user name as in Teller's sandbox.

use std::sync::{Arc, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use ring::signature::Ed25519KeyPair;
use serde::Deserialize;
use serde_json::{Value, json};

use super::faults::{Fault, Match, Times};
use super::household::INSTITUTIONS;
use super::reply::Reply;
use super::shared::Shared;

const SCRIPT: &str = include_str!("../../assets/connect/bank/connect.js");
const FRAME: &str = include_str!("../../assets/connect/bank/frame.html");

/// In Teller's sandbox every password but this one is wrong.
const PASSWORD: &str = "password";
const USER: &str = "usr_robin0example0sandbox";

/// What the frame's form says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Login {
    institution: Option<String>,
    enrollment_id: Option<String>,
    username: String,
    password: String,
    #[serde(default)]
    code: String,
    environment: String,
    nonce: Option<String>,
}

/// A login that is not over.
enum Short {
    /// A second question, and the words for it.
    Asks(&'static str),
    /// Wrong, in words.
    Wrong(&'static str),
}

pub fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/connect.js", get(script))
        // What is left of a script where a blocker empties it.
        .route("/nothing.js", get(async || ([(header::CONTENT_TYPE, "text/javascript")], "")))
        .route("/enroll", post(enroll))
        .route("/{application}", get(frame))
}

async fn script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT).into_response()
}

async fn frame() -> Html<String> {
    let banks: Value =
        INSTITUTIONS.iter().map(|bank| json!({ "id": bank.id, "name": bank.name })).collect();
    Html(FRAME.replace("{{institutions}}", &banks.to_string()))
}

async fn enroll(
    State(shared): State<Arc<Shared>>,
    axum::Json(login): axum::Json<Login>,
) -> axum::Json<Value> {
    let chosen = match &login.enrollment_id {
        Some(id) => shared.books().enrollment_once(id),
        None => INSTITUTIONS.iter().position(|bank| login.institution.as_deref() == Some(bank.id)),
    };
    let Some(enrollment) = chosen else {
        return axum::Json(json!({ "wrong": "There is no such bank here." }));
    };
    axum::Json(match login.check() {
        Ok(()) => {
            settle(&shared, enrollment, &login.username);
            login.enrolled(&shared, enrollment)
        }
        Err(Short::Asks(question)) => json!({ "asks": question }),
        Err(Short::Wrong(why)) => json!({ "wrong": why }),
    })
}

impl Login {
    fn check(&self) -> Result<(), Short> {
        if self.password != PASSWORD || self.username.is_empty() {
            return Err(Short::Wrong("The bank knows no such user name and password."));
        }
        let (question, right) = match self.username.as_str() {
            "otp" => ("The code that was sent to you", "0000"),
            "challenge" => ("Your favourite colour", "blue"),
            _ => return Ok(()),
        };
        match self.code.trim() {
            "" => Err(Short::Asks(question)),
            code if code == right => Ok(()),
            _ => Err(Short::Wrong("That is not the answer.")),
        }
    }

    /// What Connect hands to `onSuccess`.
    fn enrolled(&self, shared: &Shared, enrollment: usize) -> Value {
        let books = shared.books();
        let (token, id) = (books.token(enrollment), books.enrollment_id(enrollment));
        let bank = &INSTITUTIONS[enrollment];
        let mut answer = json!({
            "accessToken": token.expose(),
            "user": { "id": USER },
            "enrollment": { "id": id, "institution": { "id": bank.id, "name": bank.name } },
        });
        if let Some(nonce) = &self.nonce {
            let words = [nonce, token.expose(), USER, id.as_str(), &self.environment].join(".");
            answer["signatures"] = json!([sign(&words)]);
        }
        answer
    }
}

/// A user name may be a reason for which the bank ends the login at once; any other mends it.
fn settle(shared: &Shared, enrollment: usize, username: &str) {
    let mut broken = shared.broken.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(fault) = broken.remove(&enrollment) {
        shared.faults.remove(fault);
    }
    let Some(code) = ended_by(username) else { return };
    let reply = Reply::error(404, &code, "Enrollment is not healthy");
    // As at Teller, the accounts are still listed: what they hold is not.
    let which = Match::path("/accounts/*/**").token(enrollment);
    let fault = shared.faults.add(which, Fault::Answer(reply), Times::Always);
    broken.insert(enrollment, fault);
}

fn ended_by(username: &str) -> Option<String> {
    const REASONS: [&str; 3] = ["account_locked", "credentials_invalid", "enrollment_inactive"];
    match username {
        "disconnected" => Some("enrollment.disconnected".to_owned()),
        reason if REASONS.contains(&reason) || reason.starts_with("user_action.") => {
            Some(format!("enrollment.disconnected.{reason}"))
        }
        _ => None,
    }
}

/// With a key that everybody may know: its seed is the bytes 0 to 31.
fn sign(words: &str) -> String {
    let seed: Vec<u8> = (0..32).collect();
    let key = Ed25519KeyPair::from_seed_unchecked(&seed).expect("32 bytes are a seed");
    STANDARD.encode(key.sign(digest(&SHA256, words.as_bytes()).as_ref()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_the_one_of_the_worked_example() {
        let words = "n0nce-7f3a91.token_examplevalue0001.usr_pa7q2k4m9xv3t8b1u0000.\
                     enr_pa7q2k4m9xv3t8b1e0000.sandbox";
        assert_eq!(
            sign(words),
            "895HXEVjFP1UC7yoS6AaQolmOgxxcVNKnfqrMHJnZm2GsevTCWi3wqzRtUxN1PjxSV1PuLx2Ezf00Ol7mbFCCw=="
        );
    }

    #[test]
    fn a_user_name_may_be_a_reason() {
        assert_eq!(ended_by("disconnected").as_deref(), Some("enrollment.disconnected"));
        let mfa = "user_action.mfa_required";
        assert_eq!(ended_by(mfa).unwrap(), format!("enrollment.disconnected.{mfa}"));
        assert_eq!(ended_by("username"), None);
    }
}
