//! The page's end of the core worker: asks it, notices its death, starts it again (C5).
//!
//! Death shows in three ways: a panic speaks before it dies, a trap raises an `error` event,
//! an endless loop or a lost worker answers no ping. Whatever was asked and not answered then fails with
//! [`Failure::Died`].

use crate::messages::{Answer, CoreToUi, Request, RequestId, UiToCore, Unusable};
use crate::port;
use futures_channel::oneshot;
use gloo_timers::callback::Interval;
use js_sys::Reflect;
use shared::command::{Command, CommandError, Event, Reply};
use shared::view::Rescued;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::{Rc, Weak};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

/// Deaths without an answer to a person between them after which the worker is not started again.
const DEATHS_MAX: u32 = 3;
/// Silence while something is asked, after which the core is pinged.
const SILENT_TICKS_BEFORE_PING: u32 = 3;
/// Silence after which it is dead. Ticks, not time: a tab that was suspended for an hour has missed none.
const SILENT_TICKS_MAX: u32 = 12;
const TICK_MS: u32 = 1_000;

/// Why there is no reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The core says no.
    Refused(CommandError),
    /// The core died before it answered. Nothing stored is lost; what was asked may or may not have been done.
    Died,
    /// Another tab has the device; what was asked before it took it may or may not have been done.
    TakenOver,
    /// The database cannot be used; nothing was done.
    Unusable(Unusable),
}

/// What the core tells unasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Something changed.
    Event(Event),
    /// Another tab has taken the device over, or may take it: this one rests.
    TakenOver,
    /// The core died; unless [`CoreWorker::gave_up`], there is a new one that wants a `Hello`.
    Died,
}

/// The core worker, of which there is one for the life of the page.
#[derive(Clone)]
pub struct CoreWorker(Rc<State>);

struct State {
    running: RefCell<Option<Running>>,
    waiting: RefCell<BTreeMap<RequestId, Asker>>,
    next_id: Cell<u32>,
    /// The program is there: before, silence is a slow line and no death.
    is_loaded: Cell<bool>,
    silent_ticks: Cell<u32>,
    deaths: Cell<u32>,
    /// It was ended because the page was put aside: the next `Hello` starts it.
    is_resting: Cell<bool>,
    watch: RefCell<Option<Interval>>,
    hear: Box<dyn Fn(Told)>,
}

/// Who waits for an answer.
struct Asker {
    sender: oneshot::Sender<Answer>,
    is_asked_at_start: bool,
}

/// A worker with the handlers that hear it.
struct Running {
    worker: Worker,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(JsValue)>,
}

impl CoreWorker {
    /// Takes over the worker that the page's first script has started; `hear` is called with what it tells.
    pub fn start(hear: impl Fn(Told) + 'static) -> Self {
        let core = Self(Rc::new(State {
            running: RefCell::new(None),
            waiting: RefCell::default(),
            next_id: Cell::new(0),
            is_loaded: Cell::new(false),
            silent_ticks: Cell::new(0),
            deaths: Cell::new(0),
            is_resting: Cell::new(false),
            watch: RefCell::new(None),
            hear: Box::new(hear),
        }));
        match started_by_the_page().map_or_else(spawn, Ok) {
            Ok(worker) => core.0.listen(worker),
            Err(error) => wasm_bindgen::throw_val(error),
        }
        core
    }

    /// Says hello: first of all, and when this tab comes to the front. Returns the version of the core.
    ///
    /// # Errors
    /// [`Failure`], but never [`Failure::Refused`].
    pub async fn hello(&self) -> Result<String, Failure> {
        if self.0.is_resting.replace(false)
            && let Ok(worker) = spawn()
        {
            self.0.listen(worker);
        }
        match self.ask(Request::Hello).await? {
            Answer::Hello { version, .. } => Ok(version),
            Answer::TakenOver => Err(Failure::TakenOver),
            Answer::Unusable(why) => Err(Failure::Unusable(why)),
            Answer::Command(_) | Answer::Rescued(_) | Answer::RescuedMedia(_) | Answer::Rebuilt(_) => {
                Err(Failure::Died)
            }
        }
    }

