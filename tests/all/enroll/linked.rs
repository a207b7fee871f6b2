//! A token that is found good is kept sealed; one that is not changes nothing.

use passbook::enroll::{EnrollError, Fresh, Kind};
use passbook::secret::Secret;
use passbook::teller;

use super::{desks, vault_at};

#[tokio::test]
async fn a_new_enrollment_is_kept_sealed_with_its_accounts() {
    for desk in desks().await {
        let found = desk.look(desk.fresh(0)).await.unwrap();
        assert_eq!((&found.kind, found.beside.len()), (&Kind::New, 0));
        assert_eq!(found.accounts().count(), 3);
        assert!(desk.world.store().load_enrollments().await.unwrap().is_empty(), "only looked");

        let kept = desk.keep(found).await;
        assert!(kept.key.made && kept.accounts.len() == 3 && kept.open == 0);
        let sealed = desk.world.store().load_sealed_tokens().await.unwrap();
        let [sealed] = sealed.as_slice() else { panic!("one, not {sealed:?}") };
        let token = desk.token(0);
        assert!(!sealed.sealed.text.contains(token.expose()) && sealed.is_of(&token));
        let opened = desk.vault.open(&sealed.sealed, &sealed.id, &sealed.environment).await;
        assert_eq!(opened.unwrap(), token);
    }
}

#[tokio::test]
async fn another_computer_opens_it_with_the_same_key_only() {
    for desk in desks().await {
        desk.link(0).await;
        let sealed = desk.world.store().load_sealed_tokens().await.unwrap().remove(0);
        let elsewhere = tempfile::tempdir().unwrap();
        let there = vault_at(&elsewhere.path().join("key"));
        let opened = there.open(&sealed.sealed, &sealed.id, "sandbox").await;
        let message = opened.unwrap_err().to_string();
        assert!(message.contains("PASSBOOK_KEY") && message.contains("key show"), "{message}");
        std::fs::copy(desk.home.path().join("key"), elsewhere.path().join("key")).unwrap();
        assert!(there.open(&sealed.sealed, &sealed.id, "sandbox").await.is_ok());
    }
}

#[tokio::test]
async fn a_token_that_is_refused_overwrites_nothing() {
    for desk in desks().await {
        let kept = desk.link(0).await;
        let before = desk.world.store().load_sealed_tokens().await.unwrap().remove(0);
        for text in ["token_nobody_knows", "test_token_of_yesterday"] {
            let fresh = Fresh {
                repairs: Some(kept.enrollment.clone()),
                ..Fresh::read(text, "sandbox").unwrap()
            };
            let error = desk.look(fresh).await.unwrap_err();
            assert!(matches!(&error, EnrollError::Bank(teller::Error::TokenRefused { .. })));
            assert!(!error.to_string().contains(text));
        }
        let after = desk.world.store().load_sealed_tokens().await.unwrap().remove(0);
        assert_eq!(before.sealed, after.sealed);
    }
}

#[test]
fn an_application_id_is_explained_and_nonsense_refused() {
    let error = Fresh::read("app_pa7q2k4m9xv3t8b1a0000", "sandbox").unwrap_err().to_string();
    assert!(error.contains("application id") && error.contains("token_"), "{error}");
    for text in ["", "  ", "two words", "tökén", "token:x"] {
        assert!(matches!(Fresh::read(text, "sandbox"), Err(EnrollError::NoToken)), "{text}");
    }
    let fresh = Fresh::read(" token_a\n", "sandbox").unwrap();
    assert_eq!(fresh.token, Secret::new("token_a"));
    assert!(!format!("{fresh:?}").contains("token_a"));
}

#[tokio::test]
async fn the_same_token_again_is_the_same_enrollment() {
    for desk in desks().await {
        let first = desk.link(0).await;
        let found = desk.look(desk.fresh(0)).await.unwrap();
        assert_eq!(found.kind, Kind::Known);
        assert!(found.matches.is_empty(), "its accounts are known");
        let again = desk.keep(found).await;
        assert!(!again.key.made && again.enrollment == first.enrollment);
        assert_eq!(desk.world.store().load_sealed_tokens().await.unwrap().len(), 1);
    }
}
