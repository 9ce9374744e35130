//! Runs the simulation over many seeds, `-- --seeds 10000 --from 500`, or over one, in `SEED`.
#![expect(clippy::print_stdout, reason = "its output is its use")]

use shared::testing::scenario::run;
use std::process::ExitCode;

fn main() -> ExitCode {
    let argument = |name: &str| {
        let mut arguments = std::env::args().skip_while(|argument| argument != name);
        arguments.nth(1).and_then(|value| value.parse::<u64>().ok())
    };
    let one = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok());
    let from = one.or(argument("--from")).unwrap_or(0);
    let n_seeds = if one.is_some() {
        1
    } else {
        argument("--seeds").unwrap_or(500)
    };
    let mut n_failed = 0_u64;
    let mut n_steps = 0_u64;
    let (mut n_published, mut n_withdrawn, mut n_erased) = (0, 0, 0);
    for seed in from..from.saturating_add(n_seeds) {
        match run(seed, None) {
            Ok(report) => {
                n_steps += report.n_steps;
                n_published += report.n_published;
                n_withdrawn += report.n_withdrawn;
                n_erased += report.n_erased;
            }
            Err(failure) => {
                n_failed += 1;
                println!("{failure}");
            }
        }
    }
    println!(
        "{n_seeds} seeds from {from}: {n_steps} steps, {n_published} published, {n_withdrawn} withdrawn, \
         {n_erased} erased"
    );
    println!("{n_failed} failed");
    if n_failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
