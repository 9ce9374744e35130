//! Makes the benchmarks and prints each figure beside its budget.
//!
//! `bench --server FILE --folder DIR [--app DIR] [NAME…]`

#![expect(clippy::print_stdout, reason = "a command speaks to who typed it")]

use anyhow::{Context, bail};
use std::path::PathBuf;
use std::time::Instant;
use tests::bench::{ALL, Bench, summary};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (mut server, mut folder, mut app, mut names) = (None, None, None, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .map(PathBuf::from)
                .with_context(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "--server" => server = Some(value()?),
            "--folder" => folder = Some(value()?),
            "--app" => app = Some(value()?),
            other if other.starts_with("--") => bail!("unknown option {other}"),
            _ => names.push(argument),
        }
    }
    if names.is_empty() {
        names.extend(ALL.map(str::to_owned));
    }
    let folder = folder.context("--folder is missing")?;
    std::fs::create_dir(&folder).context("--folder is to be made anew")?;
    let bench = Bench::new(server.context("--server is missing")?, app, folder.clone());
    let mut figures = Vec::new();
    for name in names {
        println!("── {name}");
        let start = Instant::now();
        let found = bench.measure(&name).await?;
        println!("   {:.1} s", start.elapsed().as_secs_f32());
        figures.extend(found);
    }
    std::fs::remove_dir_all(&folder)?;
    println!();
    for figure in &figures {
        println!("{figure}");
    }
    println!("\n{}", summary(&figures));
    Ok(())
}
