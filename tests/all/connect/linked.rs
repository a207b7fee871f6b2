//! From the page to the accounts in the database: linked, mended, doubted, given up.

use std::sync::{Arc, Mutex};

use passbook::clock::Clock;
use passbook::connect::SigningKey;
use passbook::demo::{Fault, Match, Reply, Times};
use passbook::domain::linking::{Doubt, LinkedBank, Linking};
use passbook::linking::{Link, LinkError, Person, link};
use passbook::store::Store;
use passbook::teller::{Client, ClientOptions};
use passbook::vault::{Key, Vault, VaultOptions};
use tokio::task::JoinHandle;

use super::browser::{Browser, Colours, start};
use super::*;
use crate::support;

/// Says the same to every doubt, and remembers all.
#[derive(Clone, Default)]
struct Witness {
    agrees: bool,
    address: Arc<Mutex<Option<String>>>,
    doubts: Arc<Mutex<Vec<Doubt>>>,
}

impl Person for Witness {
    fn told(&mut self, linking: Linking) {
        if let Linking::Waiting(place) = linking {
            *self.address.lock().unwrap() = Some(place.address);
        }
    }

    async fn agrees(&mut self, doubt: Doubt) -> bool {
        self.doubts.lock().unwrap().push(doubt);
        self.agrees
    }
}

struct Stage {
    bank: Bank,
    store: Store,
    vault: Vault,
    browser: Arc<Browser>,
    _at: support::TestDatabase,
}

impl Stage {
    async fn new() -> Option<Self> {
        Some(Self::of(Arc::new(start(Colours::Light).await?), support::sqlite()).await)
    }

    /// One on each engine, with one browser: it is what takes time to start. None without a browser.
    async fn each() -> Vec<Self> {
        let mut stages = Vec::new();
        let Some(browser) = start(Colours::Light).await.map(Arc::new) else { return stages };
        for at in support::databases().await {
            stages.push(Self::of(browser.clone(), at).await);
        }
        stages
    }

