//! Makes the journeys and says how each ended.
//!
//! `journeys --server FILE --app DIR --web-tests FILE --web-runner FILE --geckodriver FILE --axe FILE
//! [--engine NAME] [--jobs N] [--pictures DIR] [--kills N] [--seed N] [NAME]`
//! or `journeys --list`.

#![expect(clippy::print_stdout, reason = "a command speaks to who typed it")]

use anyhow::{Context, bail, ensure};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use tests::browser::Engine;
use tests::journeys::{ALL, Journey};
use tests::runner;
use tests::stage::Tools;

#[derive(Debug, Default)]
struct Options {
    server: Option<PathBuf>,
    app: Option<PathBuf>,
    web_tests: Option<PathBuf>,
    web_runner: Option<PathBuf>,
    geckodriver: Option<PathBuf>,
    axe: Option<PathBuf>,
    pictures: Option<PathBuf>,
    engine: Option<String>,
    jobs: Option<usize>,
    kills: Option<u32>,
    seed: Option<u64>,
    name: Option<String>,
    list: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let options = options()?;
    let journeys = chosen(&options);
    if options.list {
        for (journey, engine) in journeys {
            println!("{}::{engine}", journey.name);
        }
        return Ok(ExitCode::SUCCESS);
    }
    ensure!(!journeys.is_empty(), "no journey of that name");
    let folder = runner::empty_folder()?;
    let (screen, display) = runner::screen(&folder).context("start a screen")?;
    let tools = Tools {
        server: options.server.context("--server is missing")?,
        app: options.app.context("--app is missing")?,
        web_tests: options.web_tests.context("--web-tests is missing")?,
        web_runner: options.web_runner.context("--web-runner is missing")?,
        geckodriver: options.geckodriver.context("--geckodriver is missing")?,
        axe: options.axe.context("--axe is missing")?,
        pictures: options.pictures,
        kills: options.kills.unwrap_or(runner::KILLS),
        seed: options.seed.unwrap_or(runner::SEED),
        display,
    };
    let start = Instant::now();
    let (passed, failed) = runner::run(journeys, &tools, &folder, options.jobs.unwrap_or(1))?;
    drop(screen);
    if failed == 0 {
        std::fs::remove_dir_all(&folder)?;
    }
    let word = if failed == 0 { "ok" } else { "FAILED" };
    let time = start.elapsed().as_secs_f32();
    println!("test result: {word}. {passed} passed; {failed} failed; finished in {time:.0} s");
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A name is that of a journey, or of a journey in one engine (`app_opens::firefox`), or a part of it.
fn chosen(options: &Options) -> Vec<(&'static Journey, Engine)> {
    let all = ALL
        .iter()
        .flat_map(|journey| journey.engines.iter().map(move |engine| (journey, *engine)));
    let all: Vec<_> = all
        .filter(|(_, engine)| {
            options
                .engine
                .as_ref()
                .is_none_or(|name| *name == engine.to_string())
        })
        .collect();
    let Some(name) = &options.name else { return all };
    let exact = all.iter().any(|(journey, _)| journey.name == name);
    all.into_iter()
        .filter(|(journey, engine)| {
            if exact {
                journey.name == name
            } else {
                format!("{}::{engine}", journey.name).contains(name)
            }
        })
        .collect()
}

fn options() -> anyhow::Result<Options> {
    let mut options = Options::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .with_context(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "--server" => options.server = Some(value()?.into()),
            "--app" => options.app = Some(value()?.into()),
            "--web-tests" => options.web_tests = Some(value()?.into()),
            "--web-runner" => options.web_runner = Some(value()?.into()),
            "--geckodriver" => options.geckodriver = Some(value()?.into()),
            "--axe" => options.axe = Some(value()?.into()),
            "--pictures" => options.pictures = Some(value()?.into()),
            "--engine" => options.engine = Some(value()?),
            "--jobs" => options.jobs = Some(value()?.parse().context("--jobs")?),
            "--kills" => options.kills = Some(value()?.parse().context("--kills")?),
            "--seed" => options.seed = Some(value()?.parse().context("--seed")?),
            "--list" => options.list = true,
            other if other.starts_with("--") => bail!("unknown option {other}"),
            _ => options.name = Some(argument),
        }
    }
    Ok(options)
}
