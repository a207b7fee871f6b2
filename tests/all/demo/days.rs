//! How a household's days go by at this bank.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use passbook::demo::{Bank, BankOptions, TruthRow};
use passbook::domain::{AccountId, Status};

use super::{cents, today};

type Listing = BTreeMap<String, TruthRow>;

async fn bank(seed: u64) -> Bank {
    Bank::start(BankOptions::two_years(seed, today())).await.unwrap()
}

fn listing(bank: &Bank, account: &AccountId) -> Listing {
    let rows = bank.truth(account);
    let count = rows.len();
    let listing: Listing = rows.into_iter().map(|row| (row.id.0.clone(), row)).collect();
    assert_eq!(listing.len(), count, "an id is listed once");
    listing
}

fn is_card(bank: &Bank, account: &AccountId) -> bool {
    [2, 4].iter().any(|index| bank.account_ids()[*index] == *account)
}

fn sum<'a>(rows: impl IntoIterator<Item = &'a TruthRow>) -> i64 {
    rows.into_iter().map(|row| cents(&row.amount)).sum()
}

/// What one step from day to day did to one account's list.
#[derive(Default)]
struct Seen {
    settled: usize,
    amounts_changed: usize,
    texts_changed: usize,
    gone: usize,
    new_posted: usize,
    enriched: usize,
}

impl Seen {
    fn compare(&mut self, before: &Listing, after: &Listing, day: NaiveDate) {
        for (id, old) in before {
            let Some(new) = after.get(id) else {
                assert_eq!(old.status, Status::Pending, "a posted row stays: {old:?}");
                self.gone += 1;
                continue;
            };
            self.enriched +=
                usize::from(old.processing_status == "pending" && new.category.is_some());
            if old.status == Status::Pending && new.status == Status::Posted {
                assert_eq!(new.date, day, "settling moves a row to the posting date");
                self.settled += 1;
                self.amounts_changed += usize::from(old.amount != new.amount);
                self.texts_changed += usize::from(old.description != new.description);
            } else {
                let facts = |row: &TruthRow| {
                    (row.status.clone(), row.date, row.amount.clone(), row.running_balance.clone())
                };
                assert_eq!(facts(old), facts(new), "nothing else changes");
            }
        }
        for (id, row) in after.iter().filter(|(id, _)| !before.contains_key(*id)) {
            assert_eq!(row.date, day, "{id} is new today");
            self.new_posted += usize::from(row.status == Status::Posted);
        }
    }
}

#[tokio::test]
async fn sixty_days_go_by_one_at_a_time_without_a_contradiction() {
    let bank = bank(1).await;
    let look = || -> Vec<(AccountId, Listing, i64)> {
        let ledger = |account: &AccountId| cents(&bank.balance(account).ledger);
        let each = |id: AccountId| (id.clone(), listing(&bank, &id), ledger(&id));
        bank.account_ids().into_iter().map(each).collect()
    };
    let mut seen = Seen::default();
    let mut before = look();
    for _ in 0..60 {
        let yesterday = bank.today();
        bank.advance(1);
        let after = look();
        for ((account, old, old_ledger), (_, new, ledger)) in before.iter().zip(&after) {
            seen.compare(old, new, bank.today());
            let is_posted = |row: &TruthRow| row.status == Status::Posted;
            let newly = new
                .iter()
                .filter(|(id, row)| is_posted(row) && !old.get(*id).is_some_and(is_posted))
                .map(|(_, row)| row);
            assert_eq!(ledger - old_ledger, sum(newly), "{account} on {}", bank.today());
        }
        bank.set_today(yesterday);
        assert_eq!(look(), before, "going back is the same as never gone");
        bank.advance(1);
        before = after;
    }
    assert!(seen.settled > 50, "{}", seen.settled);
    assert!(seen.amounts_changed > 5, "tips and fuel: {}", seen.amounts_changed);
    assert!(seen.texts_changed > 50, "{}", seen.texts_changed);
    assert!(seen.gone > 5, "new ids and dropped authorisations: {}", seen.gone);
    assert!(seen.new_posted > 50, "{}", seen.new_posted);
    assert!(seen.enriched > 10, "{}", seen.enriched);
}

#[tokio::test]
async fn the_same_options_make_the_same_bank_however_its_day_was_reached() {
    let options = BankOptions::two_years(7, today());
    let walked = Bank::start(options).await.unwrap();
    for _ in 0..10 {
        walked.advance(1);
    }
    let later = BankOptions { today: today() + Days::new(10), ..options };
    let jumped = Bank::start(later).await.unwrap();
    assert_eq!(walked.account_ids(), jumped.account_ids());
    assert_eq!(walked.tokens(), jumped.tokens());
    for account in walked.account_ids() {
        assert_eq!(walked.truth(&account), jumped.truth(&account));
        assert_eq!(walked.balance(&account), jumped.balance(&account));
    }
    let other = bank(8).await;
    assert_ne!(walked.account_ids(), other.account_ids());
}

