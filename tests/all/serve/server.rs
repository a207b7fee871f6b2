//! `passbook --serve` as a child process: its log lines, its health, its end.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::program::{DEADLINE, Home, PROGRAM, wait_for};

/// Killed when dropped.
pub struct Server {
    pub address: SocketAddr,
    child: Child,
    log: Log,
    home: Option<Home>,
}

/// Lines of standard output, as far as they have come.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Server {
    pub fn command(home: &Home, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).env_clear().envs(&home.environment).current_dir(home.path());
        command
    }

    /// On a free loopback port; returns once it listens.
    pub fn start(home: Home, arguments: &[&str]) -> Self {
        let mut command = Self::command(&home, arguments);
        command.args(["--bind", "127.0.0.1", "--port", "0"]);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let log = Log::default();
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let kept = log.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.0.lock().unwrap().push(line);
            }
        });
        let unknown = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Self { address: unknown, child, log, home: Some(home) };
        let listening = server.wait_for_line("listening");
        server.address = listening["address"].as_str().unwrap().parse().unwrap();
        server
    }

    pub fn get(&self, path: &str) -> (u16, Value) {
        get(self.address, path)
    }

    /// Status, headers and body.
    pub fn get_text(&self, path: &str) -> (u16, String, String) {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", self.address);
        exchange(self.address, &request).expect("an answer")
    }

    pub fn request(&self, request: &str) -> (u16, Value) {
        send(self.address, request).expect("an answer")
    }

    /// Waits for this status and reason (none: empty), and returns the body.
    pub fn wait_for_health(&self, status: u16, reason: &str) -> Value {
        let what = format!("health {status} {reason}");
        let describe = || format!("{:?}\n{}", self.get("/health"), self.log.text());
        wait_for(&what, describe, || {
            let (now, body) = self.get("/health");
            let matches = now == status && body["reason"].as_str().unwrap_or_default() == reason;
            matches.then_some(body)
        })
    }

    pub fn wait_until(&self, what: &str, condition: impl Fn() -> bool) {
        wait_for(what, || self.log.text(), || condition().then_some(()));
    }

    /// The first log line with this message.
    pub fn wait_for_line(&self, message: &str) -> Value {
        self.log.wait_for(message)
    }

    /// SIGTERM; the exit status, which has to come in time.
    pub fn stop(self, within: Duration) -> Option<i32> {
        self.stop_and_keep(within).0
    }

    /// As [`Server::stop`], with the home for another start.
    pub fn stop_and_keep(mut self, within: Duration) -> (Option<i32>, Home) {
        let process = Pid::from_child(&self.child);
        let asked = Instant::now();
        kill_process(process, Signal::TERM).unwrap();
        let status = wait_for("exit", || self.log.text(), || self.child.try_wait().unwrap());
        assert!(asked.elapsed() < within, "stopping took {:?}", asked.elapsed());
        (status.code(), self.home.take().expect("kept until now"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Log {
    fn text(&self) -> String {
        self.0.lock().unwrap().join("\n")
    }

    fn wait_for(&self, message: &str) -> Value {
        wait_for(
            &format!("log line {message:?}"),
            || self.text(),
            || {
                let lines = self.0.lock().unwrap();
                let mut parsed = lines.iter().map(|line| {
                    serde_json::from_str::<Value>(line).expect("every log line is JSON")
                });
                parsed.find(|line| line["message"] == message)
            },
        )
    }
}

pub fn get(address: SocketAddr, path: &str) -> (u16, Value) {
    send(address, &format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n")).expect("an answer")
}

fn send(address: SocketAddr, request: &str) -> std::io::Result<(u16, Value)> {
    let (status, _, body) = exchange(address, request)?;
    let value = serde_json::from_str(&body);
    Ok((status, value.map_err(|_| std::io::Error::other(format!("not JSON: {body:?}")))?))
}

fn exchange(address: SocketAddr, request: &str) -> std::io::Result<(u16, String, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    let parts = status.zip(answer.split_once("\r\n\r\n"));
    let (status, (head, body)) =
        parts.ok_or_else(|| std::io::Error::other(format!("not an answer: {answer:?}")))?;
    Ok((status, head.to_owned(), body.to_owned()))
}