    /// Carries a command out, and waits for the reply however long it takes.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn command(&self, command: Command) -> Result<Reply, Failure> {
        match self.ask(Request::Command(command)).await? {
            Answer::Command(reply) => reply.map_err(Failure::Refused),
            Answer::TakenOver => Err(Failure::TakenOver),
            Answer::Unusable(why) => Err(Failure::Unusable(why)),
            Answer::Hello { .. } | Answer::Rescued(_) | Answer::RescuedMedia(_) | Answer::Rebuilt(_) => {
                Err(Failure::Died)
            }
        }
    }

    /// Reads what can be read of a store on which no machine runs, with a core that was given up or not (C4).
    ///
    /// # Errors
    /// [`Failure`], but never [`Failure::Refused`].
    pub async fn rescue(&self) -> Result<Rescued, Failure> {
        if self.gave_up()
            && let Ok(worker) = spawn()
        {
            self.0.listen(worker);
        }
        match self.ask(Request::Rescue).await? {
            Answer::Rescued(rescued) => Ok(rescued),
            Answer::Unusable(why) => Err(Failure::Unusable(why)),
            Answer::Hello { .. }
            | Answer::Command(_)
            | Answer::RescuedMedia(_)
            | Answer::Rebuilt(_)
            | Answer::TakenOver => Err(Failure::Died),
        }
    }

    /// Bytes of a photo or a part of a recording that [`CoreWorker::rescue`] found, if they are all there.
    ///
    /// # Errors
    /// [`Failure`], but never [`Failure::Refused`].
    pub async fn rescued_media(&self, number: u32) -> Result<Option<Vec<u8>>, Failure> {
        match self.ask(Request::RescuedMedia(number)).await? {
            Answer::RescuedMedia(bytes) => Ok(bytes),
            Answer::TakenOver => Err(Failure::TakenOver),
            Answer::Unusable(why) => Err(Failure::Unusable(why)),
            Answer::Hello { .. } | Answer::Command(_) | Answer::Rescued(_) | Answer::Rebuilt(_) => {
                Err(Failure::Died)
            }
        }
    }

    /// Makes a store on which a machine runs again; false if that was not done.
    pub async fn rebuild(&self) -> bool {
        matches!(self.ask(Request::Rebuild).await, Ok(Answer::Rebuilt(true)))
    }

    /// Gives a command whose reply nobody waits for, such as [`Command::TryNow`].
    pub fn tell(&self, command: Command) {
        let core = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            // Whatever it concerns is told by events.
            drop(core.command(command).await);
        });
    }

    async fn ask(&self, request: Request) -> Result<Answer, Failure> {
        let id = RequestId(self.0.next_id.replace(self.0.next_id.get().wrapping_add(1)));
        let (sender, answer) = oneshot::channel();
        let asker = Asker {
            sender,
            is_asked_at_start: request.is_asked_at_start(),
        };
        self.0.send(&UiToCore::Ask { id, request })?;
        self.0.waiting.borrow_mut().insert(id, asker);
        self.0.watch();
        answer.await.map_err(|_| Failure::Died)
    }

    /// Ends the worker until the next [`CoreWorker::hello`], for a page that the browser puts aside as it is: frozen in the
    /// middle of a transaction, its worker would keep the database from every other page, for ever.
    pub fn rest(&self) {
        if self.0.end() {
            self.0.is_resting.set(true);
            self.0.waiting.borrow_mut().clear();
            (self.0.hear)(Told::TakenOver);
        }
    }

    /// Whether the core died so often that it is not started again: time for the rescue screen (C4).
    pub fn gave_up(&self) -> bool {
        self.0.running.borrow().is_none() && !self.0.is_resting.get()
    }
}

