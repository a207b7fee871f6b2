//! What is inside, told before anything is written.

use tokio::sync::mpsc;

use super::map::{self, Accounts};
use super::source::{AccountRow, Legacy, TransactionRow, file_facts};
use super::state::is_other;
use super::{AdoptError, AdoptOptions};
use crate::database::Database;
use crate::domain::{OtherTable, Survey, SurveyZone};

impl Legacy {
    /// Reads everything and counts. Nothing is written anywhere.
    pub async fn survey(&mut self, options: &AdoptOptions) -> Result<Survey, AdoptError> {
        let zone = self.find_zone(options).await?;
        let file = match &self.database {
            Database::Sqlite { path } => file_facts(path),
            _ => None,
        };
        let mut survey = Survey {
            place: self.place(),
            engine: self.engine(),
            bytes: file.map(|(bytes, _)| bytes),
            changed_at: file.map(|(_, changed)| changed),
            state: self.state.code(),
            sentence: self.state.sentence(),
            revision: self.revision.clone(),
            zone: zone.clone(),
            ..Survey::default()
        };
        let others: Vec<String> =
            self.tables.keys().filter(|name| is_other(name)).cloned().collect();
        for table in others {
            let rows = self.count(&table).await?;
            survey.others.push(OtherTable { table, rows });
        }
        if !self.state.can_be_adopted() {
            return Ok(survey);
        }
        survey.by_hand = self.kept_by_hand().await?;
        if self.tables.contains_key("users") {
            survey.tokens = self.count("users").await?;
        }
        let name = zone.name();
        let accounts = self.accounts(name).await?;
        survey.accounts = i64::try_from(accounts.len()).unwrap_or(i64::MAX);
        let known = known(&accounts);
        let (sender, mut balances) = mpsc::channel(2);
        let counting = async {
            while let Some(batch) = balances.recv().await {
                for row in batch {
                    survey.balances += 1;
                    match map::balance(row, &known) {
                        Ok(balance) => survey.unknown_ledgers += i64::from(balance.was_zero),
                        Err(_) => survey.incomplete += 1,
                    }
                }
            }
        };
        tokio::join!(self.send_balances(name, sender), counting).0?;
        let (sender, mut transactions) = mpsc::channel(2);
        let counting = async {
            while let Some(batch) = transactions.recv().await {
                for row in batch {
                    count(&mut survey, row, &known);
                }
            }
        };
        tokio::join!(self.send_transactions(sender), counting).0?;
        Ok(survey)
    }

    /// In which zone its times were written. An error where there is nothing to take, or where that is
    /// only a guess.
    pub(super) async fn expect_takeable(
        &mut self,
        options: &AdoptOptions,
    ) -> Result<String, AdoptError> {
        self.expect_adoptable()?;
        match self.find_zone(options).await? {
            SurveyZone::Guessed(guess) => {
                Err(AdoptError::ZoneUnsaid { place: self.place(), guess })
            }
            zone => Ok(zone.name().to_owned()),
        }
    }

    async fn find_zone(&mut self, options: &AdoptOptions) -> Result<SurveyZone, AdoptError> {
        if let Some(zone) = &options.zone {
            self.check_zone(zone).await?;
            return Ok(SurveyZone::Said(zone.clone()));
        }
        let guess = self.zone_guess().await?;
        Ok(if guess == "UTC" { SurveyZone::Utc } else { SurveyZone::Guessed(guess) })
    }
}

fn count(survey: &mut Survey, row: TransactionRow, known: &Accounts) {
    survey.transactions += 1;
    survey.test_rows += i64::from(map::is_test_row(&row));
    survey.odd_amounts += i64::from(row.odd);
    let account = row.account_id.as_deref().unwrap_or(map::NO_ACCOUNT);
    survey.orphans += i64::from(!known.knows(account));
    match map::record(row.raw.as_deref()) {
        Some(record) => {
            if let Some(cents) = row.cents {
                survey.compared += 1;
                if map::contradicts(cents, &record) {
                    survey.differing.extend(row.id.clone());
                }
            }
        }
        None => survey.without_record += 1,
    }
    match map::transaction(row, known) {
        Ok(row) => {
            survey.pending += i64::from(row.status == "pending");
            survey.first_day = Some(survey.first_day.map_or(row.date, |first| first.min(row.date)));
            survey.last_day = Some(survey.last_day.map_or(row.date, |last| last.max(row.date)));
        }
        Err(_) => survey.incomplete += 1,
    }
}

pub(super) fn known(accounts: &[AccountRow]) -> Accounts {
    let mut known = Accounts::default();
    for account in accounts {
        if let Some(id) = &account.id {
            let kind = account.kind.as_deref().unwrap_or("unknown");
            known.add(id, kind, map::currency(account));
        }
    }
    known
}
