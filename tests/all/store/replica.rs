//! A streaming replica that answers what is only looked at, and the primary wherever it may not.

use std::time::Duration;

use passbook::database::Database;
use passbook::domain::{Replica, Unfit};
use passbook::store::{Store, StoreOptions};
use tokio::time::{Instant, sleep};

use crate::support::proxy::Door;
use crate::support::{OwnCluster, TestDatabase, pgbouncer};

/// A primary, its standby, and a store that knows both.
struct Pair {
    store: Store,
    at: TestDatabase,
    copy: TestDatabase,
    standby: OwnCluster,
    primary: OwnCluster,
}

impl Pair {
    async fn start() -> Option<Self> {
        let primary = OwnCluster::start().await?;
        let at = primary.database().await;
        Store::open(at.options()).await.unwrap().close().await;
        let standby = primary.standby().await;
        let copy = standby.copy_of(&at);
        let store = open(&at, &copy.database).await;
        Some(Self { store, at, copy, standby, primary })
    }

    /// The standby shows all that was written until now, and from now on nothing more.
    async fn pause(&self) {
        let position = "select cast(pg_current_wal_insert_lsn() as text)";
        let position = self.at.ask(position).await.remove(0);
        self.copy_answers(
            &format!("select cast(pg_last_wal_replay_lsn() >= '{position}' as text)"),
            "true",
        )
        .await;
        self.store.settled_reader().await;
        self.copy.run("select pg_wal_replay_pause()").await;
        self.copy_answers("select pg_get_wal_replay_pause_state()", "paused").await;
    }

    async fn copy_answers(&self, question: &str, answer: &str) {
        while self.copy.ask(question).await != [answer] {
            sleep(Duration::from_millis(5)).await;
        }
    }

    async fn resume(&self) {
        self.copy.run("select pg_wal_replay_resume()").await;
    }

    /// By somebody else than the store.
    async fn put(&self, value: &str) {
        put(&self.at, value).await;
    }

    /// As a screen reads it.
    async fn read(&self) -> Option<String> {
        self.store.reader().load_setting("seen").await.unwrap()
    }

    /// Reads until the replica stands so, as a person who goes on pressing keys would.
    async fn until(&self, wanted: impl Fn(&Replica) -> bool) -> Replica {
        until(&self.store, wanted).await
    }
}

async fn open(at: &TestDatabase, replica: &Database) -> Store {
    let options = StoreOptions { replica: Some(replica.clone()), ..at.options() };
    Store::open(options).await.unwrap()
}

async fn put(at: &TestDatabase, value: &str) {
    at.run(format!(
        "insert into pb_settings (name, value) values ('seen', '{value}')
         on conflict (name) do update set value = excluded.value"
    ))
    .await;
}

async fn until(store: &Store, wanted: impl Fn(&Replica) -> bool) -> Replica {
    let (replica, started) = (store.watch_replica().unwrap(), Instant::now());
    loop {
        store.reader().load_setting("seen").await.unwrap();
        let stands = replica.borrow().clone();
        if wanted(&stands) {
            return stands;
        }
        assert!(started.elapsed() < Duration::from_mins(1), "{stands:?}");
        sleep(Duration::from_millis(20)).await;
    }
}

fn is_used(replica: &Replica) -> bool {
    matches!(replica, Replica::Used { .. })
}

#[tokio::test]
async fn what_is_looked_at_comes_from_the_replica_and_own_writes_are_read_back_at_once() {
    let Some(pair) = Pair::start().await else { return };
    pair.put("old").await;
    pair.pause().await;
    pair.put("new").await;
    assert_eq!(pair.read().await.as_deref(), Some("old"), "the replica was asked");
    let decided_on = pair.store.load_setting("seen").await.unwrap();
    assert_eq!(decided_on.as_deref(), Some("new"), "what is decided on comes from the primary");

    for value in ["1", "2"] {
        pair.store.save_setting("own", value).await.unwrap();
        let own = pair.store.reader().load_setting("own").await.unwrap();
        assert_eq!(own.as_deref(), Some(value), "though the replica does not have it");
    }
    assert_eq!(pair.read().await.as_deref(), Some("new"));

    pair.resume().await;
    pair.pause().await;
    pair.put("newest").await;
    assert_eq!(pair.read().await.as_deref(), Some("new"), "the replica is asked again");
    assert_eq!(pair.store.reader().load_setting("own").await.unwrap().as_deref(), Some("2"));
    pair.store.close().await;
}

