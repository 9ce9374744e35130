//! WebKitGTK in a small browser of our own.

use super::{LANGUAGE, Start};
use anyhow::Context;
use serde_json::json;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use thirtyfour::prelude::*;

const BROWSER: &str = include_str!("webkit.py");

pub(super) fn driver(start: &Start<'_>) -> anyhow::Result<Command> {
    let browser = start.profile.join("browser.py");
    fs::write(&browser, BROWSER).context("write the browser")?;
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755))?;
    let mut driver = Command::new("WebKitWebDriver");
    driver.arg(format!("--port={}", start.address.port()));
    driver.env("DISPLAY", &start.tools.display);
    driver.env("AANZET_PROFILE", start.profile);
    driver.env("AANZET_PROXY", start.proxy.to_string());
    driver.env("AANZET_LANGUAGE", LANGUAGE);
    driver.env("AANZET_SETTING", format!("{:?}", start.setting));
    // Its sandbox needs rights that a machine for tests may not give.
    driver.env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1");
    Ok(driver)
}

pub(super) fn capabilities(start: &Start<'_>) -> anyhow::Result<Capabilities> {
    let mut capabilities = Capabilities::new();
    capabilities.set("browserName", "aanzet-webkit")?;
    let browser = start.profile.join("browser.py");
    capabilities.set(
        "webkitgtk:browserOptions",
        json!({ "binary": browser, "args": [] }),
    )?;
    Ok(capabilities)
}

/// What GLib 2.74 says when it ends a process because a signal came while it asked for its environment: it takes an
/// old errno for a failure.
pub(super) const TRAP: &str = "getauxval () failed: Interrupted system call";

/// It does not know this part of the policy, and says so.
const UNKNOWN_TO_IT: &str = "Unrecognized Content-Security-Policy directive 'manifest-src'";

/// The console of pages and workers, as the browser writes it.
pub(super) fn complaints(said: &str) -> Vec<String> {
    let errors = said
        .lines()
        .filter(|line| line.contains("CONSOLE ") && line.contains(" ERROR "));
    errors
        .filter(|line| !line.contains(UNKNOWN_TO_IT))
        .map(str::to_owned)
        .collect()
}
