//! The store's stories, each told on every engine there is.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up shall end it")]

mod adoption;
mod backups;
mod balances;
mod categories;
mod detail;
mod drift;
mod edits;
mod files;
mod finding;
mod grants;
mod insight;
mod joined_pairs;
mod keeping;
mod opening;
mod overview;
mod pairs;
mod pooler;
mod processes;
mod reads;
mod replica;
mod rules;
mod server;
mod shown;
mod sorting;
mod steps;
mod tidy;
mod windows;

use crate::support;

#[tokio::test]
async fn a_setting_is_remembered_and_replaced() {
    for test in support::stores().await {
        assert_eq!(test.store.load_setting("theme").await.unwrap(), None);
        test.store.save_setting("theme", "light").await.unwrap();
        test.store.save_setting("theme", "dark").await.unwrap();
        assert_eq!(test.store.load_setting("theme").await.unwrap().as_deref(), Some("dark"));
    }
}

#[tokio::test]
async fn a_passphrase_is_set_changed_and_removed_by_who_knows_it() {
    let secret = |text: &str| passbook::secret::Secret::new(text);
    for test in support::stores().await {
        let store = &test.store;
        assert!(!store.has_passphrase().await.unwrap());
        assert!(store.check_passphrase(secret("any")).await.unwrap(), "nothing is asked for");
        store.set_passphrase(None, Some(secret("one"))).await.unwrap();
        assert!(store.has_passphrase().await.unwrap());
        for (old, new) in [(None, Some(secret("two"))), (Some(secret("no")), None)] {
            assert!(store.set_passphrase(old, new).await.is_err());
        }
        assert!(store.check_passphrase(secret("one")).await.unwrap());
        store.set_passphrase(Some(secret("one")), Some(secret("two"))).await.unwrap();
        assert!(!store.check_passphrase(secret("one")).await.unwrap());
        store.set_passphrase(Some(secret("two")), None).await.unwrap();
        assert!(!store.has_passphrase().await.unwrap());
    }
}

#[tokio::test]
async fn the_clock_is_the_databases_moved_on_as_the_programs() {
    for at in support::databases().await {
        let options = at.options();
        let clock = options.clock.clone();
        let store = passbook::store::Store::open(options).await.unwrap();
        let before = store.now().await.unwrap();
        clock.advance(chrono::TimeDelta::days(3));
        let after = store.now().await.unwrap();
        let moved = after - before;
        assert!(moved >= chrono::TimeDelta::days(3), "{}: {moved}", at.engine);
        assert!(moved < chrono::TimeDelta::days(3) + chrono::TimeDelta::minutes(5));
    }
}

#[tokio::test]
async fn a_closed_store_answers_with_an_error() {
    for test in support::stores().await {
        test.store.ping().await.unwrap();
        test.store.close().await;
        assert!(test.store.ping().await.is_err());
    }
}