#[tokio::test]
async fn a_start_waits_for_no_replica() {
    let Some(primary) = OwnCluster::start().await else { return };
    let at = primary.database().await;
    // Takes the call and never says a word.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let url = format!("postgres://ann:s3cret@127.0.0.1:{port}/books?sslmode=disable");
    let replica = Database::parse(&url, &std::env::temp_dir()).unwrap();
    let store = open(&at, &replica).await;
    let started = Instant::now();
    assert_eq!(store.reader().load_setting("seen").await.unwrap(), None);
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    let stands = until(&store, |replica| replica.unfit().is_some()).await;
    let Some(Unfit::Unreachable(reason)) = stands.unfit() else { panic!("{stands:?}") };
    assert!(reason.contains("did not answer") && !reason.contains("s3cret"), "{reason}");
    store.close().await;
}

#[tokio::test]
async fn how_far_a_replica_is_behind_is_told_and_an_idle_primary_is_no_lag() {
    let Some(pair) = Pair::start().await else { return };
    pair.put("old").await;
    pair.store.settled_reader().await;
    sleep(Duration::from_millis(2500)).await;
    let idle = pair.until(is_used).await;
    assert_eq!(idle.behind(), Some(Duration::ZERO), "nothing was written for a while");
    pair.pause().await;
    pair.put("new").await;
    pair.until(|replica| replica.behind() >= Some(Duration::from_secs(2))).await;
    assert_eq!(pair.read().await.as_deref(), Some("old"), "as old as is told");
    pair.resume().await;
    pair.until(|replica| replica.behind() == Some(Duration::ZERO)).await;
    assert_eq!(pair.read().await.as_deref(), Some("new"));
    pair.store.close().await;
}

#[tokio::test]
async fn a_replica_that_goes_is_done_without_and_taken_again_when_it_is_back() {
    let Some(mut pair) = Pair::start().await else { return };
    pair.put("value").await;
    pair.until(is_used).await;
    pair.standby.crash();
    let stands = pair.until(|replica| replica.unfit().is_some()).await;
    assert!(
        matches!(stands.unfit(), Some(Unfit::Unreachable(_) | Unfit::Failing(_))),
        "{stands:?}"
    );
    assert_eq!(pair.read().await.as_deref(), Some("value"));
    pair.standby.start_again().await;
    pair.until(is_used).await;
    pair.pause().await;
    pair.put("later").await;
    assert_eq!(pair.read().await.as_deref(), Some("value"), "the replica is asked again");

    // Its connections are cut while it goes on.
    let cut = "select cast(count(pg_terminate_backend(pid)) as text) from pg_stat_activity
        where application_name = 'passbook'";
    pair.copy.ask(cut).await;
    assert!(pair.read().await.is_some());
    pair.store.close().await;
}

#[tokio::test]
async fn a_read_that_the_replica_cannot_answer_is_asked_of_the_primary() {
    let Some(pair) = Pair::start().await else { return };
    pair.put("value").await;
    pair.at.run("alter table pb_settings rename to pb_settings_aside").await;
    pair.pause().await;
    pair.at.run("alter table pb_settings_aside rename to pb_settings").await;
    assert_eq!(pair.read().await.as_deref(), Some("value"));
    let stands = pair.store.watch_replica().unwrap().borrow().clone();
    let Some(Unfit::Failing(reason)) = stands.unfit() else { panic!("{stands:?}") };
    assert!(reason.contains("pb_settings"), "{reason}");
    pair.resume().await;
    pair.until(is_used).await;
    pair.store.close().await;
}

