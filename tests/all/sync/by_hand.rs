//! What a person says about pairs and unreadable rows, with the words for scripts.

use passbook::cli::{Format, PairArgs, PartArgs, QuarantineArgs};
use passbook::commands;
use passbook::demo::{Edit, NewRow};
use passbook::domain::{
    AccountId, Life, Status, SyncReport, SyncStep, TransactionId, TransactionKey,
};
use passbook::exit::Exit;

use super::world::{World, result, worlds};

/// A charge that vanishes, and another that comes the same day with the same amount and text.
async fn settled_under_a_new_id(world: &World) -> AccountId {
    settles_under_a_new_id(world, async |_| ()).await.0
}

/// The same, with something done before the second sync, whose report this is.
async fn settles_under_a_new_id(
    world: &World,
    meanwhile: impl AsyncFnOnce(&World),
) -> (AccountId, SyncReport) {
    let account = world.bank.account_ids().remove(0);
    let row = |id: &str, status| NewRow {
        id: id.into(),
        date: world.bank.today(),
        amount: -1_234,
        description: "CORNER CAFE 0417".to_owned(),
        status,
    };
    world.bank.edit(&account, Edit::Insert(row("txn_before", Status::Pending)));
    world.sync().await;
    world.bank.edit(&account, Edit::Withdraw("txn_before".into()));
    world.bank.edit(&account, Edit::Insert(row("txn_after", Status::Posted)));
    meanwhile(world).await;
    let report = world.sync().await;
    (account, report)
}

async fn life(world: &World, account: &AccountId) -> Life {
    let rows = world.store().load_rows(account, &["txn_before".into()]).await.unwrap();
    rows[0].life.clone()
}

#[tokio::test]
async fn a_pair_parted_by_hand_stays_parted_and_one_made_by_hand_stays_made() {
    for world in worlds().await {
        let account = settled_under_a_new_id(&world).await;
        assert_eq!(life(&world, &account).await, Life::Replaced);
        let part = PartArgs { id: "txn_after".to_owned(), account: None };
        let mut out = Vec::new();
        commands::part(world.store(), &part, &mut out).await.unwrap();
        assert_eq!(life(&world, &account).await, Life::Gone);
        world.sync().await;
        world.full_sync().await;
        assert_eq!(life(&world, &account).await, Life::Gone, "no sync joins them again");

        let refused = commands::part(world.store(), &part, &mut out).await.unwrap_err();
        assert_eq!(refused.exit(), Exit::Usage);
        assert!(refused.to_string().ends_with("nothing was changed"), "{refused}");

        let pair = PairArgs {
            gone: "txn_before".to_owned(),
            came: "txn_after".to_owned(),
            account: Some(account.to_string()),
        };
        commands::pair(world.store(), &pair, &mut out).await.unwrap();
        world.bank.edit(&account, Edit::Restore("txn_before".into()));
        world.full_sync().await;
        assert_eq!(life(&world, &account).await, Life::Live, "what the bank lists counts");
        world.assert_account_agrees(&account).await;
        world.bank.edit(&account, Edit::Withdraw("txn_before".into()));
        world.full_sync().await;
        assert_eq!(life(&world, &account).await, Life::Replaced, "the pair is not forgotten");
        let told = String::from_utf8(out).unwrap();
        assert!(told.contains("are two again") && told.contains("became"), "{told}");
    }
}

/// Whoever parts the two while a sync is judging: the moment between its reading and its writing.
async fn part_in_mid_judgement(world: &World) {
    const PARTED: &str = "insert into pb_links
            (account_id, pending_id, posted_id, tier, made_by, parted, made_at, carried)
        values (new.account_id, 'txn_before', 'txn_after', null, 'hand', true, new.gone_at, null)";
    world
        .test
        .at
        .run(if world.test.at.engine == "SQLite" {
            format!(
                "create trigger part after update on pb_transactions
                 when new.id = 'txn_before' and old.life = 'live' and new.life = 'gone'
                 begin {PARTED}; end"
            )
        } else {
            format!(
                "create function part() returns trigger language plpgsql as
                 $$ begin {PARTED}; return null; end $$;
                 create trigger part after update on pb_transactions for each row
                 when (new.id = 'txn_before' and old.life = 'live' and new.life = 'gone')
                 execute function part()"
            )
        })
        .await;
}

