//! Drives the device's machine: hands its outputs to store, socket and page, and brings their answers back.

use super::lock::Lock;
use super::socket::Socket;
use super::store::Store;
use super::{WayBack, scope};
use crate::messages::Unusable;
use crate::{DATABASE, build};
use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::StreamExt;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use gloo_timers::callback::Timeout;
use shared::command::{CommandError, Event, Reply};
use shared::storage::{Operation, Query};
use shared::sync::client::{Client, CommandId, Config, ConnectionId, Input, LoadId, Output, StoreId};
use shared::time::Timestamp;
use wasm_bindgen_futures::spawn_local;

/// Longest wait that a browser's timer can be set for: it counts milliseconds in 31 bits.
const TIMER_MS_MAX: u64 = 1 << 30;

/// What a machine that runs tells.
#[derive(Debug)]
pub(super) enum Told {
    /// Answers a command.
    Reply(CommandId, Result<Reply, CommandError>),
    /// Something changed.
    Event(Event),
    /// Another tab or a newer app has the device: this machine is over.
    Over,
}

/// What goes to the store, in this order.
enum StoreTask {
    CarryOut(StoreId, Vec<Operation>),
    Answer(LoadId, Vec<Query>),
}

/// A machine that runs. Dropping it ends the connection; what was handed to the store is still carried out.
pub(super) struct Driver {
    client: Client,
    rng: UnwrapErr<SysRng>,
    relay_url: String,
    way_back: WayBack,
    store_tasks: UnboundedSender<StoreTask>,
    socket: Option<(ConnectionId, Socket)>,
    timer: Option<Timeout>,
    _lock: Lock,
}

impl Driver {
    /// Takes the device over and opens what it has stored.
    pub(super) async fn open(way_back: WayBack) -> Result<Self, Unusable> {
        let over = way_back.clone();
        let lock = Lock::take(move || over.over()).await;
        let over = way_back.clone();
        let mut store = Store::open(DATABASE, move || over.over()).await?;
        let stored = store
            .answer(&Client::boot_queries())
            .await
            .map_err(|_| Unusable::Unreadable)?;
        let location = scope().location();
        let config = Config {
            origin: location.origin(),
            app_version: build::number(&location.pathname()),
        };
        let mut rng = UnwrapErr(SysRng);
        let client = Client::open(config, &stored, now(), &mut rng).map_err(|_| Unusable::Unreadable)?;
        let (store_tasks, waiting) = unbounded();
        spawn_local(keep(store, waiting, way_back.clone()));
        // What the machine wants at its start comes out with the first input.
        way_back.input(Input::Timeout);
        Ok(Self {
            client,
            rng,
            relay_url: relay_url(&location.protocol(), &location.host()),
            way_back,
            store_tasks,
            socket: None,
            timer: None,
            _lock: lock,
        })
    }

    /// Whether the last start ended while an entry was applied (M5).
    pub(super) fn died_applying(&self) -> bool {
        self.client.died_applying()
    }

    /// Hands the machine an input and does what it wants done; returns what it tells the page.
    pub(super) fn handle(&mut self, input: Input) -> Vec<Told> {
        if let Err(error) = self.client.handle_input(input, now(), &mut self.rng) {
            // Names what the relay did wrong, and nothing of anybody's.
            web_sys::console::warn_1(&error.to_string().into());
        }
        let mut told = Vec::new();
        while let Some(output) = self.client.poll_output() {
            match output {
                Output::Store(id, operations) => self.to_store(StoreTask::CarryOut(id, operations)),
                Output::Load(id, queries) => self.to_store(StoreTask::Answer(id, queries)),
                Output::Connect(id) => self.connect(id),
                Output::Send(id, bytes) => {
                    if let Some((open, socket)) = &self.socket
                        && *open == id
                    {
                        socket.send(&bytes);
                    }
                }
                Output::Disconnect(id) => drop(self.socket.take_if(|(open, _)| *open == id)),
                Output::Reply(id, reply) => told.push(Told::Reply(id, reply)),
                Output::Event(event) => told.push(Told::Event(event)),
                Output::Outdated => told.push(Told::Over),
            }
        }
        self.set_timer();
        told
    }

    fn connect(&mut self, id: ConnectionId) {
        match Socket::open(&self.relay_url, id, &self.way_back) {
            Some(socket) => self.socket = Some((id, socket)),
            None => self.way_back.input(Input::Disconnected(id)),
        }
    }

    fn set_timer(&mut self) {
        self.timer = self.client.poll_timeout().map(|due| {
            let wait_ms = due.0.saturating_sub(now().0).min(TIMER_MS_MAX);
            let way_back = self.way_back.clone();
            let wait_ms = u32::try_from(wait_ms).unwrap_or(u32::MAX);
            Timeout::new(wait_ms, move || way_back.input(Input::Timeout))
        });
    }

    fn to_store(&self, task: StoreTask) {
        // The store's task ends only after this end is dropped.
        drop(self.store_tasks.unbounded_send(task));
    }
}

/// Carries out what is handed to the store, one after the other, then lets the database go.
async fn keep(mut store: Store, mut waiting: UnboundedReceiver<StoreTask>, way_back: WayBack) {
    while let Some(task) = waiting.next().await {
        let input = match task {
            StoreTask::CarryOut(id, operations) => match store.carry_out(&operations).await {
                Ok(()) => Input::Stored(id),
                Err(failure) => Input::StoreFailed(id, failure),
            },
            StoreTask::Answer(id, queries) => match store.answer(&queries).await {
                Ok(answers) => Input::Loaded(id, answers),
                Err(_) => Input::LoadFailed(id),
            },
        };
        way_back.input(input);
    }
}

fn relay_url(protocol: &str, host: &str) -> String {
    let scheme = if protocol == "https:" { "wss" } else { "ws" };
    format!("{scheme}://{host}/relay")
}

fn now() -> Timestamp {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole milliseconds since 1970 fit for 200,000 years; a clock before 1970 tells 0"
    )]
    Timestamp(js_sys::Date::now() as u64)
}