#[tokio::test]
async fn a_read_that_a_silent_replica_leaves_without_an_answer_is_given_up() {
    let Some(pair) = Pair::start().await else { return };
    pair.put("value").await;
    let door = Door::before(&pair.copy).await;
    let store = open(&pair.at, &door.database).await;
    until(&store, is_used).await;
    let reader = store.settled_reader().await;
    reader.load_setting("seen").await.unwrap();
    door.fall_silent();
    let started = Instant::now();
    assert_eq!(reader.load_setting("seen").await.unwrap().as_deref(), Some("value"));
    let took = started.elapsed();
    assert!((Duration::from_secs(1)..Duration::from_secs(20)).contains(&took), "{took:?}");
    let stands = store.watch_replica().unwrap().borrow().clone();
    assert!(stands.unfit().is_some(), "{stands:?}");
    let again = Instant::now();
    reader.load_setting("seen").await.unwrap();
    assert!(again.elapsed() < Duration::from_secs(1), "only once: {:?}", again.elapsed());
    store.close().await;
    pair.store.close().await;
}

#[tokio::test]
async fn another_database_is_never_read_from() {
    let Some(pair) = Pair::start().await else { return };
    pair.put("own").await;
    let Some(stranger) = OwnCluster::start().await else { return };
    let other = stranger.database().await;
    Store::open(other.options()).await.unwrap().close().await;
    let other_standby = stranger.standby().await;
    let beside = pair.primary.database().await;
    Store::open(beside.options()).await.unwrap().close().await;
    put(&beside, "other").await;
    let same_server = pair.standby.copy_of(&beside);
    // The copy has come so far that it holds the other's table.
    pair.pause().await;
    pair.resume().await;
    for (replica, why) in [
        (&other_standby.copy_of(&other), Unfit::OtherDatabase),
        (&same_server, Unfit::OtherDatabase),
        (&pair.at, Unfit::Writable),
        (&other, Unfit::Writable),
    ] {
        let store = open(&pair.at, &replica.database).await;
        let stands = until(&store, |replica| *replica != Replica::Unknown).await;
        assert_eq!(stands, Replica::Unused(why));
        let seen = store.settled_reader().await.load_setting("seen").await.unwrap();
        assert_eq!(seen.as_deref(), Some("own"));
        store.close().await;
    }
    pair.store.close().await;
}

#[tokio::test]
async fn a_replica_behind_a_pooler_is_not_read_from() {
    let Some(pooled) = pgbouncer::start().await else { return };
    let store = open(&pooled.at, &pooled.database).await;
    let stands = until(&store, |replica| *replica != Replica::Unknown).await;
    assert_eq!(stands, Replica::Unused(Unfit::Pooled));
    store.close().await;
}

#[tokio::test]
async fn a_replica_without_the_newest_tables_is_waited_for() {
    let Some(primary) = OwnCluster::start().await else { return };
    let at = primary.database().await;
    let standby = primary.standby().await;
    let copy = standby.copy_of(&at);
    copy.run("select pg_wal_replay_pause()").await;
    let store = open(&at, &copy.database).await;
    put(&at, "value").await;
    let read = async || store.settled_reader().await.load_setting("seen").await.unwrap();
    assert_eq!(read().await.as_deref(), Some("value"), "the replica has no table yet");
    assert_eq!(store.watch_replica().unwrap().borrow().unfit(), None);
    copy.run("select pg_wal_replay_resume()").await;
    assert_eq!(read().await.as_deref(), Some("value"));
    until(&store, is_used).await;
    store.close().await;
}

#[tokio::test]
async fn a_replica_left_behind_at_a_fail_over_is_not_read_from() {
    let Some(primary) = OwnCluster::start().await else { return };
    let at = primary.database().await;
    let door = Door::before(&at).await;
    let store = Store::open(StoreOptions::new(door.database.clone())).await.unwrap();
    put(&at, "before").await;
    let (heir, left_behind) = (primary.standby().await, primary.standby().await);
    primary.crash();
    heir.promote();
    door.lead_to(heir.port());
    put(&heir.copy_of(&at), "after").await;
    store.close().await;
    let store =
        open(&TestDatabase::through(door.database), &left_behind.copy_of(&at).database).await;
    let stands = until(&store, |replica| *replica != Replica::Unknown).await;
    assert_eq!(stands, Replica::Unused(Unfit::LeftBehind));
    let seen = store.settled_reader().await.load_setting("seen").await.unwrap();
    assert_eq!(seen.as_deref(), Some("after"));
    store.close().await;
}
