//! What tests do to the bank's own books.

use chrono::Days;
use passbook::demo::{Alteration, Edit, NewRow, TruthRow};
use passbook::domain::{AccountId, Status, TransactionId};

use super::{Desk, cents, ids, refusal, text, today, truth_ids};

fn posted(rows: &[TruthRow]) -> Vec<&TruthRow> {
    rows.iter().filter(|row| row.status == Status::Posted).collect()
}

/// The ledger is where the running balances end, whatever was edited.
fn assert_consistent(desk: &Desk, account: &AccountId) {
    let rows = desk.bank.truth(account);
    let newest = posted(&rows)[0].running_balance.clone();
    assert_eq!(newest.unwrap(), desk.bank.balance(account).ledger);
}

#[tokio::test]
async fn a_withdrawn_row_is_gone_and_comes_back_when_restored() {
    let desk = Desk::open().await;
    let account = desk.everyday();
    let before = desk.bank.truth(&account);
    let row = posted(&before)[3].clone();
    let ledger = cents(&desk.bank.balance(&account).ledger);
    desk.bank.edit(&account, Edit::Withdraw(row.id.clone()));
    assert!(!ids(&desk.walk(&account, 100).await).contains(&row.id.0));
    let path = format!("/accounts/{account}/transactions/{}", row.id);
    assert_eq!(desk.refusal(&path).await, (404, "not_found".into()));
    assert_eq!(cents(&desk.bank.balance(&account).ledger), ledger - cents(&row.amount));
    assert_consistent(&desk, &account);
    desk.bank.edit(&account, Edit::Restore(row.id));
    assert_eq!(desk.bank.truth(&account), before);
}

#[tokio::test]
async fn a_back_dated_row_appears_on_top_of_its_day() {
    let desk = Desk::open().await;
    let account = desk.everyday();
    let date = today() - Days::new(60);
    let row = NewRow {
        id: "txn_late".into(),
        date,
        amount: -4_200,
        description: "FORGOTTEN BILL".into(),
        status: Status::Posted,
    };
    desk.bank.edit(&account, Edit::Insert(row));
    let day = desk.list(&account, &format!("start_date={date}&end_date={date}")).await;
    let first = day.iter().find(|row| text(row, "/status") == "posted").unwrap();
    assert_eq!((text(first, "/id"), text(first, "/amount")), ("txn_late".into(), "-42.00".into()));
    assert_consistent(&desk, &account);
    desk.bank.advance(5);
    assert!(truth_ids(&desk.bank.truth(&account)).contains(&"txn_late".to_owned()));
}

#[tokio::test]
async fn a_posted_row_can_be_rewritten() {
    let desk = Desk::open().await;
    let account = desk.everyday();
    let row = posted(&desk.bank.truth(&account))[0].clone();
    let alteration = Alteration {
        amount: Some(-99),
        description: Some("CORRECTED".into()),
        date: Some(row.date - Days::new(1)),
        ..Alteration::default()
    };
    desk.bank.edit(&account, Edit::Alter(row.id.clone(), alteration));
    let one = desk.json(&format!("/accounts/{account}/transactions/{}", row.id)).await;
    assert_eq!(text(&one, "/amount"), "-0.99");
    assert_eq!(text(&one, "/description"), "CORRECTED");
    assert_eq!(text(&one, "/date"), (row.date - Days::new(1)).to_string());
    assert_consistent(&desk, &account);
}

#[tokio::test]
async fn reissued_ids_are_all_new_and_stay() {
    let desk = Desk::open().await;
    let account = desk.everyday();
    let before = desk.bank.truth(&account);
    desk.bank.edit(&account, Edit::ReissueIds);
    let after = desk.bank.truth(&account);
    assert!(before.iter().zip(&after).all(|(old, new)| old.id != new.id));
    let anonymous = |rows: &[TruthRow]| {
        let blank = |row: &TruthRow| TruthRow { id: TransactionId::default(), ..row.clone() };
        rows.iter().map(blank).collect::<Vec<_>>()
    };
    assert_eq!(anonymous(&before), anonymous(&after));
    let oldest = after.last().unwrap().id.clone();
    desk.bank.advance(3);
    assert_eq!(desk.bank.truth(&account).last().unwrap().id, oldest);
}

/// A charge that settles as a new row is listed twice for a while: neither may get the other's id.
#[tokio::test]
async fn a_reissued_id_is_none_that_was_ever_in_use() {
    for days in 0..40 {
        let desk = Desk::open().await;
        let account = desk.everyday();
        desk.bank.advance(days);
        let before = truth_ids(&desk.bank.truth(&account));
        desk.bank.edit(&account, Edit::ReissueIds);
        let after = truth_ids(&desk.bank.truth(&account));
        let again: Vec<_> = after.iter().filter(|id| before.contains(id)).collect();
        assert!(again.is_empty(), "{again:?} after {days} days");
    }
}

#[tokio::test]
async fn a_reissued_account_is_found_under_its_new_id_only() {
    let desk = Desk::open().await;
    let old = desk.everyday();
    let truth = desk.bank.truth(&old);
    desk.bank.edit(&old, Edit::ReissueAccount);
    let new = desk.everyday();
    assert_ne!(old, new);
    assert_eq!(desk.refusal(&format!("/accounts/{old}")).await, (404, "not_found".into()));
    assert_eq!(desk.bank.truth(&new), truth);
    assert_eq!(text(&desk.json("/accounts").await, "/0/id"), new.0);
    assert_eq!(text(&desk.list(&new, "count=1").await[0], "/account_id"), new.0);
}

#[tokio::test]
async fn a_second_enrollment_has_new_ids_for_the_same_money() {
    let desk = Desk::open().await;
    let (old, token) = (desk.everyday(), desk.bank.tokens()[0].clone());
    let truth = desk.bank.truth(&old);
    let other_bank = desk.bank.account_ids()[3].clone();
    desk.bank.enroll_again(0);
    let request = desk.client.get(format!("{}/accounts", desk.bank.url()));
    let refused = refusal(request.basic_auth(token.expose(), Some(""))).await;
    assert_eq!(refused, (403, "forbidden".into()));
    let accounts = desk.json("/accounts").await;
    assert_eq!(text(&accounts, "/0/enrollment_id"), desk.bank.enrollment_ids()[0].0);
    assert_eq!(text(&accounts, "/0/last_four"), "4821");
    assert_ne!(text(&accounts, "/0/id"), old.0);
    assert_eq!(desk.bank.truth(&desk.everyday()), truth);
    assert_eq!(desk.bank.account_ids()[3], other_bank);
}

#[tokio::test]
async fn a_closed_account_is_listed_as_closed_and_answers_410() {
    let desk = Desk::open().await;
    let account = desk.everyday();
    desk.bank.edit(&account, Edit::Close { reason: "charged_off".into() });
    assert_eq!(text(&desk.json("/accounts").await, "/0/status"), "closed");
    for below in ["", "/balances", "/transactions"] {
        let refused = desk.refusal(&format!("/accounts/{account}{below}")).await;
        assert_eq!(refused, (410, "account.closed.charged_off".into()));
    }
    assert_eq!(desk.list(&desk.card(), "count=1").await.len(), 1);
}

#[tokio::test]
#[should_panic(expected = "no row txn_unknown")]
async fn an_edit_that_edits_nothing_is_a_mistake_of_the_test() {
    let desk = Desk::open().await;
    desk.bank.edit(&desk.everyday(), Edit::Withdraw("txn_unknown".into()));
}
