//! What a sync read and concluded can be told afterwards, in plain words.

use passbook::cli::{Format, SyncArgs};
use passbook::commands;
use passbook::demo::{Edit, Fault, Match, NewRow, Times};
use passbook::domain::{AccountId, FullBecause, Goal, Status, SyncStep};

use super::world::{World, worlds};

async fn steps(world: &World, account: &AccountId) -> Vec<SyncStep> {
    let run = world.store().load_runs(1).await.unwrap().remove(0);
    let told = world.store().load_explanations(&run.id).await.unwrap();
    told.into_iter().find(|told| told.account_id == *account).unwrap().steps
}

async fn words(world: &World, account: &AccountId, json: bool) -> String {
    let args = SyncArgs {
        account: Some(account.to_string()),
        explain: true,
        format: Format { json },
        ..SyncArgs::default()
    };
    let mut out = Vec::new();
    commands::explain(world.store(), &args, &mut out).await.unwrap();
    String::from_utf8(out).unwrap()
}

fn pending(world: &World, id: &str) -> NewRow {
    NewRow {
        id: id.into(),
        date: world.bank.today(),
        amount: -1_234,
        description: "CORNER CAFE 0417".to_owned(),
        status: Status::Pending,
    }
}

#[tokio::test]
async fn before_any_sync_there_is_nothing_to_tell() {
    for world in worlds().await {
        let mut out = Vec::new();
        let args = SyncArgs { explain: true, ..SyncArgs::default() };
        commands::explain(world.store(), &args, &mut out).await.unwrap();
        assert!(String::from_utf8(out).unwrap().starts_with("No sync has run yet"));
    }
}

#[tokio::test]
async fn each_walk_says_how_far_it_was_to_go_and_why() {
    for world in worlds().await {
        let account = world.bank.account_ids().remove(0);
        world.sync().await;
        assert_eq!(steps(&world, &account).await[0], SyncStep::Goal(Goal::First));
        world.advance(1);
        world.sync().await;
        let told = steps(&world, &account).await;
        assert!(matches!(told[0], SyncStep::Goal(Goal::Window { .. })), "{told:?}");
        assert!(matches!(told[1], SyncStep::Read { unfinished: None, .. }), "{told:?}");
        assert!(words(&world, &account, false).await.contains("nothing can still settle"));
        world.full_sync().await;
        let full = Goal::Full { because: FullBecause::Asked };
        assert_eq!(steps(&world, &account).await[0], SyncStep::Goal(full));
        assert!(words(&world, &account, false).await.contains("the end of the list proven"));
    }
}

#[tokio::test]
async fn a_charge_that_settles_under_a_new_id_is_told_as_one() {
    for world in worlds().await {
        let account = world.bank.account_ids().remove(0);
        world.bank.edit(&account, Edit::Insert(pending(&world, "txn_before")));
        world.sync().await;
        world.bank.edit(&account, Edit::Withdraw("txn_before".into()));
        let settled = NewRow { status: Status::Posted, ..pending(&world, "txn_after") };
        world.bank.edit(&account, Edit::Insert(settled));
        world.sync().await;
        let told = steps(&world, &account).await;
        let pair =
            SyncStep::Paired { gone: "txn_before".into(), came: "txn_after".into(), tier: 1 };
        assert!(told.contains(&pair), "{told:?}");
        let words = words(&world, &account, false).await;
        assert!(words.contains("CORNER CAFE 0417 (pending)  txn_before"), "{words}");
        assert!(words.contains("same amount and text"), "{words}");
    }
}

#[tokio::test]
async fn a_list_that_was_not_judged_says_why() {
    for world in worlds().await {
        let account = world.bank.account_ids().remove(0);
        world.sync().await;
        world.bank.faults().add(Match::transactions(), Fault::body("[]"), Times::Always);
        world.sync().await;
        world.bank.faults().clear();
        let told = words(&world, &account, false).await;
        assert!(told.contains("unjudged  the bank listed nothing where"), "{told}");
        let document: serde_json::Value =
            serde_json::from_str(&words(&world, &account, true).await).unwrap();
        let steps = document["accounts"][0]["steps"].as_array().unwrap();
        assert!(steps.iter().any(|step| step["step"] == "unjudged"), "{document}");
    }
}
