//! Firefox ESR, without a screen.

use super::{LANGUAGE, Setting, Start};
use anyhow::Context;
use axum::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use std::fmt::Write;
use std::fs;
use std::process::Command;
use std::sync::Arc;
use thirtyfour::common::command::ExtensionCommand;
use thirtyfour::prelude::*;

/// Asked for by the browser itself in spite of all settings.
pub(super) const OWN_HOSTS: &[&str] = &[
    "ads.mozilla.org",
    "content-signature-2.cdn.mozilla.net",
    "contile.services.mozilla.com",
    "detectportal.firefox.com",
    "firefox-settings-attachments.cdn.mozilla.net",
    "firefox.settings.services.mozilla.com",
    "location.services.mozilla.com",
    "push.services.mozilla.com",
    "aus5.mozilla.org",
];

pub(super) fn driver(start: &Start<'_>) -> Command {
    let mut driver = Command::new(&start.tools.geckodriver);
    driver.arg("--port").arg(start.address.port().to_string());
    // The only place that knows all errors and violations is the browser's own console.
    driver.arg("--allow-system-access");
    driver
        .env("MOZ_HEADLESS_WIDTH", "1280")
        .env("MOZ_HEADLESS_HEIGHT", "900");
    driver
}

pub(super) fn capabilities(start: &Start<'_>) -> anyhow::Result<Capabilities> {
    let lets_record = start.setting != Setting::NoMicrophone;
    let settings = [
        ("javascript.enabled", json!(start.setting != Setting::NoScripts)),
        ("network.proxy.type", json!(1)),
        ("network.proxy.http", json!("127.0.0.1")),
        ("network.proxy.http_port", json!(start.proxy.port())),
        ("network.proxy.ssl", json!("127.0.0.1")),
        ("network.proxy.ssl_port", json!(start.proxy.port())),
        ("network.proxy.no_proxies_on", json!("127.0.0.1")),
        // What pages and workers write to their console comes out.
        ("devtools.console.stdout.content", json!(true)),
        // What was typed is written to the session file soon, so that a search can find it.
        ("browser.sessionstore.interval", json!(1000)),
        ("intl.locale.requested", json!(LANGUAGE)),
        ("intl.accept_languages", json!(LANGUAGE)),
        ("app.update.disabledForTesting", json!(true)),
        ("app.normandy.enabled", json!(false)),
        ("browser.aboutConfig.showWarning", json!(false)),
        ("browser.shell.checkDefaultBrowser", json!(false)),
        ("browser.startup.homepage_override.mstone", json!("ignore")),
        ("browser.startup.page", json!(0)),
        ("browser.newtabpage.enabled", json!(false)),
        ("browser.safebrowsing.malware.enabled", json!(false)),
        ("browser.safebrowsing.phishing.enabled", json!(false)),
        ("captivedetect.canonicalURL", json!("")),
        ("datareporting.policy.dataSubmissionEnabled", json!(false)),
        ("dom.push.connection.enabled", json!(false)),
        ("extensions.update.enabled", json!(false)),
        // It starts a third sooner where it looks for no extensions.
        ("extensions.enabledScopes", json!(0)),
        // A microphone that hums, and that everybody allows who did not forbid it: 2 blocks.
        ("media.navigator.permission.disabled", json!(lets_record)),
        (
            "permissions.default.microphone",
            json!(if lets_record { 0 } else { 2 }),
        ),
        ("media.navigator.streams.fake", json!(true)),
        ("network.captive-portal-service.enabled", json!(false)),
        ("network.connectivity-service.enabled", json!(false)),
        ("services.settings.server", json!("http://127.0.0.1:1/")),
        ("toolkit.telemetry.reportingpolicy.firstRun", json!(false)),
    ];
    let mut file = String::new();
    for (name, value) in settings {
        writeln!(file, "user_pref(\"{name}\", {value});")?;
    }
    fs::write(start.profile.join("user.js"), file).context("write the settings of Firefox")?;
    let mut capabilities = Capabilities::new();
    capabilities.set("browserName", "firefox")?;
    let options = json!({
        "binary": "/usr/bin/firefox-esr",
        "args": ["-headless", "-profile", start.profile],
    });
    capabilities.set("moz:firefoxOptions", options)?;
    Ok(capabilities)
}

/// Errors and violations by the browser's own console, what programs wrote by what came out (of pages in quotes,
/// of the browser itself without).
pub(super) async fn complaints(driver: &WebDriver, said: &str) -> anyhow::Result<Vec<String>> {
    chrome_context(driver, true).await?;
    let messages = driver.execute(MESSAGES, Vec::new()).await;
    chrome_context(driver, false).await?;
    let messages: Vec<Message> = messages?.convert()?;
    let from_pages = messages
        .into_iter()
        .filter(|message| message.source.starts_with("http") || message.category.contains("CSP"))
        .map(|message| format!("{} ({}, {})", message.text, message.category, message.source));
    let written = said
        .lines()
        .filter(|line| line.starts_with("console.error: \""))
        .map(str::to_owned);
    Ok(from_pages.chain(written).collect())
}

#[derive(Debug, Deserialize)]
struct Message {
    text: String,
    source: String,
    category: String,
}

/// All errors, no warnings but those about the policy; then the console is empty.
const MESSAGES: &str = "
    const messages = [];
    for (const message of Services.console.getMessageArray()) {
      if (!(message instanceof Ci.nsIScriptError)) continue;
      if (message.flags & Ci.nsIScriptError.warningFlag && !message.category.includes('CSP')) continue;
      messages.push({ text: message.errorMessage, source: message.sourceName ?? '', category: message.category });
    }
    Services.console.reset();
    return messages;";

async fn chrome_context(driver: &WebDriver, chrome: bool) -> anyhow::Result<()> {
    let command = SetContext(if chrome { "chrome" } else { "content" });
    driver
        .cmd(thirtyfour::common::command::Command::ExtensionCommand(Box::new(
            command,
        )))
        .await?;
    Ok(())
}

#[derive(Debug)]
struct SetContext(&'static str);

impl ExtensionCommand for SetContext {
    fn parameters_json(&self) -> Option<Value> {
        Some(json!({ "context": self.0 }))
    }

    fn method(&self) -> Method {
        Method::POST
    }

    fn endpoint(&self) -> Arc<str> {
        "/moz/context".into()
    }
}
