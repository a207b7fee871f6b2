//! A terminal with a program in it: what it shows, what was typed, how it was left.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};

use portable_pty::{CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::Pid;
use vt100::{MouseProtocolMode, Parser};

use crate::program::{Home, wait_for};

pub const ROWS: u16 = 36;
pub const COLUMNS: u16 = 120;

/// The program is killed when this is dropped.
pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    shown: Arc<Mutex<Parser>>,
    /// All that was ever written to it.
    written: Arc<Mutex<Vec<u8>>>,
    /// The line discipline before the program had touched it, as text.
    modes: String,
    home: Home,
}

impl Terminal {
    pub fn run(home: Home, program: &str, arguments: &[&str]) -> Self {
        let size = PtySize { rows: ROWS, cols: COLUMNS, ..PtySize::default() };
        let pair = native_pty_system().openpty(size).unwrap();
        let modes = modes(&*pair.master);
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        command.cwd(home.path());
        for (name, value) in &home.environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        let shown = Arc::new(Mutex::new(Parser::new(cells(ROWS), cells(COLUMNS), 0)));
        let reader = pair.master.try_clone_reader().unwrap();
        let written = Arc::new(Mutex::new(Vec::new()));
        std::thread::spawn({
            let (shown, written) = (shown.clone(), written.clone());
            move || watch(reader, &shown, &written)
        });
        let keyboard = pair.master.take_writer().unwrap();
        Self { master: pair.master, keyboard, child, shown, written, modes, home }
    }

    pub fn text(&self) -> String {
        self.shown.lock().unwrap().screen().contents()
    }

    /// Each row as its cells: what follows a wide letter is empty.
    pub fn cells(&self) -> Vec<Vec<String>> {
        let shown = self.shown.lock().unwrap();
        let (rows, columns) = shown.screen().size();
        let (rows, columns) = (rows.get(), columns.get());
        let cell =
            |row, column| shown.screen().cell(row, column).map(|cell| cell.contents().to_owned());
        (0..rows).map(|row| (0..columns).filter_map(|column| cell(row, column)).collect()).collect()
    }

    pub fn written(&self) -> Vec<u8> {
        self.written.lock().unwrap().clone()
    }

    pub fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    pub fn resize(&self, rows: u16, cols: u16) {
        self.shown.lock().unwrap().screen_mut().set_size(cells(rows), cells(cols));
        self.master.resize(PtySize { rows, cols, ..PtySize::default() }).unwrap();
    }

    /// Waits until all these texts are on the screen at once.
    pub fn wait_for(&self, texts: &[&str]) {
        self.wait_until(&format!("{texts:?}"), |text| texts.iter().all(|part| text.contains(part)));
    }

    pub fn wait_until(&self, what: &str, condition: impl Fn(&str) -> bool) {
        wait_for(what, || self.text(), || condition(&self.text()).then_some(()));
    }

    /// The program itself.
    pub fn process(&self) -> Pid {
        let id = self.child.process_id().and_then(|id| i32::try_from(id).ok());
        id.and_then(Pid::from_raw).expect("it runs")
    }

    pub fn home(&self) -> &Home {
        &self.home
    }

    /// For another start in it.
    pub fn into_home(mut self) -> Home {
        std::mem::replace(&mut self.home, Home::new())
    }

    /// What a shell wrote to the file `job` in the home directory.
    pub fn job(&self) -> Pid {
        let file = self.home.path().join("job");
        let id = std::fs::read_to_string(file).unwrap().trim().parse().unwrap();
        Pid::from_raw(id).expect("a process has a number")
    }

    pub fn wait_for_exit(&mut self) -> ExitStatus {
        let shown = self.shown.clone();
        let describe = move || shown.lock().unwrap().screen().contents();
        wait_for("exit", describe, || self.child.try_wait().unwrap())
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Everything that the program switched on is off again.
    pub fn wait_until_restored(&self) {
        self.wait_until_left();
        assert_eq!(modes(&*self.master), self.modes);
    }

    /// As [`Terminal::wait_until_restored`], where a shell may have set modes of its own since.
    pub fn wait_until_left(&self) {
        wait_for(
            "restored terminal",
            || self.state(),
            || {
                let shown = self.shown.lock().unwrap();
                let screen = shown.screen();
                let left = !screen.alternate_screen()
                    && !screen.hide_cursor()
                    && !screen.bracketed_paste()
                    && screen.mouse_protocol_mode() == MouseProtocolMode::None;
                left.then_some(())
            },
        );
    }

    pub fn reports_mouse(&self) -> bool {
        let shown = self.shown.lock().unwrap();
        shown.screen().mouse_protocol_mode() != MouseProtocolMode::None
    }

    fn state(&self) -> String {
        let shown = self.shown.lock().unwrap();
        let screen = shown.screen();
        format!(
            "alternate screen {}, cursor hidden {}, bracketed paste {}, mouse {:?}\n{}",
            screen.alternate_screen(),
            screen.hide_cursor(),
            screen.bracketed_paste(),
            screen.mouse_protocol_mode(),
            screen.contents(),
        )
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn watch(mut reader: Box<dyn Read + Send>, shown: &Mutex<Parser>, written: &Mutex<Vec<u8>>) {
    let mut bytes = [0; 4096];
    while let Ok(read @ 1..) = reader.read(&mut bytes) {
        written.lock().unwrap().extend_from_slice(&bytes[..read]);
        shown.lock().unwrap().process(&bytes[..read]);
    }
}

fn cells(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).expect("a terminal has cells")
}

fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().expect("a pseudo-terminal has modes"))
}
