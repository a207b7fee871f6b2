//! What is shown, how, and when the next frame is due.

use std::io;

use tokio::time::Instant;

use super::EventLoop;
use super::lines::Lines;
use super::terminal::Screen;
use crate::app::{App, Event};
use crate::fail_point;
use crate::view::plain;

pub(super) enum Surface {
    Picture(Box<Screen>),
    Lines(Lines),
}

impl Surface {
    fn enter(app: &App) -> io::Result<Self> {
        let feel = &app.setup.feel;
        if feel.plain {
            return Ok(Self::Lines(Lines::enter()?));
        }
        Ok(Self::Picture(Box::new(Screen::enter(feel.mouse)?)))
    }

    /// Columns and rows.
    fn size(&self) -> io::Result<(u16, u16)> {
        match self {
            Self::Picture(screen) => screen.size().map(|size| (size.width, size.height)),
            Self::Lines(_) => Ok(plain::SIZE),
        }
    }
}

impl EventLoop {
    pub(super) fn draw(&mut self) -> io::Result<()> {
        let surface = match &mut self.surface {
            Some(surface) => surface,
            None => self.surface.insert(Surface::enter(&self.app)?),
        };
        let size = surface.size()?;
        if size != self.size {
            self.size = size;
            self.update(Event::Resize(size.0, size.1))?;
        }
        fail_point::pass(fail_point::Kind::Frame);
        let resized = std::mem::take(&mut self.resized);
        match &mut self.surface {
            Some(Surface::Picture(screen)) => {
                if resized {
                    screen.forget()?;
                }
                self.targets = screen.draw(&self.app)?;
            }
            Some(Surface::Lines(lines)) => lines.tell(&self.app)?,
            None => {}
        }
        self.last_frame = Instant::now();
        self.frame_due = None;
        Ok(())
    }

    pub(super) fn draw_now(&mut self) {
        self.draw_by(Instant::now());
    }

    /// The first frame waits for the data it is to show, if that comes soon.
    pub(super) fn draw_after_answer(&mut self) {
        if self.surface.is_some() || self.effects.is_settled() {
            self.draw_now();
        }
    }

    pub(super) fn draw_by(&mut self, due: Instant) {
        self.frame_due = Some(self.frame_due.map_or(due, |earlier| earlier.min(due)));
    }

    pub(super) fn frame_is_due(&self) -> bool {
        !self.suspended && self.frame_due.is_some_and(|due| due <= Instant::now())
    }

    pub(super) fn tick_due(&self) -> Option<Instant> {
        self.surface.as_ref()?;
        self.app.animating().map(|pause| self.last_tick.max(self.last_key) + pause)
    }

    /// When to wake though nothing happens; never, on an idle screen.
    pub(super) fn wake(&self) -> Option<Instant> {
        let due = self.tick_due().into_iter().chain(self.frame_due).min();
        due.filter(|_| !self.suspended)
    }
}
