//! A repair, the sync that joins, and the undoing, each killed right before any of their steps:
//! whole or not begun, and the next one goes on.

use std::collections::BTreeSet;

use super::program::{Place, places};
use crate::faults::crashes::text;

const ROWS: &str = "
    select account_id || ' ' || id || ' ' || coalesce(replaced_by, '')
    from pb_transactions where life = 'live' order by 1";

/// What a repair decides, without what differs each time.
async fn decided(place: &Place) -> String {
    let enrollments = "
        select id || case when removed_at is null then '' else ' removed' end
            || case when sealed_token is null then '' else ' sealed' end
        from pb_enrollments order by 1";
    let accounts = "
        select id || ' ' || coalesce(duplicate_of, '') || ' ' || coalesce(merged_into, '')
        from pb_accounts order by 1";
    let repairs = "
        select case when undone_at is null then 'made' else 'undone' end from pb_repairs order by 1";
    let mut all = place.at.ask(enrollments).await;
    all.extend(place.at.ask(accounts).await);
    all.extend(place.at.ask(repairs).await);
    all.join("\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repair_its_sync_and_its_undoing_are_whole_or_have_not_begun() {
    for place in places().await {
        place.add(0).await;
        assert!(place.run(&["sync"]).await.status.success());
        let before = place.at.ask(ROWS).await;
        let id = place.list().await["enrollments"][0]["id"].as_str().unwrap().to_owned();
        place.bank.enroll_again(0);
        let token = place.bank.tokens().remove(0);

        let mut states = BTreeSet::from([decided(&place).await]);
        for step in 1.. {
            let words = ["enrollments", "repair", &id, "--token-stdin", "--yes"];
            let kill = format!("step:{step}:kill");
            let ended = place.say_at(&words, token.expose(), &kill).await;
            states.insert(decided(&place).await);
            // It was kept right before it was killed: the old one is known no more.
            if ended.status.code().is_some() {
                break;
            }
        }
        assert_eq!(states.len(), 2, "{states:#?}");
        assert_eq!(place.at.ask(ROWS).await, before, "nothing moves before the sync");

        for step in (10..400).step_by(13) {
            let ended = place.run_at(&["sync"], &format!("step:{step}:kill")).await;
            if ended.status.success() {
                break;
            }
        }
        let joined = place.run(&["sync"]).await;
        assert!(joined.status.success(), "{}", text(&joined));
        assert_eq!(place.at.ask(ROWS).await.len(), before.len(), "each row once");

        let new = place.list().await["enrollments"][0]["id"].as_str().unwrap().to_owned();
        let mut states = BTreeSet::from([decided(&place).await]);
        for step in 1.. {
            let words = ["enrollments", "repair", &new, "--undo"];
            let ended = place.run_at(&words, &format!("step:{step}:kill")).await;
            states.insert(decided(&place).await);
            if ended.status.code().is_some() {
                break;
            }
        }
        assert_eq!(states.len(), 2, "{states:#?}");
        let after = place.at.ask(ROWS).await;
        let kept: Vec<&String> = before.iter().filter(|row| !after.contains(row)).collect();
        assert_eq!(kept, Vec::<&String>::new(), "every row is under its old account again");
    }
}
