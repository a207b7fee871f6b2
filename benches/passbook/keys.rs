//! From a key to the frame that answers it.

use std::time::{Duration, Instant};

use color_eyre::Result;
use crossterm::event::KeyCode;
use passbook::app::App;
use passbook::store::Store;
use passbook::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::widgets::TableState;

use crate::first_screen::now;
use crate::fixture::Fixture;
use crate::stopwatch::{Pace, Stopwatch};
use crate::{hello, screen};

/// Keys in one direction before it turns.
const RUN: usize = 500;

pub fn measure(stopwatch: &mut Stopwatch, fixture: &Fixture) -> Result<()> {
    let store = stopwatch.wait_for(fixture.open())?;
    let rows = stopwatch.wait_for(async {
        Ok::<_, color_eyre::Report>(hello::load_newest(&mut fixture.connect().await?).await?)
    })?;
    let hello = {
        let (mut terminal, mut state) = (terminal()?, TableState::new().with_selected(0));
        stopwatch.measure("key to frame", "bare", Pace::Quick, async || {
            let started = Instant::now();
            state.select_next();
            terminal.draw(|frame| hello::draw(frame, &rows, &mut state))?;
            let elapsed = started.elapsed();
            // Before the last row, back to the first.
            state.select(state.selected().filter(|row| *row < 30).or(Some(0)));
            Ok(elapsed)
        })
    };
    for (name, down, up) in [
        ("one row", KeyCode::Char('j'), KeyCode::Char('k')),
        ("one page", KeyCode::PageDown, KeyCode::PageUp),
    ] {
        let mut app = stopwatch.wait_for(list_of_an_account(&store))?;
        let (mut terminal, mut pressed) = (terminal()?, 0);
        let ours = stopwatch.measure("key to frame", name, Pace::Quick, async || {
            let code = if (pressed / RUN).is_multiple_of(2) { down } else { up };
            pressed += 1;
            press(&store, &mut app, &mut terminal, code).await
        });
        stopwatch.compare(&format!("key to frame, {name} / bare"), ours, hello);
    }
    stopwatch.wait_for(store.close());
    Ok(())
}

fn terminal() -> Result<Terminal<TestBackend>> {
    Ok(Terminal::new(TestBackend::new(screen::SIZE.0, screen::SIZE.1))?)
}

/// The accounts screen with the keys in the rows of the first account.
async fn list_of_an_account(store: &Store) -> Result<App> {
    let (mut app, mut effects) = App::start(screen::setup(now()?));
    screen::answer(store, &mut app, effects, |_| true).await?;
    effects = app.update(screen::key(KeyCode::Tab));
    screen::answer(store, &mut app, effects, |_| true).await?;
    Ok(app)
}

async fn press(
    store: &Store,
    app: &mut App,
    terminal: &mut Terminal<TestBackend>,
    code: KeyCode,
) -> Result<Duration> {
    let started = Instant::now();
    let effects = app.update(screen::key(code));
    terminal.draw(|frame| drop(view::draw(frame, app)))?;
    let elapsed = started.elapsed();
    // Rows beyond the window come in the background, for later keys.
    screen::answer(store, app, effects, |_| true).await?;
    Ok(elapsed)
}
