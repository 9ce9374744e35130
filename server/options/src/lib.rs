//! What the operator chooses, read from the command line.
//!
//! A crate of its own: `cargo xtask serve` looks at the options before it builds a server for them.

use std::ffi::{OsStr, OsString};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use thiserror::Error;

/// What `--help` says.
pub const HELP: &str = "\
--data DIR                  folder of everything that the relay keeps (data)
--listen IP:PORT            where it listens (127.0.0.1:8080)
--public-url URL            how people reach it, if not at that address
--trusted-proxy IP          whose word about the address of a visitor counts
--quota-mb N                how much each file of the store may hold
--metrics-listen IP:PORT    where /metrics is to be read
--app-dir DIR               a built app to serve instead of the one inside
--verbose                   tell of every connection and every entry too, by their ids
--stop-app                  take the copies of the app out of browsers, and leave what people wrote
--help                      this";

/// Whether the options ask what options there are.
pub fn asks_for_help(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> bool {
    let mut arguments = arguments.into_iter();
    arguments.any(|argument| argument.as_ref() == "--help" || argument.as_ref() == "-h")
}

/// Says why an address cannot be listened on, and what to do.
#[must_use]
pub fn listen_error(address: SocketAddr, error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::AddrInUse {
        format!(
            "{address} is taken: another program listens there, perhaps another Aanzet. \
             End that one, or choose another address with --listen"
        )
    } else {
        format!("{address} cannot be listened on: {error}")
    }
}

/// Options of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `--data DIR`: folder of everything that the relay keeps.
    pub data: PathBuf,
    /// `--listen IP:PORT`.
    pub listen: SocketAddr,
    /// `--public-url URL`: how people reach the server; without it, the address that it listens on.
    pub public_url: Option<String>,
    /// `--trusted-proxy IP`: whose word about the address of a visitor counts (W2).
    pub trusted_proxy: Option<IpAddr>,
    /// `--quota-mb N`: how much the store may hold; without it, what the disk holds.
    pub quota_bytes: Option<u64>,
    /// `--metrics-listen IP:PORT`: where `/metrics` is to be read; without it, nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// `--app-dir DIR`: a built app to serve instead of the one inside.
    pub app_dir: Option<PathBuf>,
    /// `--verbose`: tells of every connection and every entry too, by their ids.
    pub is_verbose: bool,
    /// `--stop-app`: takes the copies of the app out of browsers, with nothing that people wrote (W4).
    pub stops_app: bool,
}

/// An option that cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum ConfigError {
    #[error(
        "unknown option {0}; known are --data DIR, --listen IP:PORT, --public-url URL, \
         --trusted-proxy IP, --quota-mb N, --metrics-listen IP:PORT, --app-dir DIR, --verbose, --stop-app, --help"
    )]
    Unknown(String),
    #[error("{0} needs a value")]
    NoValue(&'static str),
    #[error("{0} {1} is not valid: {2}")]
    Invalid(&'static str, String, &'static str),
}

impl Config {
    /// Reads the options, without the name of the program.
    ///
    /// # Errors
    /// [`ConfigError`] for the first option that cannot be used.
    pub fn from_arguments(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, ConfigError> {
        let mut config = Self {
            data: "data".into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            trusted_proxy: None,
            quota_bytes: None,
            metrics_listen: None,
            app_dir: None,
            is_verbose: false,
            stops_app: false,
        };
        let mut arguments = arguments.into_iter();
        while let Some(option) = arguments.next() {
            let mut value = |name| arguments.next().ok_or(ConfigError::NoValue(name));
            match option.to_str() {
                Some("--data") => config.data = value("--data")?.into(),
                Some("--listen") => config.listen = listen("--listen", &value("--listen")?)?,
                Some("--public-url") => config.public_url = Some(public_url(&value("--public-url")?)?),
                Some("--trusted-proxy") => {
                    config.trusted_proxy = Some(trusted_proxy(&value("--trusted-proxy")?)?);
                }
                Some("--quota-mb") => config.quota_bytes = Some(quota(&value("--quota-mb")?)?),
                Some("--metrics-listen") => {
                    config.metrics_listen = Some(listen("--metrics-listen", &value("--metrics-listen")?)?);
                }
                Some("--app-dir") => config.app_dir = Some(value("--app-dir")?.into()),
                Some("--verbose") => config.is_verbose = true,
                Some("--stop-app") => config.stops_app = true,
                Some(_) | None => return Err(ConfigError::Unknown(option.to_string_lossy().into_owned())),
            }
        }
        Ok(config)
    }
}

fn listen(option: &'static str, value: &OsStr) -> Result<SocketAddr, ConfigError> {
    let text = value.to_string_lossy();
    text.parse()
        .map_err(|_| ConfigError::Invalid(option, text.into_owned(), "write IP:PORT"))
}

/// Millions of bytes, as sellers of disks count; at least what an empty store and a few stories need.
fn quota(value: &OsStr) -> Result<u64, ConfigError> {
    let text = value.to_string_lossy();
    let megabytes = text
        .parse()
        .ok()
        .filter(|megabytes| (1..=1_000_000_000).contains(megabytes));
    let bytes = megabytes.map(|megabytes: u64| megabytes * 1_000_000);
    bytes.ok_or_else(|| ConfigError::Invalid("--quota-mb", text.into_owned(), "write a number of megabytes"))
}

fn trusted_proxy(value: &OsStr) -> Result<IpAddr, ConfigError> {
    let text = value.to_string_lossy();
    text.parse()
        .map_err(|_| ConfigError::Invalid("--trusted-proxy", text.into_owned(), "write an IP address"))
}

/// An origin: the app compares it with what a browser sends (W2).
fn public_url(value: &OsStr) -> Result<String, ConfigError> {
    let text = value.to_string_lossy().trim_end_matches('/').to_owned();
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(text),
        Some(_) | None => Err(ConfigError::Invalid(
            "--public-url",
            text,
            "write https://name, without a path",
        )),
    }
}

#[cfg(test)]
mod tests;
