//! The server as a program beside this one: its words are passed on, and it ends when this one does.

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::ffi::OsStr;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// A running server. Dropped, it is killed.
#[derive(Debug)]
pub struct Server {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

/// What a server says when it starts on an empty folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// Its address.
    pub url: String,
    /// The code to found a network with.
    pub code: String,
}

impl Server {
    /// Starts the program with these options.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(
        program: &OsStr,
        options: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> anyhow::Result<Self> {
        let mut child = Command::new(program)
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("start {}", program.display()))?;
        let output = child.stdout.take().context("its output")?;
        Ok(Self {
            child,
            said: BufReader::new(output).lines(),
        })
    }

    /// Passes on what it says until it listens, without the founding code: that is used up here.
    ///
    /// # Errors
    /// When it ends before, or has a network already.
    pub async fn listens(&mut self, say: impl Fn(&str)) -> anyhow::Result<Start> {
        let mut code = None;
        while let Some(line) = self.said.next_line().await? {
            if let Some(printed) = line.strip_prefix("Stichtcode: ") {
                code = Some(printed.trim().to_owned());
                continue;
            }
            say(&line);
            if let Some(url) = line.strip_prefix("Aanzet luistert op ") {
                let code = code.context("there is a network already: an example begins without one")?;
                return Ok(Start {
                    url: url.trim().to_owned(),
                    code,
                });
            }
        }
        bail!("the server ended: {}", self.child.wait().await?);
    }

    /// Passes on what it says until it ends.
    ///
    /// # Errors
    /// When its output cannot be read.
    pub async fn ends(&mut self, say: impl Fn(&str)) -> anyhow::Result<()> {
        while let Some(line) = self.said.next_line().await? {
            say(&line);
        }
        self.child.wait().await?;
        Ok(())
    }

    /// Asks it to end (SIGTERM) and waits until it has stored everything.
    ///
    /// # Errors
    /// When it does not end well.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let id = self.child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
        if let Some(id) = id {
            // It may just have ended by itself: Ctrl-C reaches both.
            kill_process(id, Signal::TERM).ok();
        }
        let status = self.child.wait().await?;
        ensure!(status.success(), "the server ended: {status}");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    fn start(script: &str) -> Server {
        Server::start("sh".as_ref(), ["-c", script]).unwrap()
    }

    #[tokio::test]
    async fn all_is_passed_on_but_the_founding_code() {
        let mut server = start(
            "trap 'exit 0' TERM; echo one; echo 'Stichtcode: ABCD'; echo 'Aanzet luistert op http://here'
            while :; do sleep 0.01; done",
        );
        let said = RefCell::new(Vec::new());
        let start = server.listens(|line| said.borrow_mut().push(line.to_owned()));
        let expected = Start {
            url: "http://here".into(),
            code: "ABCD".into(),
        };
        assert_eq!(start.await.unwrap(), expected);
        assert_eq!(*said.borrow(), ["one", "Aanzet luistert op http://here"]);
        server.stop().await.unwrap();
    }

    #[tokio::test]
    async fn a_server_that_has_a_network_or_ends_is_none_for_an_example() {
        let mut server = start("echo 'Aanzet luistert op http://here'");
        let error = server.listens(|_| ()).await.unwrap_err();
        assert!(error.to_string().contains("a network already"), "{error}");
        let mut server = start("exit 3");
        let error = server.listens(|_| ()).await.unwrap_err();
        assert!(error.to_string().contains("the server ended"), "{error}");
    }
}
