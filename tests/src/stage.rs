//! What a journey starts with: an engine, the programs, an empty folder.

use crate::browser::{Engine, Setting};
use crate::person::Person;
use crate::relay::{Place, Relay};
use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Programs and files that the journeys use.
#[derive(Clone, Debug)]
pub struct Tools {
    /// `aanzet-server`.
    pub server: PathBuf,
    /// Folder of the built app.
    pub app: PathBuf,
    /// Tests of the app's own code that run in a browser, as wasm.
    pub web_tests: PathBuf,
    /// `wasm-bindgen-test-runner`.
    pub web_runner: PathBuf,
    /// `geckodriver`.
    pub geckodriver: PathBuf,
    /// `axe.min.js`.
    pub axe: PathBuf,
    /// Screen of browsers that need one, such as `:7`.
    pub display: String,
    /// Folder for pictures of the screens; none are taken without.
    pub pictures: Option<PathBuf>,
    /// How often a browser with two tabs is killed.
    pub kills: u32,
    /// What chance follows where a journey draws lots.
    pub seed: u64,
}

/// One journey in one engine.
#[derive(Debug)]
pub struct Stage {
    /// Engine of every browser in it.
    pub engine: Engine,
    /// Its programs.
    pub tools: Tools,
    folder: PathBuf,
    notes: RefCell<Vec<String>>,
    relays: Cell<u32>,
}

impl Stage {
    /// A stage that keeps everything below `folder`.
    pub fn new(engine: Engine, tools: Tools, folder: PathBuf) -> Self {
        Self {
            engine,
            tools,
            folder,
            notes: RefCell::default(),
            relays: Cell::new(0),
        }
    }

    /// Starts a relay on an empty folder.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn relay(&self) -> anyhow::Result<Relay> {
        self.relay_at(Place::default()).await
    }

    /// Starts a relay on an empty folder, at a place of its own.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn relay_at(&self, place: Place) -> anyhow::Result<Relay> {
        self.relays.set(self.relays.get() + 1);
        let folder = self.folder.join(format!("relay-{}", self.relays.get()));
        let (program, app) = (self.tools.server.clone(), self.tools.app.clone());
        Relay::start(program, Some(app), &folder, place).await
    }

    /// Sits `name` down at a browser that nobody used before, for pages at `url`.
    ///
    /// # Errors
    /// When the browser does not start.
    pub async fn person<'a>(&'a self, name: &'a str, url: &str) -> anyhow::Result<Person<'a>> {
        Person::sit_down(self, name, self.folder.join(name), url, Setting::Usual).await
    }

    /// The same, at a browser that runs no script of a page.
    ///
    /// # Errors
    /// When the browser does not start.
    pub async fn person_without_script<'a>(&'a self, name: &'a str, url: &str) -> anyhow::Result<Person<'a>> {
        Person::sit_down(self, name, self.folder.join(name), url, Setting::NoScripts).await
    }

    /// The same, at a browser that gives no page the microphone.
    ///
    /// # Errors
    /// When the browser does not start.
    pub async fn person_without_microphone<'a>(
        &'a self,
        name: &'a str,
        url: &str,
    ) -> anyhow::Result<Person<'a>> {
        Person::sit_down(self, name, self.folder.join(name), url, Setting::NoMicrophone).await
    }

    /// The folder that everything of this journey lies in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps a line about what was seen and how long it took.
    pub fn note(&self, what: &str, time: Duration) {
        self.notes
            .borrow_mut()
            .push(format!("{:>7.2} s  {what}", time.as_secs_f32()));
    }

    /// The lines so far.
    pub fn notes(&self) -> Vec<String> {
        self.notes.borrow().clone()
    }
}