    async fn of(browser: Arc<Browser>, at: support::TestDatabase) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let support::TestStore { store, at } = at.open().await;
        let given = vec![Key::new_random()];
        let vault = Vault::new(VaultOptions { given, use_keyring: false, file: None });
        Self { bank: bank().await, store, vault, browser, _at: at }
    }

    fn link(&self, attempt: Attempt) -> Link {
        let base_url = self.bank.url().parse().unwrap();
        let client = Client::new(ClientOptions { base_url, ..ClientOptions::default() }).unwrap();
        Link {
            store: self.store.clone(),
            vault: self.vault.clone(),
            client,
            attempt,
            key: None,
            open_browser: false,
        }
    }

    /// Signs in on the page of this link, and returns what came of it.
    async fn run(
        &self,
        link_: Link,
        witness: &Witness,
        bank: Option<&str>,
    ) -> Result<LinkedBank, LinkError> {
        let mut person = witness.clone();
        *witness.address.lock().unwrap() = None;
        let linking: JoinHandle<_> = tokio::spawn(async move { link(link_, &mut person).await });
        let address = loop {
            if let Some(address) = witness.address.lock().unwrap().clone() {
                break address;
            }
            tokio::task::yield_now().await;
        };
        self.browser.open(&address).await;
        self.browser.sign_in(bank, "username").await;
        tokio::time::timeout(PATIENCE, linking).await.unwrap().unwrap()
    }

    async fn tokens(&self) -> usize {
        self.store.load_sealed_tokens().await.unwrap().len()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_is_linked_and_its_token_is_sealed() {
    for stage in Stage::each().await {
        let witness = Witness::default();
        let key = SigningKey::parse("A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=").unwrap();
        let link = Link { key: Some(key), ..stage.link(attempt(&stage.bank.connect_script())) };
        let linked = stage.run(link, &witness, Some("security_cu")).await.unwrap();
        assert_eq!(linked.institution, "Security Credit Union");
        let names: Vec<&str> = linked.accounts.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["Pocket Checking", "Holiday Savings"]);
        assert!(!linked.known);
        stage
            .browser
            .shows("#status.done", "Security Credit Union is connected, with 2 accounts.")
            .await;
        assert_eq!(stage.tokens().await, 1);
        assert_eq!(stage.store.load_accounts().await.unwrap().len(), 2);
        let signed = stage.store.load_setting("connect.signed_over").await.unwrap();
        assert_eq!(signed.as_deref(), Some("digest"));
        assert_eq!(*witness.doubts.lock().unwrap(), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_signed_is_kept_only_if_the_user_says_so() {
    let Some(stage) = Stage::new().await else { return };
    let other = SigningKey::parse(&"07".repeat(32)).unwrap();
    let link = || Link { key: Some(other), ..stage.link(attempt(&stage.bank.connect_script())) };
    let no = Witness::default();
    let refused = stage.run(link(), &no, Some("security_cu")).await;
    assert!(matches!(refused, Err(LinkError::Unsigned)), "{refused:?}");
    stage.browser.shows("#trouble", "not signed with your Teller signing key").await;
    assert_eq!((stage.tokens().await, no.doubts.lock().unwrap().len()), (0, 1));
    let yes = Witness { agrees: true, ..Witness::default() };
    stage.run(link(), &yes, Some("security_cu")).await.unwrap();
    assert_eq!(stage.tokens().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_keeps_the_enrollment_whether_the_token_is_new_or_not() {
    for stage in Stage::each().await {
        let witness = Witness::default();
        let first = stage.link(attempt(&stage.bank.connect_script()));
        let first = stage.run(first, &witness, Some("harbor_cu")).await.unwrap();
        let again = stage.run(stage.link(repair(&stage.bank)), &witness, None).await.unwrap();
        assert_eq!((&again.enrollment, again.known), (&first.enrollment, true));
        stage.bank.renew_token(0);
        let renewed = stage.run(stage.link(repair(&stage.bank)), &witness, None).await.unwrap();
        assert_eq!(renewed.enrollment, first.enrollment);
        assert_eq!(stage.store.load_accounts().await.unwrap().len(), 3);
        let sealed = stage.store.load_sealed_tokens().await.unwrap();
        let keys = stage.vault.look().await;
        let opened = keys.open(&sealed[0].sealed, &sealed[0].id, &sealed[0].environment).unwrap();
        assert_eq!(opened, stage.bank.tokens()[0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_that_changes_the_ids_moves_nothing_silently() {
    for stage in Stage::each().await {
        let witness = Witness::default();
        let first = stage.link(attempt(&stage.bank.connect_script()));
        stage.run(first, &witness, Some("harbor_cu")).await.unwrap();
        let before = repair(&stage.bank);
        stage.bank.enroll_again(0);
        let changed = stage.run(stage.link(before), &witness, None).await.unwrap();
        assert!(changed.known, "it is the same bank, mended");
        // Nothing was synced yet, so no row proves which is which: each waits for an answer.
        assert_eq!(changed.open, 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_under_new_ids_are_asked_about_one_by_one() {
    for stage in Stage::each().await {
        let first = stage.link(attempt(&stage.bank.connect_script()));
        stage.run(first, &Witness::default(), Some("harbor_cu")).await.unwrap();
        let before = repair(&stage.bank);
        stage.bank.enroll_again(0);
        let yes = Witness { agrees: true, ..Witness::default() };
        let changed = stage.run(stage.link(before), &yes, None).await.unwrap();
        assert_eq!(changed.open, 0, "each has its answer");
        let doubts = yes.doubts.lock().unwrap();
        assert_eq!(doubts.len(), 3);
        assert!(doubts.iter().all(|doubt| match doubt {
            Doubt::SameAccount { listed, known, .. } => listed == known,
            _ => false,
        }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_cannot_be_asked_may_be_asked_again() {
    let Some(stage) = Stage::new().await else { return };
    let out = Fault::Answer(Reply::error(403, "forbidden", "no"));
    let fault = stage.bank.faults().add(Match::path("/accounts"), out, Times::Always);
    let witness = Witness::default();
    let link = || stage.link(attempt(&stage.bank.connect_script()));
    let refused = stage.run(link(), &witness, Some("security_cu")).await;
    assert!(matches!(refused, Err(LinkError::NotKept(_))), "{refused:?}");
    stage.browser.shows("#trouble", "Teller refused the access token").await;
    assert_eq!(*witness.doubts.lock().unwrap(), [], "a refusal is no outage");
    stage.bank.faults().remove(fault);

    let odd = Fault::Answer(Reply::new(200, "text/html", "<h1>portal</h1>"));
    stage.bank.faults().add(Match::path("/accounts"), odd, Times::Next(5));
    let patient = Witness { agrees: true, ..Witness::default() };
    stage.run(link(), &patient, Some("security_cu")).await.unwrap();
    let doubts = patient.doubts.lock().unwrap();
    assert!(matches!(&doubts[..], [Doubt::NotAsked(_), ..]), "{doubts:?}");
}

#[tokio::test]
async fn nobody_comes_and_the_page_expires() {
    let at = support::sqlite();
    let support::TestStore { store, at: _at } = at.open().await;
    drop(rustls::crypto::ring::default_provider().install_default());
    let clock = Clock::default();
    let attempt = Attempt { clock: clock.clone(), ..attempt("http://127.0.0.1:9/connect.js") };
    let base_url = "http://127.0.0.1:9".parse().unwrap();
    let client = Client::new(ClientOptions { base_url, ..ClientOptions::default() }).unwrap();
    let vault =
        Vault::new(VaultOptions { given: vec![Key::new_random()], use_keyring: false, file: None });
    let link_ = Link { store, vault, client, attempt, key: None, open_browser: false };
    let mut witness = Witness::default();
    let linking = link(link_, &mut witness);
    let (ended, ()) = tokio::join!(linking, async { clock.advance(connect::LIFE) });
    assert!(matches!(ended, Err(LinkError::Expired)), "{ended:?}");
}
