//! The screen as lines of words, for screen readers and terminals that draw nothing: what is new is
//! written below what was, and nothing is ever written over.

use std::io::{self, Write as _};

use super::terminal::{PanicHook, restore, take_over};
use crate::app::App;
use crate::app::accounts::Pane;
use crate::app::action::Context;
use crate::view::plain::{Page, page};

/// Raw mode alone. Dropped, panicking or not, it is the user's terminal again.
pub struct Lines {
    /// What was written last, and where that was.
    told: Option<(Context, Pane, Page)>,
    _hook: PanicHook,
}

impl Lines {
    pub fn enter() -> io::Result<Self> {
        let hook = PanicHook::install();
        take_over()?;
        Ok(Self { told: None, _hook: hook })
    }

    pub fn tell(&mut self, app: &App) -> io::Result<()> {
        let (context, pane, new_page) = (app.context(), app.accounts.pane, page(app));
        let new = match &self.told {
            Some((there, in_pane, before)) if (*there, *in_pane) == (context, pane) => {
                news(before, &new_page)
            }
            _ => whole(context, &new_page),
        };
        self.told = Some((context, pane, new_page));
        let mut text = String::new();
        for line in new {
            text.push_str(&line);
            // Raw mode leaves the cursor in its column.
            text.push_str("\r\n");
        }
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    /// All of it is told once more.
    pub fn forget(&mut self) {
        self.told = None;
    }

    pub fn resume(&mut self) -> io::Result<()> {
        restore();
        take_over()?;
        self.forget();
        Ok(())
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        restore();
    }
}

fn whole(context: Context, page: &Page) -> Vec<String> {
    let title = format!("{}.", context.title());
    let chosen = page.chosen.iter().map(|chosen| format!("Here: {chosen}"));
    [String::new(), title].into_iter().chain(page.lines.iter().cloned()).chain(chosen).collect()
}

/// Where the keys now are; only where that has not changed, the lines that have. A list that moves
/// along with it is no news.
fn news(before: &Page, now: &Page) -> Vec<String> {
    if before.chosen != now.chosen {
        let notice = now.lines.iter().filter(|line| line.starts_with("attention:"));
        let notice = notice.filter(|line| !before.lines.contains(line)).cloned();
        return notice.chain(now.chosen.clone()).collect();
    }
    now.lines.iter().filter(|line| !before.lines.contains(line)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(lines: &[&str], chosen: &str) -> Page {
        let lines = lines.iter().map(ToString::to_string).collect();
        Page { lines, chosen: Some(chosen.to_owned()) }
    }

    #[test]
    fn moving_tells_the_new_row_alone() {
        let (before, now) = (page(&["two", "1 of 9"], "one"), page(&["one", "2 of 9"], "two"));
        assert_eq!(news(&before, &now), ["two"]);
        assert_eq!(news(&now, &now), Vec::<String>::new());
    }

    #[test]
    fn what_changed_elsewhere_is_told_without_the_rest() {
        let (before, now) =
            (page(&["a", "syncing 1 of 6"], "one"), page(&["a", "syncing 2 of 6"], "one"));
        assert_eq!(news(&before, &now), ["syncing 2 of 6"]);
    }
}
