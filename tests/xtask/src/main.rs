//! The commands of the project: `cargo xtask serve`, `test`, `build`, `bench`.
//!
//! They need Rust and a C compiler, bring what else is missing into a cache outside the clone, and say what they do.
#![expect(clippy::print_stdout, reason = "a command speaks to who typed it")]

mod app;
mod bench;
mod browsers;
mod bundle;
mod checks;
mod debian;
mod folders;
mod server;
mod step;
mod tools;

use crate::app::Weight;
use crate::folders::Folders;
use anyhow::bail;
use server_options::{HELP, asks_for_help};
use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask serve [--quick] [-- options of the server]   builds and starts the server
cargo xtask serve --voorbeeld [--quick] [-- options]     the same, with an example network in it that is made up
cargo xtask test  [--quick] [NAME] [-- options]          all tests, or one journey, or the tests with this name
cargo xtask build                                        the one program of production, with the app inside
cargo xtask bench [--app DIR] [NAME...]                  figures beside their budgets; DIR is a built app
cargo xtask clean                                        takes away what was built, of every clone

NAME::chromium, NAME::firefox, NAME::webkit make a journey in one browser; options of the journeys are
--jobs N (so many at once), --pictures FOLDER (of every screen that they look over), --engine BROWSER,
--kills N (how often the browser with two tabs dies; 20 without), --seed N (at which moments)
--quick builds the app without making it small: faster to build, slower to load
--voorbeeld begins anew each time, in the folder data-voorbeeld of the clone, which it empties
AANZET_CACHE is the folder of tools and build output (now ~/.cache/aanzet)

Options of the server:
";

fn main() -> anyhow::Result<ExitCode> {
    let mut arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let Some(command) = (!arguments.is_empty()).then(|| arguments.remove(0)) else {
        println!("{USAGE}{HELP}");
        return Ok(ExitCode::FAILURE);
    };
    if [OsStr::new("help"), OsStr::new("--help"), OsStr::new("-h")].contains(&command.as_os_str())
        || asks_for_help(&arguments)
    {
        println!("{USAGE}{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    let weight = take_weight(&mut arguments);
    let folders = Folders::find()?;
    match command.to_str() {
        Some("serve") if take_flag(&mut arguments, "--voorbeeld") => {
            server::serve_example(&folders, weight, &arguments)
        }
        Some("serve") => server::serve(&folders, weight, &arguments),
        Some("test") => {
            let (name, options) = name_and_options(&arguments)?;
            checks::test(&folders, weight, name, options)
        }
        Some("build") => server::build_for_production(&folders),
        Some("bench") => bench::bench(&folders, &arguments),
        Some("clean") => {
            folders.clean()?;
            Ok(ExitCode::SUCCESS)
        }
        Some(_) | None => bail!("{} is no command\n{USAGE}", command.display()),
    }
}

fn take_weight(arguments: &mut Vec<OsString>) -> Weight {
    if take_flag(arguments, "--quick") {
        Weight::Quick
    } else {
        Weight::Small
    }
}

/// Takes a flag out, if it comes before `--`.
fn take_flag(arguments: &mut Vec<OsString>, flag: &str) -> bool {
    let own = arguments
        .iter()
        .position(|argument| argument == "--")
        .unwrap_or(arguments.len());
    let found = arguments.iter().take(own).position(|argument| argument == flag);
    if let Some(found) = found {
        arguments.remove(found);
    }
    found.is_some()
}

/// What stands before and after `--`.
fn name_and_options(arguments: &[OsString]) -> anyhow::Result<(Option<&str>, &[OsString])> {
    let mut parts = arguments.splitn(2, |argument| argument == "--");
    let name = match parts.next().unwrap_or_default() {
        [] => None,
        [name] => name.to_str(),
        [..] => bail!("one name at most\n{USAGE}"),
    };
    Ok((name, parts.next().unwrap_or_default()))
}
