//! Draws the accounts screen of the demo into `assets/screenshot.svg`: cargo run --example screenshot

#[path = "../../benches/passbook/screen.rs"]
mod screen;
mod svg;

use chrono::{DateTime, TimeDelta, Utc};
use color_eyre::Result;
use crossterm::event::KeyCode;
use passbook::app::{App, Setup};
use passbook::bank::Bank;
use passbook::clock::Clock;
use passbook::database::Database;
use passbook::store::{Store, StoreOptions};
use passbook::sync::SyncRequest;
use passbook::view;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const FIRST_SYNC: &str = "2026-11-03T08:30:00Z";
/// Days at the bank after the first sync.
const DAYS: usize = 19;
const KEYS: [KeyCode; 3] = [KeyCode::Char('l'), KeyCode::Char('j'), KeyCode::Char('j')];

#[tokio::main]
async fn main() -> Result<()> {
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("no other TLS provider was installed before");
    let clock = Clock::default();
    let first_sync: DateTime<Utc> = FIRST_SYNC.parse()?;
    clock.set_offset(first_sync - Utc::now());
    let options = StoreOptions { clock: clock.clone(), ..StoreOptions::new(Database::Memory) };
    let store = Store::open(options).await?;
    let bank = Bank::demo(&store, clock.clone()).await?;
    bank.fill_demo(&store).await?;
    for _ in 0..DAYS {
        let (events, _) = mpsc::channel(1);
        let request = SyncRequest { trigger: "key", ..SyncRequest::default() };
        bank.sync(&store, &request, events, CancellationToken::new()).await?;
    }
    // Seconds that the syncs took must not show.
    let now = first_sync + TimeDelta::days(i64::try_from(DAYS)?) + TimeDelta::minutes(4);
    let buffer = picture(&store, now).await?;
    std::fs::write("assets/screenshot.svg", svg::render(&buffer))?;
    store.close().await;
    Ok(())
}

async fn picture(store: &Store, now: DateTime<Utc>) -> Result<Buffer> {
    let setup = Setup { demo: true, ..screen::setup(now) };
    let (mut app, effects) = App::start(setup);
    screen::answer(store, &mut app, effects, |_| true).await?;
    for code in KEYS {
        let effects = app.update(screen::key(code));
        screen::answer(store, &mut app, effects, |_| true).await?;
    }
    let (width, height) = screen::SIZE;
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    view::draw_on(&mut buffer, &app);
    Ok(buffer)
}