impl State {
    fn listen(self: &Rc<Self>, worker: Worker) {
        let state = Rc::downgrade(self);
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(state) = state.upgrade() {
                state.hear(&event);
            }
        });
        let state = Rc::downgrade(self);
        let on_error = Closure::<dyn Fn(JsValue)>::new(move |_: JsValue| die(&state));
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let running = Running {
            worker,
            _on_message: on_message,
            _on_error: on_error,
        };
        self.is_loaded.set(false);
        self.silent_ticks.set(0);
        *self.running.borrow_mut() = Some(running);
    }

    fn hear(self: &Rc<Self>, event: &MessageEvent) {
        self.is_loaded.set(true);
        self.silent_ticks.set(0);
        match port::unpack(event.data()) {
            Some(CoreToUi::Answer { id, answer }) => {
                if let Answer::Hello {
                    died_applying: true, ..
                } = &answer
                {
                    // M5: an entry that goes on doing that is set aside, and that death does not count.
                    self.deaths.set(self.deaths.get().saturating_sub(1));
                }
                let asker = self.waiting.borrow_mut().remove(&id);
                if let Some(asker) = asker {
                    if !asker.is_asked_at_start {
                        self.deaths.set(0);
                    }
                    // Who asked may have left the screen.
                    drop(asker.sender.send(answer));
                }
            }
            Some(CoreToUi::Event(event)) => (self.hear)(Told::Event(event)),
            Some(CoreToUi::TakenOver) => (self.hear)(Told::TakenOver),
            Some(CoreToUi::Loaded | CoreToUi::Pong) => {}
            Some(CoreToUi::Panicked { .. }) | None => die(&Rc::downgrade(self)),
        }
    }

    fn send(&self, message: &UiToCore) -> Result<(), Failure> {
        let (message, transfer) = port::pack(message);
        let running = self.running.borrow();
        let worker = &running.as_ref().ok_or(Failure::Died)?.worker;
        worker
            .post_message_with_transfer(&message, &transfer)
            .map_err(|_| Failure::Died)
    }

    /// Ends the worker that runs, if one does.
    fn end(&self) -> bool {
        let Some(running) = self.running.borrow_mut().take() else {
            return false;
        };
        running.worker.set_onmessage(None);
        running.worker.set_onerror(None);
        running.worker.terminate();
        true
    }

    /// Ticks while something is asked.
    fn watch(self: &Rc<Self>) {
        if self.watch.borrow().is_some() {
            return;
        }
        self.silent_ticks.set(0);
        let state = Rc::downgrade(self);
        *self.watch.borrow_mut() = Some(Interval::new(TICK_MS, move || tick(&state)));
    }
}

fn tick(state: &Weak<State>) {
    let Some(core) = state.upgrade() else { return };
    if core.waiting.borrow().is_empty() {
        *core.watch.borrow_mut() = None;
        return;
    }
    if !core.is_loaded.get() {
        return;
    }
    let silent = core.silent_ticks.get() + 1;
    core.silent_ticks.set(silent);
    if silent >= SILENT_TICKS_MAX {
        die(state);
    } else if silent >= SILENT_TICKS_BEFORE_PING {
        // A worker that cannot be sent to does not answer either: the count goes on.
        let _ = core.send(&UiToCore::Ping).ok();
    }
}

/// Ends the worker and starts the next one.
fn die(state: &Weak<State>) {
    let Some(core) = state.upgrade() else { return };
    if !core.end() {
        return;
    }
    core.deaths.set(core.deaths.get() + 1);
    if core.deaths.get() < DEATHS_MAX
        && let Ok(worker) = spawn()
    {
        core.listen(worker);
    }
    // The askers hear of it when the next worker can be asked.
    core.waiting.borrow_mut().clear();
    (core.hear)(Told::Died);
}

const GLOBAL_NAME: &str = "coreWorker";

/// The first script starts the worker, so that both programs load at the same time.
fn started_by_the_page() -> Option<Worker> {
    Reflect::get(&js_sys::global(), &GLOBAL_NAME.into())
        .ok()?
        .dyn_into()
        .ok()
}

fn spawn() -> Result<Worker, JsValue> {
    let page = leptos::prelude::document().document_element();
    let script = page
        .and_then(|page| page.get_attribute("data-core"))
        .unwrap_or_default();
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    options.set_name("core");
    let worker = Worker::new_with_options(&script, &options)?;
    Reflect::set(&js_sys::global(), &GLOBAL_NAME.into(), &worker)?;
    Ok(worker)
}

impl fmt::Debug for CoreWorker {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("CoreWorker")
            .field("deaths", &self.0.deaths.get())
            .finish_non_exhaustive()
    }
}
