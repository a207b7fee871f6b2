//! The screen without a terminal: the store answers at once what the state asks for.

use chrono::{DateTime, Utc};
use color_eyre::Result;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use futures_util::future::try_join_all;
use passbook::app::feel::Feel;
use passbook::app::theme::Theme;
use passbook::app::{App, Effect, Event, Keymap, Setup};
use passbook::domain::Zone;
use passbook::store::Store;

pub const SIZE: (u16, u16) = (120, 36);

pub fn setup(now: DateTime<Utc>) -> Setup {
    Setup {
        now,
        zone: Zone::UTC,
        store_label: "SQLite · this computer".to_owned(),
        opened: true,
        demo: false,
        offline: false,
        read_only: false,
        can_sync: true,
        sync_on_start: false,
        ascii: false,
        theme: Theme::dark(),
        feel: Feel::default(),
        colour: true,
        size: SIZE,
        first_run: None,
        keymap: Keymap::default(),
        keymap_problems: Vec::new(),
    }
}

pub fn key(code: KeyCode) -> Event {
    Event::Key(KeyEvent::new(code, KeyModifiers::NONE))
}

/// Answers every wanted read, those that answers lead to included.
pub async fn answer(
    store: &Store,
    app: &mut App,
    mut effects: Vec<Effect>,
    wanted: impl Fn(&Effect) -> bool,
) -> Result<()> {
    while !effects.is_empty() {
        effects.retain(&wanted);
        let answers = try_join_all(effects.iter().map(|effect| ask(store, effect))).await?;
        effects = answers.into_iter().flatten().flat_map(|answer| app.update(answer)).collect();
    }
    Ok(())
}

/// `None` for what is no read.
async fn ask(store: &Store, effect: &Effect) -> Result<Option<Event>> {
    Ok(Some(match effect.clone() {
        Effect::LoadOverview { today, days } => {
            Event::OverviewLoaded(Box::new(store.load_overview(today, u32::try_from(days)?).await?))
        }
        Effect::LoadTransactions(query) => {
            let window = store.load_transactions(&query).await?;
            Event::TransactionsLoaded { query, window }
        }
        Effect::CountTransactions(query) => {
            let count = store.count_transactions(&query).await?.unsigned_abs();
            Event::CountLoaded { query, count }
        }
        Effect::LoadDetail(key) => {
            let detail = store.load_detail(&key).await?.map(Box::new);
            Event::DetailLoaded { key, detail }
        }
        Effect::LoadRuns { limit } => Event::RunsLoaded(store.load_runs(limit).await?),
        _ => return Ok(None),
    }))
}
