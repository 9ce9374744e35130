//! A real relay, with a folder of its own, that can be stopped, killed and started again at the same address.

use crate::process::Process;
use crate::stage::Tools;
use crate::wait::wait_for;
use anyhow::{Context, ensure};
use std::cell::RefCell;
use std::ffi::OsStr;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The relay of a journey.
#[derive(Debug)]
pub struct Relay {
    program: PathBuf,
    app: Option<PathBuf>,
    address: SocketAddr,
    folder: PathBuf,
    process: RefCell<Option<Process>>,
}

impl Relay {
    /// Starts a relay on an empty folder.
    ///
    /// # Errors
    /// When it does not say that it listens.
    pub async fn start(tools: &Tools, folder: &Path) -> anyhow::Result<Self> {
        Self::start_program(tools.server.clone(), Some(tools.app.clone()), folder).await
    }

    /// Starts this server on an empty folder, with a built app or without.
    ///
    /// # Errors
    /// When it does not say that it listens.
    pub async fn start_program(
        program: PathBuf,
        app: Option<PathBuf>,
        folder: &Path,
    ) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        let relay = Self {
            program,
            app,
            address: free_address()?,
            folder: folder.to_owned(),
            process: RefCell::new(None),
        };
        relay.start_again().await?;
        Ok(relay)
    }

    /// Starts it on what it kept, at the same address.
    ///
    /// # Errors
    /// When it runs already or does not say that it listens.
    pub async fn start_again(&self) -> anyhow::Result<()> {
        self.start_with(&[]).await
    }

    /// Starts it on what it kept, with a clock that is so much ahead of all others.
    ///
    /// # Errors
    /// When it runs already or does not say that it listens, or when libfaketime is missing.
    pub async fn start_again_later(&self, by: Duration) -> anyhow::Result<()> {
        let library = faketime().context("libfaketime (Debian package) is missing")?;
        let ahead = format!("+{}s", by.as_secs());
        // Only the time of day is another: timers go on as they are.
        let clock = [
            ("LD_PRELOAD", library.as_os_str()),
            ("FAKETIME", ahead.as_ref()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".as_ref()),
        ];
        self.start_with(&clock).await
    }

    async fn start_with(&self, environment: &[(&str, &OsStr)]) -> anyhow::Result<()> {
        ensure!(self.process.borrow().is_none(), "the relay runs");
        let mut command = Command::new(&self.program);
        command.envs(environment.iter().copied());
        command.arg("--data").arg(self.data());
        command.arg("--listen").arg(self.address.to_string());
        if let Some(app) = &self.app {
            command.arg("--app-dir").arg(app);
        }
        let log = self.log_file();
        let said_before = fs::metadata(&log).map_or(0, |log| log.len());
        *self.process.borrow_mut() = Some(Process::start(&mut command, &log)?);
        wait_for("the relay listens", async || {
            self.process
                .borrow_mut()
                .as_mut()
                .map_or(Ok(()), Process::must_run)?;
            let log = fs::read(&log)?;
            let new = log
                .get(usize::try_from(said_before)?..)
                .context("its log became shorter")?;
            Ok(String::from_utf8_lossy(new)
                .contains("Aanzet luistert op ")
                .then_some(()))
        })
        .await?;
        Ok(())
    }

    /// Stops it as an operator does (SIGTERM) and waits for its end.
    ///
    /// # Errors
    /// When it does not run or does not end well.
    pub async fn stop(&self) -> anyhow::Result<()> {
        let process = self.process.borrow_mut().take();
        let status = process.context("the relay does not run")?.stop().await?;
        ensure!(status.success(), "the relay ended with {status}");
        Ok(())
    }

    /// Kills it (SIGKILL).
    ///
    /// # Errors
    /// When it does not run.
    pub fn kill(&self) -> anyhow::Result<()> {
        self.process
            .borrow_mut()
            .take()
            .context("the relay does not run")?
            .kill();
        Ok(())
    }

    /// The founding code that it printed last.
    ///
    /// # Errors
    /// When it printed none.
    pub fn founding_code(&self) -> anyhow::Result<String> {
        let log = self.log()?;
        let code = log
            .lines()
            .rev()
            .find_map(|line| line.strip_prefix("Stichtcode: "));
        Ok(code
            .context("the relay printed no founding code")?
            .trim()
            .to_owned())
    }

    /// Its address as people type it, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The folder that it keeps everything in.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The folder of all that it leaves: what it keeps, and what it said.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// All that it said since its first start.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn log(&self) -> anyhow::Result<String> {
        Ok(String::from_utf8_lossy(&fs::read(self.log_file())?).into_owned())
    }

    /// The file of its log.
    pub fn log_file(&self) -> PathBuf {
        self.folder.join("relay.log")
    }

    /// How many bytes it keeps: more as soon as it wrote something down.
    ///
    /// # Errors
    /// When its folder cannot be read.
    pub fn kept_bytes(&self) -> anyhow::Result<u64> {
        let mut sum = 0;
        for file in fs::read_dir(self.data())? {
            sum += file?.metadata()?.len();
        }
        Ok(sum)
    }

    /// How many connections to it are open.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn n_connections(&self) -> anyhow::Result<usize> {
        let table = fs::read_to_string("/proc/net/tcp").context("read the connections")?;
        let port = format!(":{:04X}", self.address.port());
        let is_open = |line: &&str| {
            let mut parts = line.split_whitespace().skip(1);
            let (own, _, state) = (parts.next(), parts.next(), parts.next());
            own.is_some_and(|own| own.ends_with(&port)) && state == Some("01")
        };
        Ok(table.lines().filter(is_open).count())
    }

    /// Number of its process, if it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.process.borrow().as_ref().map(Process::id)
    }
}

/// Where Debian's libfaketime is, if it is.
fn faketime() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.flatten();
    folders
        .map(|folder| folder.path().join("faketime/libfaketime.so.1"))
        .find(|library| library.is_file())
}

/// An address that nobody listens on: the system gives a port, which stays the relay's for all its starts.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}
