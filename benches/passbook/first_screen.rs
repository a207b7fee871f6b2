//! From nothing open to the first picture with data.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use color_eyre::Result;
use passbook::app::{App, Effect};
use passbook::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::widgets::TableState;
use sqlx::Connection as _;

use crate::fixture::Fixture;
use crate::stopwatch::{Pace, Stopwatch};
use crate::{hello, screen};

pub fn measure(stopwatch: &mut Stopwatch, large: &Fixture, small: &Fixture) {
    let group = "first screen";
    let mut time = |name: &str, fixture: &Fixture| {
        let ours =
            stopwatch.measure(group, &format!("passbook, {name}"), Pace::Quick, async || {
                ours(fixture).await
            });
        let bare = stopwatch
            .measure(group, &format!("bare, {name}"), Pace::Quick, async || bare(fixture).await);
        (ours, bare)
    };
    let (ours_large, bare_large) = time("1 M", large);
    let (ours_small, bare_small) = time("10 k", small);
    stopwatch.compare("first screen, 1 M rows / bare", ours_large, bare_large);
    stopwatch.compare("first screen, 10 k rows / bare", ours_small, bare_small);
    stopwatch.compare("first screen, 1 M rows / 10 k rows", ours_large, ours_small);
}

pub fn now() -> Result<DateTime<Utc>> {
    Ok("2026-11-22T09:45:20Z".parse()?)
}

async fn ours(fixture: &Fixture) -> Result<Duration> {
    let started = Instant::now();
    let store = fixture.open().await?;
    let (mut app, effects) = App::start(screen::setup(now()?));
    screen::answer(&store, &mut app, effects, |effect| {
        // The picture does not wait for these.
        !matches!(effect, Effect::CountTransactions(_))
    })
    .await?;
    let mut terminal = Terminal::new(TestBackend::new(screen::SIZE.0, screen::SIZE.1))?;
    terminal.draw(|frame| drop(view::draw(frame, &app)))?;
    let elapsed = started.elapsed();
    store.close().await;
    Ok(elapsed)
}

async fn bare(fixture: &Fixture) -> Result<Duration> {
    let started = Instant::now();
    let mut connection = fixture.connect().await?;
    let rows = hello::load_newest(&mut connection).await?;
    let mut terminal = Terminal::new(TestBackend::new(screen::SIZE.0, screen::SIZE.1))?;
    terminal.draw(|frame| hello::draw(frame, &rows, &mut TableState::new()))?;
    let elapsed = started.elapsed();
    connection.close().await?;
    Ok(elapsed)
}
