//! Which process holds a lease, written so that the same machine can tell when it has died.
//!
//! Without this a passbook that was killed in mid-sync would keep the next one waiting until its
//! lease runs out. Only Linux tells enough about processes; elsewhere, and between machines, the
//! lease runs out as usual.

use std::fs;

/// `run@boot/namespace/pid/start`: a process id means something only within one boot and one
/// process namespace, and is reused, but never with the same start time.
pub(super) fn name(run_id: &str) -> String {
    match (machine(), started(std::process::id())) {
        (Some(machine), Some(start)) => {
            format!("{run_id}@{machine}/{}/{start}", std::process::id())
        }
        _ => run_id.to_owned(),
    }
}

/// Whether the holder is a process of this very machine that runs no more. When in doubt, no.
pub(super) fn has_died(holder: &str) -> bool {
    let (Some((_, place)), Some(machine)) = (holder.split_once('@'), machine()) else {
        return false;
    };
    let Some((pid, start)) =
        place.strip_prefix(&format!("{machine}/")).and_then(|process| process.split_once('/'))
    else {
        return false;
    };
    pid.parse().is_ok_and(|pid| started(pid).as_deref() != Some(start))
}

fn machine() -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{}/{}", boot.trim(), namespace.display()))
}

/// When a process started, in clock ticks since boot; `None` if there is none, or only its zombie.
fn started(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name and may hold anything, brackets and blanks included.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    (state != "Z").then(|| fields.nth(18).map(str::to_owned))?
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_a_process_of_this_machine_is_known_to_be_dead() {
        assert!(!has_died(&name("run")), "this one is alive");
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let start = started(child.id()).unwrap_or_else(|| "0".to_owned());
        let holder = format!("run@{}/{}/{start}", machine().unwrap(), child.id());
        child.wait().unwrap();
        assert!(has_died(&holder));
        assert!(!has_died("run"));
        assert!(!has_died(&holder.replace("run@", "run@elsewhere")));
    }
}
