//! The way to a browser, where there is one.

use std::env;

use crate::domain::linking::Browser;

/// Opens the page, if there is a display to show it on. Never waits for the browser to end.
pub fn open(address: &str) -> Browser {
    if !has_display() {
        return Browser::NoDisplay;
    }
    match open::that_detached(address) {
        Ok(()) => Browser::Opened,
        Err(error) => Browser::Failed(error.to_string()),
    }
}

/// Elsewhere than on Linux and its kin windows are always there, but for a shell from afar.
fn has_display() -> bool {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(any(target_os = "macos", windows)) {
        return !is_set("SSH_CONNECTION");
    }
    is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") || is_set("WSL_DISTRO_NAME")
}
