//! Which key is in use, how one comes to be, and that a change of keys loses nothing.

use std::path::Path;

use super::*;

fn id() -> EnrollmentId {
    EnrollmentId("enr_a".to_owned())
}

fn vault(given: &[&Key], file: Option<&Path>) -> Vault {
    let given = given.iter().map(|key| (*key).clone()).collect();
    let options = VaultOptions { given, use_keyring: false, file: file.map(Path::to_owned) };
    Vault::with(options, Keyring::unused())
}

fn token() -> Secret {
    Secret::new("token_hidden")
}

#[tokio::test]
async fn the_first_token_makes_a_key_and_it_is_told_where() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("key");
    let first = vault(&[], Some(&path));
    assert!(first.look().await.in_use().is_none(), "looking makes nothing");

    let (sealed, in_use) = first.seal(&token(), &id(), "sandbox").await.unwrap();
    assert_eq!(in_use.place, Place::File(path.clone()));
    assert!(in_use.made && in_use.keyring_absent.is_some());

    let second = vault(&[], Some(&path));
    assert_eq!(second.open(&sealed, &id(), "sandbox").await, Ok(token()));
    let (_, again) = second.seal(&token(), &id(), "sandbox").await.unwrap();
    assert!(!again.made && again.digest == in_use.digest);
}

#[tokio::test]
async fn what_is_given_wins_and_a_key_of_another_place_opens_all_the_same() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("key");
    let (sealed, _) = vault(&[], Some(&path)).seal(&token(), &id(), "sandbox").await.unwrap();
    let given = Key::new_random();
    let both = vault(&[&given], Some(&path));
    assert_eq!(both.open(&sealed, &id(), "sandbox").await, Ok(token()));
    let (other, in_use) = both.seal(&token(), &id(), "sandbox").await.unwrap();
    assert_eq!((in_use.place, &in_use.digest), (Place::Given, &given.digest()));
    assert_ne!(other.key_digest, sealed.key_digest);
}

#[tokio::test]
async fn without_the_key_it_is_told_which_one_is_missing() {
    let key = Key::new_random();
    let (sealed, _) = vault(&[&key], None).seal(&token(), &id(), "sandbox").await.unwrap();
    let error = vault(&[], None).open(&sealed, &id(), "sandbox").await.unwrap_err();
    assert_eq!(error, VaultError::NoKey { digest: key.digest() });
    let error = vault(&[], None).seal(&token(), &id(), "sandbox").await.unwrap_err();
    assert!(matches!(&error, VaultError::Nowhere { .. }), "{error}");
}

#[tokio::test]
async fn after_a_change_of_keys_both_open_until_the_old_one_is_forgotten() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("key");
    let vault = vault(&[], Some(&path));
    let (old, _) = vault.seal(&token(), &id(), "sandbox").await.unwrap();
    vault.renew().await.unwrap();
    let (new, _) = vault.seal(&token(), &id(), "sandbox").await.unwrap();
    assert_ne!(old.key_digest, new.key_digest);
    for sealed in [&old, &new] {
        assert_eq!(vault.open(sealed, &id(), "sandbox").await, Ok(token()));
    }
    assert_eq!(vault.forget_older().await, Ok(1));
    assert_eq!(vault.open(&new, &id(), "sandbox").await, Ok(token()));
    assert!(vault.open(&old, &id(), "sandbox").await.is_err());
}

#[tokio::test]
async fn a_given_key_is_changed_by_the_user_alone() {
    let [new, old] = [Key::new_random(), Key::new_random()];
    assert_eq!(vault(&[&old], None).renew().await.unwrap_err(), VaultError::Given);
    let keys = vault(&[&new, &old], None).renew().await.unwrap();
    assert_eq!(keys.in_use(), Some((&Place::Given, &new)));
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_others_may_read_is_not_replaced_by_a_new_key() {
    use std::os::unix::fs::PermissionsExt as _;
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("key");
    vault(&[], Some(&path)).seal(&token(), &id(), "sandbox").await.unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let error = vault(&[], Some(&path)).seal(&token(), &id(), "sandbox").await.unwrap_err();
    assert_eq!(error, VaultError::File(FileError::Open(path)));
}

#[tokio::test]
async fn of_two_that_make_the_first_key_at_once_both_use_the_same() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("key");
    let [one, two] = [(); 2].map(|()| vault(&[], Some(&path)));
    let (id, token) = (id(), token());
    let (one, two) =
        tokio::join!(one.seal(&token, &id, "sandbox"), two.seal(&token, &id, "sandbox"));
    assert_eq!(one.unwrap().1.digest, two.unwrap().1.digest);
}
