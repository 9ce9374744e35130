//! A real relay, with a folder of its own, that can be stopped, killed and started again at the same address.

use crate::process::Process;
use crate::stage::Tools;
use crate::wait::wait_for;
use anyhow::{Context, ensure};
use std::cell::RefCell;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The relay of a journey.
#[derive(Debug)]
pub struct Relay {
    program: PathBuf,
    app: PathBuf,
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
        fs::create_dir_all(folder)?;
        let relay = Self {
            program: tools.server.clone(),
            app: tools.app.clone(),
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
        ensure!(self.process.borrow().is_none(), "the relay runs");
        let mut command = Command::new(&self.program);
        command
            .arg("--data")
            .arg(self.data())
            .arg("--app-dir")
            .arg(&self.app);
        command.arg("--listen").arg(self.address.to_string());
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

    /// Number of its process, if it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.process.borrow().as_ref().map(Process::id)
    }
}

/// An address that nobody listens on: the system gives a port, which stays the relay's for all its starts.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}
