//! Builds the server, and starts it, alone or with an example network in it.

use crate::app::{self, Weight};
use crate::folders::Folders;
use crate::step::{cargo, run, say, step};
use anyhow::{Context, bail, ensure};
use server_options::{Config, listen_error};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const PROGRAM: &str = "aanzet-server";
const EXAMPLE: &str = "example";

/// Builds app and server if need be and becomes the server.
pub(crate) fn serve(folders: &Folders, weight: Weight, arguments: &[OsString]) -> anyhow::Result<ExitCode> {
    check(arguments)?;
    let app = app::build(folders, weight)?;
    let program = build(folders)?;
    let mut server = Command::new(program);
    server.current_dir(&folders.root).arg("--app-dir").arg(app);
    server.args(options(arguments));
    if data(arguments).is_none() {
        // Stories are no build output: not in the cache.
        server.arg("--data").arg(folders.root.join("data"));
    }
    become_program(server)
}

/// Builds app, server and example if need be and becomes the program that runs the last two.
pub(crate) fn serve_example(
    folders: &Folders,
    weight: Weight,
    arguments: &[OsString],
) -> anyhow::Result<ExitCode> {
    check(arguments)?;
    let given = data(arguments).map(|data| folders.root.join(data));
    if let Some(data) = &given {
        ensure!(
            !data.join("relay.sqlite").exists(),
            "there is a network in {} already, and an example begins without one: name an empty folder, or leave --data out",
            data.display()
        );
    }
    let app = app::build(folders, weight)?;
    let server = build(folders)?;
    let program = build_example(folders)?;
    let mut example = Command::new(program);
    example.current_dir(&folders.root).arg(server);
    example.arg("--app-dir").arg(app).args(options(arguments));
    if given.is_none() {
        let own = folders.root.join("data-voorbeeld");
        say(&format!("the example begins anew, in {}", own.display()));
        // The devices of its members were in memory: nobody could go on with what is left.
        empty(&own)?;
        example.arg("--data").arg(own);
    }
    become_program(example)
}

/// What the server would refuse, said before minutes of building.
fn check(arguments: &[OsString]) -> anyhow::Result<()> {
    let config = Config::from_arguments(options(arguments).cloned())?;
    match TcpListener::bind(config.listen) {
        Ok(_) => Ok(()),
        Err(error) => bail!(listen_error(config.listen, &error)),
    }
}

/// What the server is given of the arguments.
fn options(arguments: &[OsString]) -> impl Iterator<Item = &OsString> {
    arguments.iter().filter(|argument| *argument != "--")
}

/// The folder of its data, if it is among the arguments.
fn data(arguments: &[OsString]) -> Option<&OsStr> {
    let mut rest = arguments.iter().skip_while(|argument| *argument != "--data");
    rest.next()?;
    // Without a folder the server itself says what is missing.
    Some(rest.next().map_or(OsStr::new(""), OsString::as_os_str))
}

fn empty(folder: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("empty {}", folder.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Builds the server for this machine's tests and trials. The app is given to it as a folder, so that a change of
/// one does not build the other.
pub(crate) fn build(folders: &Folders) -> anyhow::Result<PathBuf> {
    step("build the server", || {
        run(cargo(folders).args(["build", "--package", "server", "--bin", PROGRAM]))?;
        // Another clone may build into the same folder: this one keeps its own.
        let program = folders.output.join(PROGRAM);
        replace(&folders.target.join("debug").join(PROGRAM), &program)?;
        Ok(program)
    })
}

/// Builds the program that makes the example network and keeps it company.
fn build_example(folders: &Folders) -> anyhow::Result<PathBuf> {
    step("build the example", || {
        run(cargo(folders).args(["build", "--package", "tests", "--bin", EXAMPLE]))?;
        let program = folders.output.join(EXAMPLE);
        replace(&folders.target.join("debug").join(EXAMPLE), &program)?;
        Ok(program)
    })
}

/// Builds the server as it ships, without the app.
pub(crate) fn build_released(folders: &Folders) -> anyhow::Result<PathBuf> {
    step("build the server, optimised", || {
        run(cargo(folders).args(["build", "--release", "--package", "server", "--bin", PROGRAM]))?;
        Ok(folders.target.join("release").join(PROGRAM))
    })
}

/// The one program of production: optimised, the app inside.
pub(crate) fn build_for_production(folders: &Folders) -> anyhow::Result<ExitCode> {
    let app = app::build(folders, Weight::Small)?;
    let program = step("build the server with the app inside", || {
        run(cargo(folders)
            .args(["build", "--release", "--package", "server", "--bin", PROGRAM])
            .env("AANZET_APP_DIST", app))?;
        Ok(folders.target.join("release").join(PROGRAM))
    })?;
    println!("{}", program.display());
    Ok(ExitCode::SUCCESS)
}

/// A program that runs cannot be written, but its name can be given to another.
fn replace(from: &Path, to: &Path) -> anyhow::Result<()> {
    let new = to.with_extension("new");
    fs::copy(from, &new).with_context(|| format!("copy {}", from.display()))?;
    fs::rename(new, to).with_context(|| format!("replace {}", to.display()))
}

/// Signals then reach the server itself.
#[cfg(unix)]
fn become_program(mut program: Command) -> anyhow::Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(program.exec()).context("start the server")
}

#[cfg(not(unix))]
fn become_program(mut program: Command) -> anyhow::Result<ExitCode> {
    let status = program.status().context("start the server")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_would_refuse_is_said_before_anything_is_built() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let taken = listener.local_addr().unwrap().to_string();
        let refusal = |arguments: &[&str]| {
            let arguments: Vec<_> = arguments.iter().map(OsString::from).collect();
            check(&arguments).unwrap_err().to_string()
        };
        assert!(refusal(&["--", "--listen", &taken]).contains("is taken"));
        assert!(refusal(&["--", "--date", "x"]).contains("unknown option --date"));
        drop(listener);
        check(&["--listen".into(), taken.into()]).unwrap();
    }

    #[test]
    fn the_folder_of_data_is_found_among_the_options() {
        let given = |arguments: &[&str]| {
            let arguments: Vec<_> = arguments.iter().map(OsString::from).collect();
            data(&arguments).map(OsStr::to_owned)
        };
        assert_eq!(given(&["--", "--listen", "127.0.0.1:0"]), None);
        assert_eq!(given(&["--", "--data", "kept"]), Some("kept".into()));
        assert_eq!(given(&["--data"]), Some("".into()));
    }
}
