//! The screen's outside: one event loop between the terminal, the state and the tasks.

mod asking;
mod carrying;
mod connecting;
mod effects;
mod enrollments;
mod files;
mod lines;
mod loads;
mod signals;
mod surface;
mod terminal;

use std::future::poll_fn;
use std::io;
use std::task::Poll;
use std::time::Duration;

use crossterm::event::{EventStream, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::time::Instant;

pub use connecting::{Linker, Outcome, Watcher};
pub use effects::{
    Ask, COLUMNS, Checks, DIVIDER, Opening, Session, Start, Surveying, TakingOver, Writing,
};
pub use terminal::Unsuitable;

use crate::app::mouse::{Mouse, Target};
use crate::app::{self, App, Event};
use crate::clock::Clock;
use crate::exit::Exit;
use crate::store::OpenError;
use crate::view::{Targets, plain};
use effects::{Answer, Effects};
use signals::{Signal, Signals};
use surface::Surface;

/// Longer than this without data, and an empty frame shows.
const FIRST_PAINT: Duration = Duration::from_millis(10);
/// Between two frames while a sync pours in.
const FRAME_GAP: Duration = Duration::from_millis(8);
/// Answers taken in before the keys are looked at again.
const MOST_AT_ONCE: usize = 256;
/// Two presses within this time, at one place, are a double one.
const DOUBLE: Duration = Duration::from_millis(400);

pub struct Setup {
    pub app: app::Setup,
    pub clock: Clock,
    /// Kept back on the first run, until the user has chosen.
    pub opening: Opening,
    /// Of what the user has chosen on the first run.
    pub surveying: Surveying,
    pub taking_over: TakingOver,
    pub checks: Checks,
    /// Of a bank that the user connects.
    pub linker: Linker,
    /// Of what the user has set on the settings screen.
    pub writing: Writing,
}

/// How the screen was left.
#[derive(Debug)]
pub enum Leave {
    Quit,
    /// First run: with the built-in bank.
    OpenDemo,
    /// There is no store to show, as the screen has told already.
    Failed(OpenError),
    /// By this signal's number: the process ends with 128 more.
    Signal(u8),
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Unsuitable(#[from] Unsuitable),
    #[error("using the terminal: {0}")]
    Terminal(#[from] io::Error),
}

impl Error {
    pub fn exit(&self) -> Exit {
        match self {
            Self::Unsuitable(_) => Exit::Usage,
            Self::Terminal(_) => Exit::Internal,
        }
    }
}

/// Shows the screen until it is left; the terminal is the user's again when this returns.
pub async fn run(setup: Setup) -> Result<Leave, Error> {
    terminal::check(setup.app.feel.plain)?;
    let mut signals = Signals::install()?;
    let mut event_loop = EventLoop::start(setup)?;
    let left = event_loop.run(&mut signals).await;
    // The shell is back before the last transaction is.
    event_loop.surface = None;
    let hurry = !matches!(left, Ok(Leave::Quit));
    if let Some(lost) = event_loop.effects.shut_down(hurry).await {
        eprintln!("{lost}");
    }
    match left {
        Err(error) if signals::is_hang_up(&error) => Ok(Leave::Signal(signals::HUP)),
        left => Ok(left?),
    }
}

struct EventLoop {
    app: App,
    clock: Clock,
    effects: Effects,
    /// `None` until the first frame.
    surface: Option<Surface>,
    /// Of the last frame.
    targets: Targets,
    last_press: Option<(Instant, (u16, u16))>,
    opening: Opening,
    surveying: Surveying,
    taking_over: TakingOver,
    checks: Checks,
    linker: Linker,
    writing: Writing,
    failure: Option<OpenError>,
    leave: Option<Leave>,
    /// What the terminal still shows is its own affair.
    resized: bool,
    /// The terminal is the shell's until SIGCONT has been heard.
    suspended: bool,
    /// When to draw; `None` while the picture is up to date.
    frame_due: Option<Instant>,
    last_frame: Instant,
    last_tick: Instant,
    last_key: Instant,
    size: (u16, u16),
}

impl EventLoop {
    fn start(setup: Setup) -> io::Result<Self> {
        let plain = setup.app.feel.plain;
        let size = if plain { plain::SIZE } else { crossterm::terminal::size()? };
        let first_run = setup.app.first_run.is_some();
        let (app, effects) = App::start(app::Setup { size, ..setup.app });
        let now = Instant::now();
        let mut this = Self {
            app,
            clock: setup.clock,
            effects: Effects::new(),
            surface: None,
            targets: Targets::default(),
            last_press: None,
            opening: setup.opening,
            surveying: setup.surveying,
            taking_over: setup.taking_over,
            checks: setup.checks,
            linker: setup.linker,
            writing: setup.writing,
            failure: None,
            leave: None,
            resized: false,
            suspended: false,
            frame_due: Some(now + FIRST_PAINT),
            last_frame: now,
            last_tick: now,
            last_key: now,
            size,
        };
        if !first_run {
            this.effects.open(&this.opening, Ask::IfNothingIsKept);
        }
        this.carry_out(effects, "start")?;
        Ok(this)
    }

    async fn run(&mut self, signals: &mut Signals) -> io::Result<Leave> {
        let mut keys = EventStream::new();
        loop {
            if let Some(leave) = self.leave.take() {
                return Ok(match (leave, self.failure.take()) {
                    (Leave::Quit, Some(error)) => Leave::Failed(error),
                    (leave, _) => leave,
                });
            }
            if self.frame_is_due() {
                self.draw()?;
            }
            let wake = self.wake();
            tokio::select! {
                biased;
                signal = signals.next() => self.obey(signal)?,
                answer = self.effects.next() => self.take_in(answer)?,
                input = keys.next() => self.read(input)?,
                () = sleep_until(wake) => self.tick()?,
            }
            self.drain(&mut keys).await?;
        }
    }

    /// Takes in all that waits, so that one frame shows it.
    async fn drain(&mut self, keys: &mut EventStream) -> io::Result<()> {
        // A sync may tell faster than this reads: keys must get their turn.
        for _ in 0..MOST_AT_ONCE {
            let Some(answer) = self.effects.next().now_or_never() else { break };
            self.take_in(answer)?;
        }
        // Not `now_or_never`: the stream keeps the waker it was last polled with, and that one
        // wakes nobody.
        while self.leave.is_none()
            && let Poll::Ready(input) = poll_fn(|cx| Poll::Ready(keys.poll_next_unpin(cx))).await
        {
            self.read(input)?;
        }
        Ok(())
    }

    fn take_in(&mut self, answer: Answer) -> io::Result<()> {
        match answer {
            Answer::Event(event @ Event::Sync(_)) => {
                self.update(event)?;
                self.draw_by(self.last_frame + FRAME_GAP);
            }
            Answer::Event(event) => {
                self.update(event)?;
                self.draw_after_answer();
            }
            Answer::OpenFailed(error) => {
                let (sentence, exit) = (error.to_string(), error.exit());
                self.update(Event::OpenFailed { sentence, exit })?;
                self.failure = Some(error);
                self.draw_now();
            }
        }
        Ok(())
    }

    fn read(&mut self, input: Option<io::Result<crossterm::event::Event>>) -> io::Result<()> {
        use crossterm::event::Event as Input;
        // No more input: the terminal is gone.
        let input = input.ok_or(io::ErrorKind::UnexpectedEof)??;
        let event = match input {
            Input::Key(key) if key.kind != KeyEventKind::Release => Event::Key(key),
            Input::Paste(text) => Event::Paste(text),
            Input::Mouse(mouse) => match self.pointed(mouse) {
                Some(mouse) => Event::Mouse(mouse),
                None => return Ok(()),
            },
            // Drawing reads the size itself, so a storm of these costs one frame: in full, for a
            // terminal that shrank and grew again has the old size and lost its cells.
            Input::Resize(..) => {
                terminal::report_waiting_keys()?;
                self.resized = true;
                self.draw_now();
                return Ok(());
            }
            _ => return Ok(()),
        };
        self.tell_time()?;
        self.last_key = Instant::now();
        self.update(event)?;
        self.draw_now();
        Ok(())
    }

    /// What the mouse means by what the last frame shows there.
    fn pointed(&mut self, mouse: MouseEvent) -> Option<Mouse> {
        let place = (mouse.column, mouse.row);
        let target: Option<Target> = self.targets.at(mouse.column, mouse.row);
        Some(match mouse.kind {
            MouseEventKind::ScrollDown => Mouse::Wheel { target, down: true },
            MouseEventKind::ScrollUp => Mouse::Wheel { target, down: false },
            MouseEventKind::Down(MouseButton::Left) => {
                let now = Instant::now();
                let last = self.last_press.replace((now, place));
                let double = last.is_some_and(|(at, there)| there == place && now - at < DOUBLE);
                if double {
                    // A third one begins anew.
                    self.last_press = None;
                }
                Mouse::Press { target, double }
            }
            MouseEventKind::Drag(MouseButton::Left) => Mouse::Drag { column: mouse.column },
            MouseEventKind::Up(MouseButton::Left) => Mouse::Release,
            _ => return None,
        })
    }

    fn obey(&mut self, signal: Signal) -> io::Result<()> {
        match signal {
            Signal::End(number) => self.leave = Some(Leave::Signal(number)),
            Signal::Suspend => self.suspend()?,
            Signal::Continue => {
                self.suspended = false;
                if let Some(surface) = &mut self.surface {
                    match surface {
                        Surface::Picture(screen) => screen.resume()?,
                        Surface::Lines(lines) => lines.resume()?,
                    }
                    self.update(Event::Resumed { now: self.clock.now() })?;
                    self.draw_now();
                }
            }
        }
        Ok(())
    }

    /// Returns once a shell has brought the job back; [`Signal::Continue`] follows.
    fn suspend(&mut self) -> io::Result<()> {
        if signals::can_stop() {
            self.suspended = true;
            terminal::restore();
            signals::stop()
        } else {
            let notice = "no shell waits behind this terminal, so there is nowhere to go back to";
            self.update(Event::Notice(notice.to_owned()))
        }
    }

    fn tick(&mut self) -> io::Result<()> {
        if self.tick_due().is_some_and(|due| due <= Instant::now()) {
            self.last_tick = Instant::now();
            self.update(Event::Tick(self.clock.now()))?;
            self.draw_now();
        }
        Ok(())
    }

    /// While nothing moves no tick comes, so the hour may be old when a key does.
    fn tell_time(&mut self) -> io::Result<()> {
        if self.last_tick.elapsed() < Duration::from_secs(1) {
            return Ok(());
        }
        self.last_tick = Instant::now();
        self.update(Event::Tick(self.clock.now()))
    }

    fn update(&mut self, event: Event) -> io::Result<()> {
        let trigger = if matches!(event, Event::Opened(_)) { "start" } else { "key" };
        let effects = self.app.update(event);
        self.carry_out(effects, trigger)
    }
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(wake) => tokio::time::sleep_until(wake).await,
        None => std::future::pending().await,
    }
}
