//! The terminal while it is ours, and the one way to give it back.

use std::cell::RefCell;
use std::io::{self, IsTerminal as _, Write};
use std::process::{Command as Process, Stdio};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{fmt, panic, thread};

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{Command, cursor, execute, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Size;

use crate::app::App;
use crate::view::{self, Targets};

/// Whether the terminal is ours: whoever clears it gives the terminal back, once.
static OURS: AtomicBool = AtomicBool::new(false);
/// Whether more than raw mode was asked of it: a picture, not lines.
static DRAWN: AtomicBool = AtomicBool::new(false);
/// Whether clicks and the wheel are ours while the terminal is.
static MOUSE: AtomicBool = AtomicBool::new(false);

/// Why there is nothing to draw on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsuitable {
    #[error(
        "passbook draws on a terminal, and this is none: run it in one, or use a command such as `passbook accounts`"
    )]
    NoTerminal,
    #[error(
        "TERM=dumb can't show a screen: set TERM to what the terminal is, use --plain, or a command such as `passbook accounts`"
    )]
    Dumb,
}

pub fn check(plain: bool) -> Result<(), Unsuitable> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Unsuitable::NoTerminal);
    }
    if !plain && std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
        return Err(Unsuitable::Dumb);
    }
    Ok(())
}

/// The alternate screen, in raw mode. Dropped, panicking or not, it is the user's terminal again.
pub struct Screen {
    terminal: Terminal<CrosstermBackend<Frame>>,
    frame: Frame,
    _hook: PanicHook,
}

impl Screen {
    pub fn enter(mouse: bool) -> io::Result<Self> {
        let hook = PanicHook::install();
        DRAWN.store(true, Ordering::SeqCst);
        MOUSE.store(mouse, Ordering::SeqCst);
        take_over()?;
        let frame = Frame::default();
        let terminal = Terminal::new(CrosstermBackend::new(frame.clone()))?;
        Ok(Self { terminal, frame, _hook: hook })
    }

    pub fn size(&self) -> io::Result<Size> {
        self.terminal.size()
    }

    /// One frame, one write.
    pub fn draw(&mut self, app: &App) -> io::Result<Targets> {
        let mut targets = Targets::default();
        self.terminal.draw(|frame| targets = view::draw(frame, app))?;
        self.frame.send()?;
        Ok(targets)
    }

    /// The next frame is drawn in full, whatever the terminal shows.
    pub fn forget(&mut self) -> io::Result<()> {
        // `Terminal::clear` asks the terminal where the cursor is and waits for the answer, which
        // the event stream reads away.
        self.terminal = Terminal::new(CrosstermBackend::new(self.frame.clone()))?;
        queue!(self.frame, Clear(ClearType::All))
    }

