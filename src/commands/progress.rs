//! The line on stderr that moves while a sync runs in the foreground.

use std::collections::HashMap;
use std::io::{self, IsTerminal as _, Write as _};

use tokio::sync::mpsc;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use crate::domain::{AccountId, SafeText, Stage, SyncEvent};

const BAR: usize = 20;

/// Shows what it hears until the sync is over; on anything but a terminal it only listens.
pub(super) async fn follow(mut events: mpsc::Receiver<SyncEvent>) {
    let mut progress = Progress::default();
    let mut stderr = io::stderr();
    let shown = stderr.is_terminal();
    while let Some(event) = events.recv().await {
        progress.take(event);
        if shown && events.is_empty() {
            // A line that cannot be shown is no reason to stop syncing.
            let _ = write!(stderr, "\r\x1b[K{}", progress.line(terminal_width()));
            let _ = stderr.flush();
        }
    }
    if shown {
        // As above.
        let _ = write!(stderr, "\r\x1b[K");
    }
}

#[derive(Default)]
struct Progress {
    names: HashMap<AccountId, String>,
    done: usize,
    /// Of accounts that are done.
    new: i64,
    doing: String,
}

impl Progress {
    fn take(&mut self, event: SyncEvent) {
        match event {
            SyncEvent::Listed { institution, accounts, .. } => {
                for account in accounts {
                    let name = format!("{} · {}", institution.name, account.name);
                    self.names.insert(account.id, SafeText::new(&name).to_string());
                }
            }
            SyncEvent::Progress { account_id, stage, new } => {
                let name = self.names.get(&account_id).map_or("", String::as_str);
                self.doing = format!("{name}: {}, {} new", words(&stage), self.new + new);
            }
            SyncEvent::AccountDone(result) => {
                self.done += 1;
                self.new += result.new;
            }
            SyncEvent::EnrollmentFailed(failure) => {
                let institution = failure.institution.unwrap_or_else(|| "an enrollment".to_owned());
                self.doing = SafeText::new(&format!("{institution} failed")).to_string();
            }
            SyncEvent::Started { .. } => "asking for the accounts".clone_into(&mut self.doing),
            SyncEvent::Request(_) | SyncEvent::Retrying { .. } | SyncEvent::Finished(_) => {}
        }
    }

    /// Never as wide as the terminal: a full line would wrap, and stay behind.
    fn line(&self, width: usize) -> String {
        let total = self.names.len().max(self.done);
        let filled = (self.done * BAR).checked_div(total).unwrap_or(0);
        let line = format!("[{:<BAR$}] {}/{total}  {}", "#".repeat(filled), self.done, self.doing);
        let mut room = width.saturating_sub(1);
        line.graphemes(true)
            .take_while(|grapheme| {
                let fits = grapheme.width() <= room;
                room = room.saturating_sub(grapheme.width());
                fits
            })
            .collect()
    }
}

fn words(stage: &Stage) -> String {
    match stage {
        Stage::Waiting => "waiting".to_owned(),
        Stage::Balances => "balances".to_owned(),
        Stage::Page(page) => format!("page {page}"),
        Stage::BackFill(page) => format!("older history, page {page}"),
        Stage::Judging => "comparing".to_owned(),
        Stage::Pausing(seconds) => format!("the bank asks to wait {seconds} s"),
    }
}

fn terminal_width() -> usize {
    #[cfg(unix)]
    if let Ok(size) = rustix::termios::tcgetwinsize(io::stderr())
        && size.ws_col > 0
    {
        return size.ws_col.into();
    }
    80
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Account, AccountKind, AccountResult, AccountStatus, Currency, Institution, Outcome,
    };

    fn account(id: &str, name: &str) -> Account {
        Account {
            id: id.into(),
            enrollment_id: "enr_1".into(),
            institution: institution(),
            name: name.into(),
            kind: AccountKind::Depository,
            subtype: None,
            currency: Currency::USD,
            last_four: None,
            status: AccountStatus::Open,
            has_balances: true,
            has_transactions: true,
        }
    }

    fn institution() -> Institution {
        Institution { id: "bank".into(), name: "Bank".into() }
    }

    fn done(id: &str, new: i64) -> SyncEvent {
        SyncEvent::AccountDone(AccountResult {
            enrollment_id: "enr_1".into(),
            account_id: id.into(),
            name: String::new(),
            institution: String::new(),
            outcome: Outcome::Ok,
            new,
            settled: 0,
            changed: 0,
            gone: 0,
            paired: 0,
            quarantined: 0,
            pages: 1,
            reached: None,
            reason: None,
            code: None,
            ledger: None,
        })
    }

    #[test]
    fn the_line_tells_how_far_it_is() {
        let mut progress = Progress::default();
        assert_eq!(progress.line(80), format!("[{}] 0/0  ", " ".repeat(20)));
        progress.take(SyncEvent::Listed {
            enrollment_id: "enr_1".into(),
            institution: institution(),
            accounts: vec![account("a", "Checking\u{1b}[2J"), account("b", "儲蓄")],
        });
        progress.take(done("a", 7));
        progress.take(SyncEvent::Progress {
            account_id: "b".into(),
            stage: Stage::Page(3),
            new: 5,
        });
        let line = progress.line(80);
        assert_eq!(line, "[##########          ] 1/2  Bank · 儲蓄: page 3, 12 new");
        for width in 0..80 {
            assert!(progress.line(width).width() < width.max(1), "{width}");
        }
        progress.take(SyncEvent::Progress {
            account_id: "a".into(),
            stage: Stage::Judging,
            new: 0,
        });
        assert!(!progress.line(80).contains('\u{1b}'));
    }
}
