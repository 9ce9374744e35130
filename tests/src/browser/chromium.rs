//! Chromium, without a screen.

use super::{LANGUAGE, Setting, Start};
use serde_json::json;
use std::process::Command;
use thirtyfour::prelude::*;

/// Asked for by the browser itself in spite of all switches.
pub(super) const OWN_HOSTS: &[&str] = &[
    "accounts.google.com",
    "android.clients.google.com",
    "clients2.google.com",
    "content-autofill.googleapis.com",
    "optimizationguide-pa.googleapis.com",
    "redirector.gvt1.com",
    "start.duckduckgo.com", // Debian's
    "update.googleapis.com",
    "www.google.com",
];

pub(super) fn driver(start: &Start<'_>) -> Command {
    let mut driver = Command::new("chromedriver");
    driver.arg(format!("--port={}", start.address.port()));
    driver
}

pub(super) fn capabilities(start: &Start<'_>) -> anyhow::Result<Capabilities> {
    let mut arguments = vec![
        "--headless=new".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-quic".to_owned(),
        "--no-first-run".to_owned(),
        "--no-default-browser-check".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        // Small machines have little shared memory.
        "--disable-dev-shm-usage".to_owned(),
        // A microphone that beeps.
        "--use-fake-device-for-media-stream".to_owned(),
        format!("--lang={LANGUAGE}"),
        "--window-size=1280,900".to_owned(),
        format!("--proxy-server={}", start.proxy),
        "--proxy-bypass-list=127.0.0.1".to_owned(),
        format!("--user-data-dir={}", start.profile.display()),
    ];
    if start.setting != Setting::NoMicrophone {
        // Everybody else allows it.
        arguments.push("--use-fake-ui-for-media-stream".to_owned());
    }
    if rustix::process::geteuid().is_root() {
        arguments.push("--no-sandbox".to_owned());
    }
    let mut capabilities = Capabilities::new();
    capabilities.set("browserName", "chrome")?;
    // As its users set it: 1 allows, 2 blocks.
    let scripts = if start.setting == Setting::NoScripts { 2 } else { 1 };
    let microphone = if start.setting == Setting::NoMicrophone {
        2
    } else {
        1
    };
    let options = json!({
        "args": arguments,
        "prefs": {
            "profile.managed_default_content_settings.javascript": scripts,
            "profile.managed_default_content_settings.media_stream_mic": microphone,
            // What pages are told; the switch is for its own words.
            "intl.accept_languages": LANGUAGE,
            "intl.selected_languages": LANGUAGE,
        },
    });
    capabilities.set("goog:chromeOptions", options)?;
    capabilities.set("goog:loggingPrefs", json!({ "browser": "ALL" }))?;
    Ok(capabilities)
}

/// The console of pages and workers, violations and failed requests, as the driver keeps them.
pub(super) async fn complaints(driver: &WebDriver) -> anyhow::Result<Vec<String>> {
    let log = driver.browser_log().await?;
    Ok(log
        .into_iter()
        .filter(|entry| entry.level == "SEVERE")
        .map(|entry| entry.message)
        .collect())
}
