//! Aanzet from outside: a real relay, real browsers, people at them.
//!
//! A journey reads like what people do: a [`person::Person`] sits at a browser with a profile of her own and finds
//! things as she would, by their role and name. Whatever she waits for comes within [`wait::PATIENCE`] or the
//! journey fails; how long it took is printed, and judged by the benchmarks only.

pub mod axe;
pub mod bench;
pub mod browser;
pub mod build;
pub mod camera;
pub mod cpu;
pub mod cutter;
pub mod example;
pub mod journeys;
pub mod line;
pub mod member;
pub mod person;
pub mod process;
pub mod proxy;
pub mod public;
pub mod relay;
pub mod runner;
pub mod stage;
pub mod traces;
pub mod wait;