#[tokio::test]
async fn running_balances_form_a_chain_that_ends_in_the_ledger() {
    let bank = bank(2).await;
    for account in bank.account_ids() {
        let rows = bank.truth(&account);
        let posted: Vec<&TruthRow> =
            rows.iter().filter(|row| row.status == Status::Posted).collect();
        let pending = rows.iter().filter(|row| row.status == Status::Pending);
        assert!(pending.clone().all(|row| row.running_balance.is_none()));
        let balance = bank.balance(&account);
        let (ledger, available) = (cents(&balance.ledger), cents(&balance.available));
        if is_card(&bank, &account) {
            assert!(posted.iter().all(|row| row.running_balance.is_none()));
            let limit = ledger + available + sum(pending);
            assert_eq!(limit % 100_000, 0, "what is left is the limit less all that is owed");
            continue;
        }
        assert_eq!(available, ledger + sum(pending));
        let told = |row: &TruthRow| cents(row.running_balance.as_deref().unwrap());
        assert_eq!(told(posted[0]), ledger);
        for pair in posted.windows(2) {
            assert_eq!(told(pair[0]) - told(pair[1]), cents(&pair[0].amount), "{pair:?}");
        }
    }
}

#[tokio::test]
async fn cards_have_tellers_signs_and_money_between_accounts_has_two_halves() {
    let bank = bank(1).await;
    let accounts = bank.account_ids();
    let (everyday, savings, card) =
        (bank.truth(&accounts[0]), bank.truth(&accounts[1]), bank.truth(&accounts[2]));
    for row in &card {
        let comes_back = row.kind == "payment" || row.description.ends_with(" RETURN");
        assert_eq!(cents(&row.amount) < 0, comes_back, "{row:?}");
    }
    assert!(card.iter().any(|row| row.description.ends_with(" RETURN")));
    assert!(cents(&bank.balance(&accounts[2]).ledger) > 0, "what is owed is positive");

    let paid: Vec<&TruthRow> =
        everyday.iter().filter(|row| row.description == "CARD PAYMENT TO 1177").collect();
    let received: Vec<&TruthRow> = card.iter().filter(|row| row.kind == "payment").collect();
    assert!(paid.len() >= 23, "a payment a month: {}", paid.len());
    let amounts = |rows: &[&TruthRow]| rows.iter().map(|r| cents(&r.amount)).collect::<Vec<_>>();
    assert_eq!(amounts(&paid), amounts(&received), "negative on both: out there, less owed here");

    let saved = |rows: &[TruthRow], text: &str| {
        let chosen = rows.iter().filter(|row| row.description == text);
        chosen.map(|row| (row.date, cents(&row.amount).abs())).collect::<BTreeSet<_>>()
    };
    let sent = saved(&everyday, "TRANSFER TO SAVINGS 9034");
    assert!(sent.len() >= 23);
    assert_eq!(sent, saved(&savings, "TRANSFER FROM CHECKING 4821"));
}

#[tokio::test]
async fn two_years_hold_what_a_screen_wants_to_show() {
    const CATEGORIES: &str = "accommodation advertising bar charity clothing dining education \
        electronics entertainment fuel general groceries health home income insurance investment \
        loan office phone service shopping software sport tax transport transportation utilities";
    let bank = bank(1).await;
    let accounts = bank.account_ids();
    let all: Vec<TruthRow> = accounts.iter().flat_map(|id| bank.truth(id)).collect();
    let known: BTreeSet<&str> = CATEGORIES.split_whitespace().collect();
    let used: BTreeSet<&str> = all.iter().filter_map(|row| row.category.as_deref()).collect();
    assert!(used.is_subset(&known) && used.len() > 15, "{used:?}");
    let named = all.iter().filter_map(|row| row.counterparty.as_deref());
    assert!(named.clone().all(|name| name == name.to_uppercase()) && named.count() > 1_000);
    for kind in ["ach", "atm", "card_payment", "check", "fee", "interest", "payment", "transfer"] {
        assert!(all.iter().any(|row| row.kind == kind), "{kind}");
    }
    let parties: BTreeSet<&str> =
        all.iter().filter_map(|row| row.counterparty_type.as_deref()).collect();
    assert_eq!(parties, BTreeSet::from(["organisation", "organization", "person"]));
    assert!(all.iter().any(|row| row.description.contains('\n')));
    let prices: BTreeSet<&str> = all
        .iter()
        .filter(|row| row.description.starts_with("LANTERN VIDEO"))
        .map(|row| row.amount.as_str())
        .collect();
    assert_eq!(prices, BTreeSet::from(["15.49", "17.99"]), "one price rise");
    let oldest = all.iter().map(|row| row.date).min().unwrap();
    assert!(oldest < today() - Days::new(725));
    assert!((20..=25).contains(&bank.truth(&accounts[5]).len()), "a deposit is quiet");
}