    /// Back from the shell: it may have changed every mode, and drawn over everything.
    pub fn resume(&mut self) -> io::Result<()> {
        restore();
        take_over()?;
        self.forget()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

/// Has waiting keys reported again. crossterm's reader is woken by edges, and takes only the first
/// of those that come together: a key pressed during a resize would wait for the next one.
#[cfg(unix)]
pub fn report_waiting_keys() -> io::Result<()> {
    use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

    // Setting the modes, even to what they are, wakes whoever waits for the terminal.
    let terminal = io::stdin();
    Ok(tcsetattr(&terminal, OptionalActions::Now, &tcgetattr(&terminal)?)?)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
pub fn report_waiting_keys() -> io::Result<()> {
    Ok(())
}

/// Into the terminal's clipboard by OSC 52: works through SSH, and carries base64 only.
pub fn copy(text: &str) -> io::Result<()> {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    if dumb && !DRAWN.load(Ordering::SeqCst) {
        return Ok(());
    }
    execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))
}

/// Through the tmux that the screen is in, if it is in one: left as it comes, tmux keeps that sequence
/// from the terminal, but it sends on what it is given in person. Waits for tmux.
pub fn copy_by_tmux(text: &str) -> io::Result<()> {
    if std::env::var_os("TMUX").is_none_or(|tmux| tmux.is_empty()) {
        return Ok(());
    }
    let mut tmux = Process::new("tmux")
        .args(["load-buffer", "-w", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    if let Some(mut input) = tmux.stdin.take() {
        input.write_all(text.as_bytes())?;
    }
    let ended = tmux.wait()?;
    // One before 3.2 knows no -w.
    if ended.success() { Ok(()) } else { Err(io::Error::other("tmux took nothing")) }
}

/// Raw mode, and for a picture all that it needs.
pub(super) fn take_over() -> io::Result<()> {
    OURS.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    if !DRAWN.load(Ordering::SeqCst) {
        return Ok(());
    }
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)?;
    capture_mouse(MOUSE.load(Ordering::SeqCst))
}

/// Whether clicks and the wheel are ours from now on, or the terminal's own.
pub fn capture_mouse(ours: bool) -> io::Result<()> {
    MOUSE.store(ours, Ordering::SeqCst);
    if !DRAWN.load(Ordering::SeqCst) {
        return Ok(());
    }
    if ours {
        execute!(io::stdout(), EnableButtons)
    } else {
        execute!(io::stdout(), DisableMouseCapture)
    }
}

/// Gives the terminal back as it was; does nothing when that has been done.
pub fn restore() {
    if !OURS.swap(false, Ordering::SeqCst) {
        return;
    }
    let off = if DRAWN.load(Ordering::SeqCst) { leave_picture() } else { Ok(()) };
    // The terminal may be gone, and then there is nothing left to restore.
    if let Err(error) = off.and(disable_raw_mode()) {
        tracing::debug!(%error, "restoring the terminal");
    }
}

fn leave_picture() -> io::Result<()> {
    execute!(
        io::stdout(),
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    )
}

/// Reports the wheel, clicks, and motion while a button is held, but no other motion: a moving
/// mouse must not wake an idle screen.
struct EnableButtons;

impl Command for EnableButtons {
    fn write_ansi(&self, f: &mut impl fmt::Write) -> fmt::Result {
        f.write_str("\x1b[?1002h\x1b[?1006h")
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> io::Result<()> {
        execute!(io::stdout(), crossterm::event::EnableMouseCapture)
    }
}

/// Gathers one frame: ratatui flushes several times a frame, a terminal should see it whole.
#[derive(Clone, Default)]
struct Frame(Rc<RefCell<Vec<u8>>>);

impl Frame {
    fn send(&self) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(self.0.borrow().len() + 16);
        queue!(bytes, BeginSynchronizedUpdate)?;
        bytes.append(&mut self.0.borrow_mut());
        queue!(bytes, EndSynchronizedUpdate)?;
        let mut out = io::stdout().lock();
        out.write_all(&bytes)?;
        out.flush()
    }
}

impl Write for Frame {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

type Hook = dyn Fn(&panic::PanicHookInfo<'_>) + Send + Sync;

/// Restores the terminal before a panic of the screen's own thread is reported. A panic anywhere
/// else goes to the log: the screen goes on, and a report would be written across it.
pub(super) struct PanicHook {
    previous: Arc<Hook>,
}

impl PanicHook {
    pub(super) fn install() -> Self {
        let previous: Arc<Hook> = panic::take_hook().into();
        let screen = thread::current().id();
        let report = Arc::clone(&previous);
        panic::set_hook(Box::new(move |info| {
            if thread::current().id() == screen {
                restore();
                report(info);
            } else {
                let location = info.location().map(ToString::to_string);
                tracing::error!(location, message = info.payload_as_str(), "a task panicked");
            }
        }));
        Self { previous }
    }
}

impl Drop for PanicHook {
    fn drop(&mut self) {
        // Hooks can't be changed while panicking, and then the process is ending anyway.
        if !thread::panicking() {
            let previous = Arc::clone(&self.previous);
            panic::set_hook(Box::new(move |info| previous(info)));
        }
    }
}
