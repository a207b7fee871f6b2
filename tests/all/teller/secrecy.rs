//! No token, id or bank text leaves through an error, an observation or a `Debug`.

use std::fmt::Write as _;
use std::time::Duration;

use passbook::domain::AccountId;
use passbook::teller::PageQuery;

use super::bank::{Answer, Bank, observed};
use super::{TOKEN, checking, token};

const ACCOUNT: &str = "acc_planted_account";
const ROW: &str = "txn_planted_row";
const TEXT: &str = "PLANTED TEXT";

fn answers() -> Vec<Answer> {
    let planted = |status, code: &str| {
        let body = format!(
            r#"{{"error":{{"code":"{code}","message":"{TEXT} {TOKEN} {ACCOUNT} \u001b[31m"}}}}"#
        );
        Answer::status(status, "", &body)
    };
    let whole = Answer::json(&format!(r#"[{{"id":"{ROW}","description":"{TEXT}"}}]"#));
    let mut answers = vec![
        planted(400, "bad_request"),
        planted(401, TEXT),
        planted(404, TEXT),
        planted(404, "enrollment.disconnected.user_action.mfa_required"),
        planted(410, "account.closed"),
        planted(422, "\\u001b]0;x"),
        planted(429, "x"),
        planted(502, "x"),
        Answer::status(302, &format!("location: /{TOKEN}\r\n"), ""),
        Answer::status(200, "content-type: text/html\r\n", TEXT),
        Answer::json(&format!(r#"{{"{TEXT}":"{ROW}"}}"#)),
        Answer::json(&format!(r#"["{TEXT}""#)),
        Answer::raw(format!("{TEXT}\r\n\r\n")),
        Answer::raw("").reset(),
        Answer::raw("").stall(),
    ];
    answers.push(whole.clone().cut(whole.len() - 3));
    answers.push(whole);
    answers
}

#[tokio::test]
async fn planted_secrets_never_come_out() {
    let mut shown = String::new();
    for answer in answers() {
        let bank = Bank::saying(answer).await;
        let limited = bank.client_with(|pacing| {
            pacing.idle = Duration::from_millis(50);
            pacing.tries = 2;
        });
        let (client, seen) = observed(&limited);
        let mut account = checking();
        account.id = ACCOUNT.into();
        let query = PageQuery { from_id: Some(ROW.into()), ..PageQuery::default() };
        let failures = [
            client.list_transactions(&token(), &account, &query).await.err(),
            client.get_transaction(&token(), &account, &ROW.into()).await.err(),
            client.get_balances(&token(), &account).await.err(),
            client.get_account(&token(), &AccountId::from(ACCOUNT)).await.err(),
            client.get_details(&token(), &account).await.err(),
            client.list_accounts(&token()).await.err(),
            client.delete_account(&token(), &account.id).await.err(),
        ];
        for error in failures.into_iter().flatten() {
            writeln!(shown, "{error} {error:?} {}", error.code()).unwrap();
        }
        writeln!(shown, "{client:?} {:?}", seen.lock().unwrap()).unwrap();
        assert!(bank.requests() >= 7);
    }
    for secret in [TOKEN, "dGVzdF90b2tlbl9wbGFudGVk", ACCOUNT, ROW, TEXT, "\u{1b}", "u{1b}"] {
        assert!(!shown.contains(secret), "{secret} in\n{shown}");
    }
    assert!(shown.contains("/accounts/…ount/transactions/…_row"), "{shown}");
}
