//! The bank: our certificate, whether Teller answers, and how each login fares.

use std::time::{Duration, Instant};

use chrono::{DateTime, Days, TimeDelta, Utc};

use super::finding::{Examination, Outcome, Verdict};
use super::key;
use crate::config::{Config, TellerEnvironment};
use crate::demo;
use crate::domain::{Enrollment, EnrollmentState, REFUSED, SafeText};
use crate::exit::Exit;
use crate::store::Store;
use crate::teller::{self, Client, ClientOptions, Pacing, certificate_expiry};

/// Time enough to ask for a new certificate.
const SOON: TimeDelta = TimeDelta::days(30);

pub(super) async fn examine(
    config: Option<&Config>,
    options: Option<&ClientOptions>,
    store: Option<&Store>,
    examination: &mut Examination,
) {
    if let Some(config) = config {
        let started = Instant::now();
        let verdict = certificate(config, options);
        let usable = verdict.outcome != Outcome::Failed;
        examination.put("certificate", verdict, started.elapsed());
        examination.look("bank", bank(config, options, usable, store)).await;
    } else {
        let verdict = Verdict::not_reached("the settings cannot be read");
        examination.put_all(&["certificate", "bank"], &verdict);
    }
    if let Some(store) = store {
        examination.look("key", key::examine(config, store)).await;
        examination.look("enrollments", enrollments(store)).await;
    } else {
        let verdict = Verdict::not_reached("there is no database to ask");
        examination.put_all(&["key", "enrollments"], &verdict);
    }
}

fn certificate(config: &Config, options: Option<&ClientOptions>) -> Verdict {
    let Some(options) = options else {
        return Verdict::skipped("the built-in bank asks for none");
    };
    let Some(identity) = &options.identity else {
        return if config.environment.value == TellerEnvironment::Sandbox {
            Verdict::skipped("none is given, and Teller's sandbox asks for none")
        } else {
            Verdict::failed(Exit::Usage, "none is given")
                .because(format!("Teller's {} demands one", config.environment.value))
                .so("give --cert and --cert-key, or TELLER_CERT_PATH and TELLER_KEY_PATH")
        };
    };
    match certificate_expiry(identity) {
        Ok(until) => judge_expiry(until, Utc::now()),
        Err(error) => Verdict::failed(Exit::Usage, error.to_string())
            .because("the pair of files is not as Teller gave it")
            .so("download certificate and key from Teller's dashboard again"),
    }
}

