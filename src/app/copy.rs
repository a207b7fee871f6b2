//! What the `y` keys put into the clipboard.

use super::App;
use super::Screen;
use super::accounts::Pane;
use super::action::Action;
use super::event::Effect;
use crate::domain::{Money, SafeText, StoredTransaction, label};

impl App {
    pub(super) fn copy_what(&mut self, action: Action) -> Vec<Effect> {
        let on_account = self.screen == Screen::Accounts
            && self.detail.is_none()
            && self.accounts.pane == Pane::Accounts;
        if on_account {
            return self.copy_of_account(action);
        }
        let row = self.detail.as_ref().map(|detail| &detail.row);
        let Some(row) = row.or_else(|| self.list()?.selected()).cloned() else {
            return Vec::new();
        };
        if action == Action::CopyJson {
            return self.copy_json(&row);
        }
        let transaction = &row.transaction;
        let (text, what) = match action {
            Action::CopyAmount => (transaction.amount.to_string(), "the amount"),
            Action::CopyId => (transaction.id.to_string(), "Teller's id"),
            Action::CopyDescription => (transaction.description.clone(), "the description"),
            _ => (self.row_text(&row), "the row"),
        };
        self.copy(Some(text), what)
    }

    fn copy_of_account(&mut self, action: Action) -> Vec<Effect> {
        let Some(line) = self.accounts.selected() else { return Vec::new() };
        let account = &line.overview.account;
        let name = label(&account.name, account.last_four.as_deref());
        let balance = line.ledger().map(amount);
        let (text, what) = match action {
            Action::CopyAmount => (line.ledger().map(|ledger| ledger.to_string()), "the balance"),
            Action::CopyId => (Some(account.id.to_string()), "Teller's id"),
            Action::CopyDescription => (Some(name), "the name"),
            Action::CopyJson => (None, "the record"),
            _ => (Some(format!("{name}\t{}", balance.unwrap_or_default())), "the account"),
        };
        self.copy(text, what)
    }

    /// The raw record is read first, unless it is open already.
    fn copy_json(&mut self, row: &StoredTransaction) -> Vec<Effect> {
        let open = self.detail.as_ref().and_then(|detail| detail.loaded.as_ref());
        if let Some(raw) = open.map(|detail| detail.raw.clone()) {
            return self.copy(raw, "the record");
        }
        self.copy_json_of = Some(row.key());
        vec![Effect::LoadDetail(row.key())]
    }

    /// Tab-separated: date, description, amount, account.
    fn row_text(&self, row: &StoredTransaction) -> String {
        let transaction = &row.transaction;
        let account = self.accounts.find(&transaction.account_id).map(|line| {
            let account = &line.overview.account;
            label(&account.name, account.last_four.as_deref())
        });
        let cells = [
            transaction.date.to_string(),
            transaction.description.clone(),
            amount(transaction.amount),
            account.unwrap_or_else(|| transaction.account_id.to_string()),
        ];
        cells.map(|cell| SafeText::new(&cell).into_string()).join("\t")
    }

    pub(super) fn copy(&mut self, text: Option<String>, what: &str) -> Vec<Effect> {
        let Some(text) = text else {
            self.tell(format!("There is nothing to copy: {what} is not known."));
            return Vec::new();
        };
        self.tell(format!("Copied {what}."));
        vec![Effect::Copy(text)]
    }
}

fn amount(money: Money) -> String {
    format!("{money} {}", money.currency)
}
