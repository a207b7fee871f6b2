//! Banks that need the user, that cannot be opened here, that get a name or come to an end.

use passbook::app::Event;
use passbook::domain::{Outcome, Standing};

use super::sample::{Sample, household};
use super::syncing::run;
use super::{app, check, press};

/// After a restart: what the last run of yesterday said is all that is known.
fn synced() -> Sample {
    let mut sample = household();
    for one in &mut sample.overview.enrollments {
        one.key_digest = Some("1a2b3c4d5e6f7a8b".to_owned());
    }
    let run = run(&sample, 1, Outcome::Partial);
    sample.runs.insert(0, run);
    sample
}

#[test]
fn a_bank_that_needs_you_says_so_after_a_restart_too() {
    check("enrollment_ill", |size| app(&synced(), size, "5"));
}

#[test]
fn without_the_key_it_is_said_what_is_missing() {
    const WHY: &str = "its access token is sealed, and the key 1a2b3c4d5e6f7a8b is not on this \
        computer: set PASSBOOK_KEY to what `passbook key show` prints where the bank was \
        connected, or connect it here again";
    let keyless = |size, keys| {
        let sample = synced();
        let mut app = app(&sample, size, "");
        let locked = vec![("enr_harbor".into(), WHY.to_owned())];
        let until = Some("2026-12-04T00:00:00Z".parse().unwrap());
        sample.send(&mut app, Event::Standing(Standing { locked, certificate_until: until }));
        press(&sample, &mut app, keys);
        app
    };
    check("enrollment_locked", |size| keyless(size, "5"));
    check("enrollment_locked_problems", |size| keyless(size, "! j"));
    check("certificate_ends", |size| keyless(size, "! j j"));
}

#[test]
fn a_bank_is_named_and_ended_on_the_sync_screen() {
    check("enrollment_name", |size| app(&synced(), size, "5 m"));
    check("enrollment_end", |size| app(&synced(), size, "5 D"));
    check("enrollment_end_repaired", |size| {
        let mut sample = synced();
        sample.overview.enrollments[0].repaired = true;
        app(&sample, size, "5 D")
    });
    check("enrollment_end_unsure", |size| app(&synced(), size, "5 D e enter x enter"));
    check("enrollment_named", |size| {
        let mut sample = synced();
        sample.overview.enrollments[0].name = Some("Ours, joint".to_owned());
        app(&sample, size, "5")
    });
}
