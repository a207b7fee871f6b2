//! Accounts, balances, owners and institutions as no documentation promises them.

use passbook::domain::{Account, AccountId, AccountKind, AccountStatus, Balance, Currency, Money};
use passbook::secret::Secret;
use passbook::teller::{AccountList, wire};

use super::{account, card, checking};

const GOOD: &str = r#"{"id":"acc_9","enrollment_id":"enr_1","name":"Savings","type":"depository",
    "subtype":"savings","currency":"USD","last_four":"0417","status":"open",
    "institution":{"id":"cu","name":"Credit Union"},"links":{"balances":"b","transactions":"t"}}"#;

fn read(body: &str) -> AccountList {
    wire::read_accounts(body.as_bytes()).unwrap()
}

fn accepted(account: &str) -> Account {
    let list = read(&format!("[{account}]"));
    assert_eq!(list.rejected, [], "{account}");
    assert_eq!(list.accounts[0].1, account);
    list.accounts.into_iter().next().unwrap().0
}

#[test]
fn an_account_may_lack_all_but_its_ids() {
    let bare = accepted(r#"{"id":"acc_1","enrollment_id":"enr_1"}"#);
    assert_eq!(bare.kind, AccountKind::Other("unknown".to_owned()));
    assert_eq!(bare.status, AccountStatus::Other("unknown".to_owned()));
    assert_eq!((bare.currency, bare.name.as_str()), (Currency::NONE, ""));
    assert_eq!(
        (bare.institution.id.as_str(), bare.institution.name.as_str()),
        ("unknown", "unknown")
    );
    assert_eq!((bare.subtype, bare.last_four), (None, None));
    let nulls = r#"{"id":"acc_1","enrollment_id":"enr_1","name":null,"type":null,"subtype":null,
        "currency":null,"last_four":null,"status":null,"institution":null,"links":null}"#;
    assert_eq!(accepted(nulls), accepted(r#"{"id":"acc_1","enrollment_id":"enr_1"}"#));
}

#[test]
fn zeros_of_the_last_four_and_unknown_words_are_kept() {
    let odd = accepted(
        r#"{"id":"a","enrollment_id":"e","type":"loan","subtype":"boat","status":"dormant",
            "last_four":"0007","currency":"eur","name":"","institution":{"id":"cu","name":" "}}"#,
    );
    assert_eq!((odd.kind.as_str(), odd.subtype.as_deref()), ("loan", Some("boat")));
    assert_eq!((odd.status.as_str(), odd.last_four.as_deref()), ("dormant", Some("0007")));
    assert_eq!((odd.currency.code(), odd.institution.name.as_str()), ("EUR", "cu"));
    for currency in ["dollars", "", "$", "USDT"] {
        let account = format!(r#"{{"id":"a","enrollment_id":"e","currency":"{currency}"}}"#);
        assert_eq!(accepted(&account).currency, Currency::NONE, "{currency}");
    }
}

#[test]
fn links_say_what_may_be_asked_and_their_absence_says_nothing() {
    let offers = |links: &str| {
        let account = format!(r#"{{"id":"a","enrollment_id":"e"{links}}}"#);
        let account = accepted(&account);
        (account.has_balances, account.has_transactions)
    };
    assert_eq!(offers(r#","links":{"balances":"b"}"#), (true, false));
    assert_eq!(offers(r#","links":{"transactions":"t","balances":null}"#), (false, true));
    assert_eq!(offers(r#","links":{}"#), (false, false));
    assert_eq!(offers(r#","links":null"#), (true, true));
    assert_eq!(offers(""), (true, true));
}

#[test]
fn an_unreadable_account_never_spoils_the_list() {
    for (bad, id) in [
        (r#"{"enrollment_id":"enr_1"}"#, None),
        (r#"{"id":null,"enrollment_id":"enr_1"}"#, None),
        (r#"{"id":7,"enrollment_id":"enr_1"}"#, None),
        (r#"{"id":"acc_2"}"#, Some("acc_2")),
        (r#"{"id":"acc_2","enrollment_id":"enr_1","name":7}"#, Some("acc_2")),
        (r#"{"id":"acc_2","enrollment_id":"enr_1","institution":"cu"}"#, Some("acc_2")),
        (r#"{"id":"acc_2","enrollment_id":"enr_1","type":"a","type":"b"}"#, Some("acc_2")),
        ("null", None),
        ("[]", None),
    ] {
        let list = read(&format!("[{bad},{GOOD}]"));
        assert_eq!((list.length, list.accounts.len(), list.rejected.len()), (2, 1, 1), "{bad}");
        assert_eq!(list.rejected[0].id.as_ref().map(AccountId::as_str), id, "{bad}");
        assert_eq!(list.rejected[0].raw, bad);
    }
}

#[test]
fn an_account_listed_twice_counts_once() {
    let list = read(&format!("[{GOOD},{GOOD}]"));
    assert_eq!((list.length, list.accounts.len()), (2, 1));
    assert_eq!(list.rejected[0].reason, "it is listed twice");
}

#[test]
fn a_debt_is_negative_and_what_is_unknown_is_not_zero() {
    let usd = |minor| Some(Money::new(minor, Currency::USD));
    let both = r#"{"account_id":"acc_1","ledger":"612.50","available":"4364.50"}"#;
    let one = r#"{"ledger":null,"available":150}"#;
    for (body, account, ledger, available) in [
        (both, checking(), usd(61_250), usd(436_450)),
        (both, card(), usd(-61_250), usd(436_450)),
        (both, account("loan".into()), usd(61_250), usd(436_450)),
        (one, card(), None, usd(15_000)),
        ("{}", checking(), None, None),
        (r#"{"ledger":"-20.00"}"#, card(), usd(2_000), None),
    ] {
        let (balance, raw) = wire::read_balances(body.as_bytes(), &account).unwrap();
        assert_eq!(balance, Balance { ledger, available }, "{body} {}", account.kind);
        assert_eq!(raw, body);
    }
    for body in ["[]", "null", "", r#"{"ledger":"1e5"}"#, r#"{"ledger":true}"#] {
        wire::read_balances(body.as_bytes(), &checking()).unwrap_err();
    }
}

#[test]
fn account_numbers_are_secrets() {
    let body = br#"{"account_id":"acc_1","account_number":"000123450417",
        "routing_numbers":{"ach":"110000000","wire":null}}"#;
    let details = wire::read_details(body, &checking()).unwrap();
    assert_eq!(details.account_number.expose(), "000123450417");
    assert_eq!(details.ach.as_ref().map(Secret::expose), Some("110000000"));
    assert_eq!((details.wire.as_ref(), details.bacs.as_ref()), (None, None));
    let shown = format!("{details:?}");
    assert!(!shown.contains("0417") && !shown.contains("1100"), "{shown}");
}

#[test]
fn owners_are_read_and_a_bad_element_costs_itself() {
    let body = format!(
        r#"[{{"account":{GOOD},"owners":[{{"type":"person","names":[{{"type":"name","data":"ROBIN"}}],
            "addresses":[{{"primary":true,"data":{{"street":"12 LANE","city":"TOWN","region":null,
            "postal_code":"62701","country":"US"}}}}],"phone_numbers":[{{"data":"217"}}],
            "emails":[]}}, {{}}]}}, {{"owners":[]}}, {{"account":{GOOD},"owners":[7]}}]"#
    );
    let list = wire::read_identity(body.as_bytes()).unwrap();
    assert_eq!((list.items.len(), list.rejected.len()), (1, 2));
    let owner = &list.items[0].owners[0];
    assert_eq!((owner.kind.as_str(), owner.names[0].as_str()), ("person", "ROBIN"));
    assert_eq!(owner.addresses[0], ["12 LANE", "TOWN", "62701", "US"]);
    assert_eq!((owner.phone_numbers.len(), owner.emails.len()), (1, 0));
    assert_eq!(list.items[0].owners[1].kind, "unknown");
}

#[test]
fn institutions_are_read_with_their_products() {
    let body = br#"[{"id":"cu","name":"Credit Union","products":["balance",7,"identity"]},
        {"id":"old","capabilities":["detail"]},{"name":"Nameless"}]"#;
    let list = wire::read_institutions(body).unwrap();
    assert_eq!(list.items[0].products, ["balance", "identity"]);
    assert_eq!(list.items[1].institution.name, "old");
    assert_eq!((list.items.len(), list.rejected.len()), (2, 1));
}
