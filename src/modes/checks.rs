//! The doctor's checks, for the screen.

use std::path::PathBuf;

use chrono::Utc;
use passbook::commands;
use passbook::config::{Config, Environment, Place};
use passbook::doctor::{self, Finding, Outcome, Subject};
use passbook::domain::{Check, Checked, Extent, Judgement};
use passbook::secret::Secret;
use passbook::tui;

use super::own_files::OwnFiles;
use super::{Shared, client_options, now};

pub fn checks(config: Shared, place: Place) -> tui::Checks {
    Box::new(move |extent| {
        let (mut config, place) = (now(&config), place.clone());
        Box::pin(async move {
            let mut environment = Environment::of_process();
            if config.dot_env_file.is_some() {
                // Where it cannot be read any more, what the process was given is looked at alone.
                environment.read_dot_env(&place.working_dir).ok();
            }
            let settings = config.listing();
            let secrets = doctor::secrets_of(&config);
            let path = report_path(&config, &place);
            // Nobody has asked to have the bank called.
            config.offline.value |= extent == Extent::WithoutBank;
            let teller = (!config.demo.value).then(|| client_options(&config));
            let subject = Subject {
                config: Ok(config),
                environment,
                dirs: place.dirs.clone(),
                working_dir: place.working_dir.clone(),
                own_files: OwnFiles::read(place.dirs.as_ref()).for_doctor(),
                teller,
            };
            let findings = doctor::examine(&subject).await;
            let report = (extent == Extent::Report).then(|| {
                let file = commands::create_report(&path);
                file.and_then(|file| {
                    commands::write_report_of_checks(&findings, &settings, &secrets, file)
                })
                .map(|()| place.show(&path))
                .map_err(|error| error.to_string())
            });
            let checks = findings.into_iter().map(|finding| check(finding, &secrets)).collect();
            Checked { checks, report }
        })
    })
}

/// A new file each time, beside the log.
fn report_path(config: &Config, place: &Place) -> PathBuf {
    let directory = config.dirs.as_ref().map_or(&place.working_dir, |dirs| &dirs.state);
    directory.join(format!("report-{}.txt", Utc::now().format("%Y%m%d-%H%M%S")))
}

fn check(finding: Finding, secrets: &[Secret]) -> Check {
    let Finding { name, verdict, .. } = finding;
    let conceal = |text: String| commands::without_secrets(&text, secrets);
    Check {
        name,
        judgement: match verdict.outcome {
            Outcome::Fine => Judgement::Fine,
            Outcome::Warning => Judgement::Warning,
            Outcome::Failed => Judgement::Failed,
            Outcome::NotReached | Outcome::Skipped => Judgement::NotLookedAt,
        },
        what: conceal(verdict.what),
        cause: verdict.cause.map(conceal),
        remedy: verdict.remedy.map(conceal),
    }
}
