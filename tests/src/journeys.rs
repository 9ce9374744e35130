//! The journeys: what people do with Aanzet, from the first page on.

mod app;
mod harness;

use crate::browser::Engine;
use crate::stage::Stage;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

/// A journey that is under way.
pub type Running<'a> = Pin<Box<dyn Future<Output = anyhow::Result<()>> + 'a>>;

/// A journey and the engines that it is made in.
pub struct Journey {
    /// As `cargo xtask test NAME` calls it.
    pub name: &'static str,
    /// In each of these.
    pub engines: &'static [Engine],
    /// Makes it.
    pub run: for<'a> fn(&'a Stage) -> Running<'a>,
}

impl fmt::Debug for Journey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Journey")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// `journey!(module::function, engines)`
macro_rules! journey {
    ($module:ident :: $name:ident, $engines:expr) => {
        Journey {
            name: stringify!($name),
            engines: $engines,
            run: |stage| Box::pin($module::$name(stage)),
        }
    };
}

/// Every journey, the quick ones first.
pub static ALL: &[Journey] = &[
    journey!(harness::the_harness_hears_complaints, Engine::ALL),
    journey!(harness::the_harness_does_what_people_do, Engine::ALL),
    journey!(app::app_opens, Engine::ALL),
    journey!(app::app_opens_offline_from_the_second_visit, Engine::ALL),
    journey!(app::a_dead_core_is_started_again, Engine::ALL),
];
