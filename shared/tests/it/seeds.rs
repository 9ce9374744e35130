//! Many runs, each from its seed.

use shared::testing::scenario::{Failure, run};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Seeds of every test run. More: `cargo run -p shared --features testing --example sim -- --seeds 10000`.
const SEEDS: u64 = 500;

#[test]
fn every_seed_converges_and_loses_nothing_that_was_promised() {
    let next = AtomicU64::new(0);
    let n_threads = thread::available_parallelism().map_or(1, usize::from);
    let failures: Vec<_> = thread::scope(|scope| {
        let work = || -> Vec<Failure> {
            let seeds = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
            let seeds = seeds.take_while(|seed| *seed < SEEDS);
            seeds.filter_map(|seed| run(seed, None).err()).collect()
        };
        let threads: Vec<_> = (0..n_threads).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    let told: Vec<_> = failures.iter().map(Failure::to_string).collect();
    assert!(failures.is_empty(), "{} failed:\n{}", told.len(), told.join("\n"));
}

/// Frames, disks, moments: all of it is in the hash.
#[test]
fn the_same_seed_gives_the_same_run() {
    for seed in 0..10 {
        let (one, other) = (run(seed, None).unwrap(), run(seed, None).unwrap());
        assert_eq!(one, other, "seed {seed}");
    }
    assert_ne!(run(0, None).unwrap().trace, run(1, None).unwrap().trace);
}
