//! A real relay, with a folder of its own, that can be stopped, killed and started again at the same address.

use crate::process::Process;
use crate::wait::wait_for;
use anyhow::{Context, ensure};
use std::cell::RefCell;
use std::ffi::OsStr;
use std::fs;
use std::io::{ErrorKind, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The relay of a journey.
#[derive(Debug)]
pub struct Relay {
    program: PathBuf,
    app: RefCell<Option<PathBuf>>,
    address: SocketAddr,
    folder: PathBuf,
    place: Place,
    process: RefCell<Option<Process>>,
}

/// Where a relay stands, other than most.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// Its own address, if people reach it at another.
    pub behind: Option<(SocketAddr, String)>,
    /// Size of the disk that it has for itself and loses when it ends, in bytes.
    pub disk_bytes: Option<u64>,
    /// Where it shows its figures, if it does.
    pub figures: Option<SocketAddr>,
}

impl Relay {
    /// Starts this server on an empty folder, with a built app or without.
    ///
    /// # Errors
    /// When it does not say that it listens.
    pub async fn start(
        program: PathBuf,
        app: Option<PathBuf>,
        folder: &Path,
        place: Place,
    ) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        let address = match &place.behind {
            Some((address, _)) => *address,
            None => free_address()?,
        };
        let relay = Self {
            program,
            app: RefCell::new(app),
            address,
            folder: folder.to_owned(),
            place,
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
        self.start_with(&[], &[]).await
    }

    /// Starts it on what it kept, with another build of the app from now on.
    ///
    /// # Errors
    /// When it runs already or does not say that it listens.
    pub async fn start_again_with(&self, app: &Path) -> anyhow::Result<()> {
        *self.app.borrow_mut() = Some(app.to_owned());
        self.start_again().await
    }

    /// Starts it on what it kept, so that it takes the app out of every browser (W4).
    ///
    /// # Errors
    /// When it runs already or does not say that it listens.
    pub async fn start_again_stopping_the_app(&self) -> anyhow::Result<()> {
        self.start_with(&[], &["--stop-app"]).await
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
        self.start_with(&clock, &[]).await
    }

    async fn start_with(&self, environment: &[(&str, &OsStr)], options: &[&str]) -> anyhow::Result<()> {
        ensure!(self.process.borrow().is_none(), "the relay runs");
        let mut command = match self.place.disk_bytes {
            Some(bytes) => self.on_own_disk(bytes)?,
            None => Command::new(&self.program),
        };
        command.envs(environment.iter().copied());
        if let Some((_, url)) = &self.place.behind {
            command.arg("--public-url").arg(url);
        }
        // All that it may say is searched for what it must not (`traces`).
        command.arg("--verbose");
        command.arg("--data").arg(self.data());
        command.arg("--listen").arg(self.address.to_string());
        if let Some(app) = &*self.app.borrow() {
            command.arg("--app-dir").arg(app);
        }
        if let Some(figures) = self.place.figures {
            command.arg("--metrics-listen").arg(figures.to_string());
        }
        command.args(options);
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

    /// Starts the program with a file system in memory at its data, which nobody else sees: a disk that can be full.
    fn on_own_disk(&self, bytes: u64) -> anyhow::Result<Command> {
        const MOUNT: &str = r#"mount -t tmpfs -o "size=$1" disk "$2" && shift 2 && exec "$@""#;
        fs::create_dir_all(self.data())?;
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", MOUNT, "sh"]);
        command.arg(bytes.to_string()).arg(self.data()).arg(&self.program);
        Ok(command)
    }

    /// Fills the rest of its own disk with something else.
    ///
    /// # Errors
    /// When it does not run, or does not have a disk for itself.
    pub fn fills_disk(&self) -> anyhow::Result<()> {
        let mut file = fs::File::create(self.ballast()?)?;
        for size in [64 * 1024, 1] {
            let piece = vec![0; size];
            loop {
                match file.write_all(&piece) {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => return Err(error).context("fill the disk"),
                }
            }
        }
        Ok(())
    }

    /// Takes that away again.
    ///
    /// # Errors
    /// When it does not run, or its disk was not filled.
    pub fn empties_disk(&self) -> anyhow::Result<()> {
        fs::remove_file(self.ballast()?).context("empty the disk")
    }

    /// A file on its own disk, as seen from outside.
    fn ballast(&self) -> anyhow::Result<PathBuf> {
        ensure!(self.place.disk_bytes.is_some(), "it has no disk for itself");
        let process = self.process_id().context("the relay does not run")?;
        let data = fs::canonicalize(self.data())?;
        let data = data.strip_prefix("/")?;
        Ok(Path::new("/proc")
            .join(process.to_string())
            .join("root")
            .join(data)
            .join("ballast"))
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
        match &self.place.behind {
            Some((_, url)) => url.clone(),
            None => format!("http://{}", self.address),
        }
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

    fn log_file(&self) -> PathBuf {
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

    /// How many devices talk to it, as its figures tell.
    ///
    /// # Errors
    /// When it shows none.
    pub async fn n_devices(&self) -> anyhow::Result<u64> {
        let figures = self.place.figures.context("it shows no figures")?;
        let text = reqwest::get(format!("http://{figures}/metrics"))
            .await?
            .text()
            .await?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("aanzet_connections "));
        Ok(line.context("it does not count connections")?.trim().parse()?)
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
