//! A bank that is linked anew beside its old login: once every account was joined with one of the new
//! login, the old one is put away, and comes back when that is undone.

use passbook::cli::MergeArgs;
use passbook::commands;
use passbook::domain::{AccountId, EnrollmentId, Former};

use super::{Desk, desks};

/// The old login and the new one, each with its three accounts in the same order.
struct Anew {
    desk: Desk,
    old: EnrollmentId,
    new: EnrollmentId,
    accounts: Vec<AccountId>,
}

async fn linked_anew() -> Vec<Anew> {
    let mut all = Vec::new();
    for desk in desks().await {
        let old = desk.link(0).await.enrollment;
        desk.sync().await;
        desk.world.bank.enroll_again(0);
        let kept = desk.link(0).await;
        assert_eq!((kept.open, kept.retired), (3, None), "the old one may go on beside it");
        desk.sync().await;
        let accounts = desk.world.bank.account_ids().into_iter().take(3).collect();
        all.push(Anew { desk, old, new: kept.enrollment, accounts });
    }
    all
}

impl Anew {
    /// Joins the account at this place, and returns what became of the old login.
    async fn merge(&self, place: usize) -> Option<Former> {
        let store = self.desk.world.store();
        store.merge_account(&self.accounts[place]).await.unwrap().former
    }

    /// How many accounts are left there once one more is joined.
    async fn left(&self, place: usize) -> u64 {
        let former = self.merge(place).await.expect("it is there until now");
        assert_eq!(former.enrollment, self.old);
        former.accounts
    }

    /// Whether the old one is listed, and whether it is synced.
    async fn goes_on(&self) -> (bool, bool) {
        let store = self.desk.world.store();
        let listed = store.load_enrollments().await.unwrap();
        let tokens = store.load_sealed_tokens().await.unwrap();
        (
            listed.iter().any(|one| one.id == self.old),
            tokens.iter().any(|token| token.id == self.old),
        )
    }

    /// Whether the old login is there again with that.
    async fn undo(&self) -> bool {
        let back = self.desk.world.store().undo_repair(&self.new).await.unwrap().back;
        assert!(back.iter().all(|id| *id == self.old), "{back:?}");
        !back.is_empty()
    }
}

const WHOLE: (bool, bool) = (true, true);
const AWAY: (bool, bool) = (false, false);

#[tokio::test]
async fn the_old_login_is_put_away_with_its_last_account_and_comes_back() {
    for anew in linked_anew().await {
        assert_eq!((anew.left(0).await, anew.left(1).await), (2, 1));
        assert_eq!(anew.goes_on().await, WHOLE, "it still brings what is left there");
        assert_eq!(anew.left(2).await, 0);
        assert_eq!(anew.goes_on().await, AWAY);

        assert!(anew.undo().await);
        assert_eq!(anew.goes_on().await, WHOLE);
        let tokens = anew.desk.world.store().load_sealed_tokens().await.unwrap();
        let token = tokens.iter().find(|token| token.id == anew.old).unwrap();
        let opened = anew.desk.vault.open(&token.sealed, &token.id, &token.environment).await;
        assert!(opened.is_ok(), "as it was sealed");
        assert!(!anew.undo().await, "it is there already");
        assert_eq!((anew.left(1).await, anew.left(2).await), (1, 0), "as often as you like");
    }
}

#[tokio::test]
async fn whichever_join_is_undone_first_the_login_is_there_for_its_account() {
    for anew in linked_anew().await {
        for place in 0..3 {
            anew.merge(place).await;
        }
        // What put it away was asked for first, and done last.
        let at = &anew.desk.world.test.at;
        at.run("update pb_repairs set id = '0' where id = (select max(id) from pb_repairs)").await;
        assert!(anew.undo().await);
        assert_eq!(anew.goes_on().await, WHOLE);
        assert!(!anew.undo().await && !anew.undo().await);
        assert_eq!(anew.goes_on().await, WHOLE);
    }
}

#[tokio::test]
async fn an_account_that_is_one_of_its_own_keeps_the_login() {
    for anew in linked_anew().await {
        let store = anew.desk.world.store();
        store.keep_apart(&anew.accounts[0]).await.unwrap();
        assert_eq!((anew.left(1).await, anew.left(2).await), (2, 1));
        assert_eq!(anew.goes_on().await, WHOLE);
    }
}

#[tokio::test]
async fn a_login_that_the_user_ended_stays_ended() {
    for anew in linked_anew().await {
        assert!(anew.desk.world.store().end_enrollment(&anew.old).await.unwrap());
        for place in 0..3 {
            assert_eq!(anew.merge(place).await, None);
        }
        assert!(!anew.undo().await);
        assert_eq!(anew.goes_on().await, AWAY);
    }
}

#[tokio::test]
async fn merge_says_what_becomes_of_the_old_login() {
    for anew in linked_anew().await {
        let mut told = Vec::new();
        for account in &anew.accounts {
            let mut out = Vec::new();
            let args = MergeArgs { id: account.to_string(), no: false };
            commands::merge(anew.desk.world.store(), &args, &mut out).await.unwrap();
            told.push(String::from_utf8(out).unwrap());
        }
        let id = &anew.old;
        let undo = format!("`passbook enrollments repair {} --undo`", anew.new);
        assert!(told[0].contains(&format!("({id}) stays connected: 2 accounts")), "{}", told[0]);
        assert!(
            told[2].contains(&format!("({id}): it is neither listed nor synced")),
            "{}",
            told[2]
        );
        assert!(told.iter().all(|told| told.contains(&undo)), "{told:?}");
    }
}

#[tokio::test]
async fn what_a_repair_left_open_is_put_away_when_it_is_answered() {
    for desk in desks().await {
        let old = desk.link(0).await.enrollment;
        // Nothing was synced, so no row proves which account is which.
        desk.world.bank.enroll_again(0);
        let fresh = passbook::enroll::Fresh { repairs: Some(old.clone()), ..desk.fresh(0) };
        let kept = desk.keep(desk.look(fresh).await.unwrap()).await;
        assert_eq!((kept.open, kept.retired), (3, None));
        let accounts: Vec<AccountId> = desk.world.bank.account_ids().into_iter().take(3).collect();
        let anew = Anew { desk, old, new: kept.enrollment, accounts };
        anew.desk.sync().await;
        for place in 0..3 {
            anew.merge(place).await;
        }
        assert_eq!(anew.goes_on().await, AWAY);
        assert!(anew.undo().await);
    }
}