#[tokio::test]
async fn a_pair_that_a_person_parted_in_mid_judgement_is_not_counted() {
    for world in worlds().await {
        let (account, report) = settles_under_a_new_id(&world, part_in_mid_judgement).await;
        assert_eq!(life(&world, &account).await, Life::Gone);
        let result = result(&report, &account);
        let (paired, settled) = (result.paired, result.settled);
        assert_eq!((paired, settled, result.gone, result.new), (0, 0, 1, 1), "{result:?}");
        let told = world.store().load_explanations(&report.run.id).await.unwrap();
        let steps = told.iter().flat_map(|told| &told.steps);
        let gone: Vec<_> = steps
            .filter_map(|step| match step {
                SyncStep::Judged { gone, .. } => Some(gone.as_slice()),
                SyncStep::Paired { .. } => panic!("{step:?}"),
                _ => None,
            })
            .flatten()
            .map(TransactionId::as_str)
            .collect();
        assert_eq!(gone, ["txn_before"]);
        let key = TransactionKey { account_id: account, id: "txn_before".into() };
        let detail = world.store().load_detail(&key).await.unwrap().unwrap();
        assert_eq!(detail.changes.last().unwrap().field, "gone");
    }
}

#[tokio::test]
async fn an_unknown_transaction_is_named() {
    for world in worlds().await {
        world.sync().await;
        let part = PartArgs { id: "txn_none".to_owned(), account: None };
        let refused = commands::part(world.store(), &part, &mut Vec::new()).await.unwrap_err();
        assert_eq!(refused.exit(), Exit::Usage);
        assert!(refused.to_string().contains("no transaction txn_none"), "{refused}");
    }
}

async fn told(world: &World, args: QuarantineArgs) -> String {
    let mut out = Vec::new();
    commands::quarantine(world.store(), &args, &mut out).await.unwrap();
    String::from_utf8(out).unwrap()
}

#[tokio::test]
async fn rows_kept_aside_are_listed_raw_and_read_once_more() {
    for world in worlds().await {
        world.sync().await;
        let account = world.bank.account_ids().remove(0);
        world
            .test
            .at
            .run(format!(
                "insert into pb_quarantine (account_id, digest, transaction_id, reason, body,
                    first_seen_at, last_seen_at)
                values ('{account}', 'd1', 'txn_odd', 'amount: 1e5', '{{\"id\":\"txn_odd\"}}',
                    '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00')"
            ))
            .await;
        let told = |args: QuarantineArgs| told(&world, args);
        assert!(told(QuarantineArgs::default()).await.contains("amount: 1e5"));
        let raw = told(QuarantineArgs { raw: true, ..QuarantineArgs::default() }).await;
        assert_eq!(raw, "{\"id\":\"txn_odd\"}\n");
        let retry = QuarantineArgs { retry: true, ..QuarantineArgs::default() };
        assert!(told(retry).await.starts_with("0 could be read after all, 1 still cannot"));
        let json = QuarantineArgs { format: Format { json: true }, ..QuarantineArgs::default() };
        let document: serde_json::Value = serde_json::from_str(&told(json).await).unwrap();
        assert_eq!(document["quarantine"][0]["raw"], "{\"id\":\"txn_odd\"}");
    }
}

/// The place of a paired row that the bank lists again may be taken by another meanwhile.
#[tokio::test]
async fn no_row_takes_the_place_of_two() {
    for world in worlds().await {
        let account = settled_under_a_new_id(&world).await;
        let mut out = Vec::new();
        let part = PartArgs { id: "txn_after".to_owned(), account: None };
        commands::part(world.store(), &part, &mut out).await.unwrap();
        let pair = |gone: &str| PairArgs {
            gone: gone.to_owned(),
            came: "txn_after".to_owned(),
            account: Some(account.to_string()),
        };
        commands::pair(world.store(), &pair("txn_before"), &mut out).await.unwrap();
        let other = NewRow {
            id: "txn_other".into(),
            date: world.bank.today(),
            amount: -990,
            description: "ANOTHER BAKER".to_owned(),
            status: Status::Pending,
        };
        world.bank.edit(&account, Edit::Insert(other));
        world.bank.edit(&account, Edit::Restore("txn_before".into()));
        world.sync().await;
        world.bank.edit(&account, Edit::Withdraw("txn_other".into()));
        world.sync().await;
        commands::pair(world.store(), &pair("txn_other"), &mut out).await.unwrap();
        world.bank.edit(&account, Edit::Withdraw("txn_before".into()));
        world.sync().await;
        assert_eq!(life(&world, &account).await, Life::Gone);
    }
}