fn judge_expiry(until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Verdict {
    match until {
        None => Verdict::fine("certificate and key belong together"),
        Some(until) if until - now < SOON => {
            Verdict::warning(format!("expires on {}", until.date_naive()))
                .because("it is near the end of its time")
                .so("ask for a new one in Teller's dashboard")
        }
        Some(until) => Verdict::fine(format!(
            "certificate and key belong together, valid until {}",
            until.date_naive()
        )),
    }
}

async fn bank(
    config: &Config,
    options: Option<&ClientOptions>,
    certificate: bool,
    store: Option<&Store>,
) -> Verdict {
    if config.offline.value {
        return Verdict::skipped(format!("offline is on ({})", config.offline.origin));
    }
    let Some(options) = options else { return built_in_bank().await };
    if !certificate {
        return Verdict::not_reached("it would ask for the certificate");
    }
    let host = options.base_url.host_str().unwrap_or_default().to_owned();
    let reached = match Client::new(ClientOptions { pacing: once(), ..options.clone() }) {
        Ok(client) => client.reach().await,
        Err(error) => Err(error),
    };
    judge_bank(&host, reached, config.access_tokens.value.len() + sealed(store).await)
}

/// A database that cannot be asked is told of elsewhere.
async fn sealed(store: Option<&Store>) -> usize {
    match store {
        Some(store) => store.load_sealed_tokens().await.map_or(0, |tokens| tokens.len()),
        None => 0,
    }
}

/// It answers on this computer, or passbook itself is at fault.
async fn built_in_bank() -> Verdict {
    let today = Utc::now().date_naive();
    let first_day = today - Days::new(1);
    let options = demo::BankOptions { seed: 1, first_day, today, extra_rows: 0 };
    let asked = async {
        let bank = demo::Bank::start(options).await.map_err(|error| error.to_string())?;
        let base_url = bank.url().parse().map_err(|error| format!("{error}"))?;
        let options = ClientOptions { base_url, pacing: once(), ..ClientOptions::default() };
        let client = Client::new(options).map_err(|error| error.to_string())?;
        client.reach().await.map_err(|error| error.to_string())
    };
    match asked.await {
        Ok(()) => Verdict::fine("the built-in bank answers"),
        Err(problem) => Verdict::failed(Exit::Internal, format!("the built-in bank: {problem}"))
            .because("this computer lets passbook open no port on the loopback address")
            .so("allow it in the firewall"),
    }
}

/// One request, and no long wait for it.
fn once() -> Pacing {
    let limit = Duration::from_secs(10);
    Pacing { tries: 1, connect: limit, idle: limit, whole: limit, ..Pacing::default() }
}

fn judge_bank(host: &str, reached: teller::Result<()>, tokens: usize) -> Verdict {
    match (reached, tokens) {
        (Ok(()), 0) => Verdict::warning(format!("{host} answers, and there is no access token"))
            .because("no bank was connected yet")
            .so("connect one with `passbook connect`"),
        (Ok(()), 1) => Verdict::fine(format!("{host} answers; 1 access token")),
        (Ok(()), count) => Verdict::fine(format!("{host} answers; {count} access tokens")),
        (Err(error @ teller::Error::Configuration(_)), _) => {
            Verdict::failed(Exit::Usage, error.to_string())
                .because("the settings for the bank do not fit what answers there")
                .so("make right what is named, then try again")
        }
        (Err(error), _) => Verdict::failed(Exit::BankUnreachable, error.to_string())
            .because("no network, a network that asks to sign in first, or Teller is down")
            .so("check the network; what is stored can be browsed all the same"),
    }
}

async fn enrollments(store: &Store) -> Verdict {
    match store.has_settings().await {
        Ok(true) => {}
        Ok(false) => return Verdict::not_reached("no table of passbook's is there"),
        Err(report) => return Verdict::of_report(&report),
    }
    match store.load_enrollments().await {
        Ok(enrollments) => judge_enrollments(&enrollments),
        Err(report) => Verdict::of_report(&report),
    }
}

fn judge_enrollments(enrollments: &[Enrollment]) -> Verdict {
    let lines: Vec<String> = enrollments.iter().map(line).collect();
    let what = lines.join("; ");
    let ill = enrollments.iter().find(|enrollment| enrollment.state != EnrollmentState::Healthy);
    match (ill, enrollments) {
        (_, []) => Verdict::skipped("no bank was synced yet"),
        (None, _) => Verdict::fine(what),
        (Some(ill), _) => {
            let name = SafeText::new(ill.label());
            let reason = ill.reason.as_deref().unwrap_or("the bank said no more");
            let ailment = ill.ailment().unwrap_or(REFUSED);
            Verdict::failed(Exit::PartialFailure, what)
                .because(format!("{name}: {} ({})", ailment.what, SafeText::new(reason)))
                .so(format!(
                    "{}: `passbook connect --repair {}`; all that is stored stays",
                    ailment.remedy,
                    SafeText::new(ill.id.as_str())
                ))
        }
    }
}

fn line(enrollment: &Enrollment) -> String {
    let name = SafeText::new(enrollment.label());
    let state = SafeText::new(enrollment.state.as_str());
    match enrollment.last_success_at {
        Some(at) => format!("{name} {state}, last synced {}", at.format("%Y-%m-%d %H:%M UTC")),
        None => format!("{name} {state}, never synced whole"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Institution;

    #[test]
    fn a_certificate_near_its_end_is_warned_of() {
        let now = Utc::now();
        assert_eq!(judge_expiry(Some(now + TimeDelta::days(10)), now).outcome, Outcome::Warning);
        assert_eq!(judge_expiry(Some(now + TimeDelta::days(90)), now).outcome, Outcome::Fine);
        assert_eq!(judge_expiry(None, now).outcome, Outcome::Fine);
    }

    #[test]
    fn a_bank_is_judged_by_what_came_back() {
        let unreachable =
            teller::Error::Unreachable { host: "api".to_owned(), cause: "refused".to_owned() };
        let misset = teller::Error::Configuration("no certificate".to_owned());
        for (reached, tokens, outcome, exit) in [
            (Ok(()), 1, Outcome::Fine, Exit::Fine),
            (Ok(()), 0, Outcome::Warning, Exit::Fine),
            (Err(unreachable), 1, Outcome::Failed, Exit::BankUnreachable),
            (Err(misset), 1, Outcome::Failed, Exit::Usage),
        ] {
            let found = judge_bank("api", reached, tokens);
            assert_eq!((found.outcome, found.exit), (outcome, exit), "{found:?}");
        }
    }

    #[test]
    fn one_login_that_ails_fails_the_check_and_is_named() {
        let enrollment = |name: &str, state| Enrollment {
            state,
            reason: Some("enrollment.disconnected.account_locked".to_owned()),
            ..Enrollment::healthy(
                name.into(),
                Institution { id: name.to_owned(), name: name.to_owned() },
            )
        };
        assert_eq!(judge_enrollments(&[]).outcome, Outcome::Skipped);
        let healthy = enrollment("Harbor", EnrollmentState::Healthy);
        assert_eq!(judge_enrollments(std::slice::from_ref(&healthy)).outcome, Outcome::Fine);
        let locked = enrollment("Northwind", EnrollmentState::Disconnected);
        let found = judge_enrollments(&[healthy, locked]);
        assert_eq!((found.outcome, found.exit), (Outcome::Failed, Exit::PartialFailure));
        assert!(found.remedy.unwrap().contains("Northwind"));
    }
}
