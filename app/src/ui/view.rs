//! What the core told last: signals that every screen reads.

use crate::DATABASE;
use crate::messages::Unusable;
use crate::ui::adding::NotAdded;
use crate::ui::browser;
use crate::ui::core_worker::{CoreWorker, Failure, Told};
use crate::ui::take::LeftRecording;
use futures_util::future::join;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::command::{Command, Event, Reply};
use shared::view::{Link, Standing, StoryRow, StoryView};
use std::collections::BTreeMap;
use std::sync::Arc;
use web_sys::VisibilityState;

/// How it stands with the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoreState {
    /// It has not answered yet.
    Starting,
    /// It can be asked.
    Ready,
    /// Another tab has the device.
    TakenOver,
    /// The database cannot be used.
    Unusable(Unusable),
    /// It died too often to be started again (C5).
    GaveUp,
}

/// Lines of stories, by id.
pub type Rows = BTreeMap<String, Arc<StoryRow>>;

/// Everything that the core told. A copy is another handle on the same signals.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// How it stands with the core.
    pub core: RwSignal<CoreState>,
    /// Counts the cores that said hello: who rests on an open story opens it again when this moves on.
    pub n_starts: RwSignal<u32>,
    /// Whether a core died while somebody worked; told once, until it is put away (C5).
    pub died: RwSignal<bool>,
    /// What became of a recording whose screen was left; until that was read.
    pub left_recording: RwSignal<Option<LeftRecording>>,
    /// Photos that were not added after their screen was left, by the id of their story; until that was read.
    pub left_photos: RwSignal<BTreeMap<String, Vec<NotAdded>>>,
    /// Where this device stands; `None` before the first overview.
    pub standing: RwSignal<Option<Standing>>,
    /// How it stands with the relay.
    pub link: RwSignal<Link>,
    /// Lines of all stories on this device, by id.
    pub rows: RwSignal<Rows>,
    /// Lines of the stories in the trash, which no other list shows.
    pub trash: RwSignal<Rows>,
    /// Ids of the stories that were taken out of the lists last.
    pub gone: RwSignal<Vec<String>>,
    /// The open story that was told last.
    pub story: RwSignal<Option<Arc<StoryView>>>,
    /// Moves on when members or invitations changed.
    pub members: Trigger,
    /// Moves on when consent texts of the network changed.
    pub texts: Trigger,
}

impl View {
    /// Nothing told yet.
    pub fn new() -> Self {
        Self {
            core: RwSignal::new(CoreState::Starting),
            n_starts: RwSignal::new(0),
            died: RwSignal::new(false),
            left_recording: RwSignal::new(None),
            left_photos: RwSignal::new(BTreeMap::new()),
            standing: RwSignal::new(None),
            link: RwSignal::new(Link::default()),
            rows: RwSignal::new(BTreeMap::new()),
            trash: RwSignal::new(BTreeMap::new()),
            gone: RwSignal::new(Vec::new()),
            story: RwSignal::new(None),
            members: Trigger::new(),
            texts: Trigger::new(),
        }
    }

    /// Takes note of what the core told.
    pub fn hear(self, event: Event) {
        match event {
            Event::Standing(standing) => self.standing.set(Some(standing)),
            Event::Link(link) => self.link.set(link),
            Event::Rows(rows) => self.take_rows(rows),
            Event::RowsGone(ids) => {
                take_out(self.rows, &ids);
                take_out(self.trash, &ids);
                self.gone.set(ids);
            }
            Event::Story(story) => self.story.set(Some(Arc::from(story))),
            Event::Members => self.members.notify(),
            Event::ConsentTexts => self.texts.notify(),
        }
    }

    fn show_overview(self, reply: Reply) {
        if let Reply::Overview { standing, link, rows } = reply {
            self.standing.set(Some(standing));
            self.link.set(link);
            let (trash, rows) = rows.into_iter().partition(|row| row.is_deleted);
            self.rows.set(by_id(rows));
            self.trash.set(by_id(trash));
        }
    }

    fn take_rows(self, rows: Vec<StoryRow>) {
        let (trash, rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.is_deleted);
        let ids = |rows: &[StoryRow]| rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>();
        take_out(self.rows, &ids(&trash));
        take_out(self.trash, &ids(&rows));
        put_in(self.rows, rows);
        put_in(self.trash, trash);
    }
}

/// Who looks at lines is told only where some change.
fn put_in(known: RwSignal<Rows>, rows: Vec<StoryRow>) {
    if !rows.is_empty() {
        known.update(|known| known.append(&mut by_id(rows)));
    }
}

fn take_out(known: RwSignal<Rows>, ids: &[String]) {
    let knows_some = known.with_untracked(|known| ids.iter().any(|id| known.contains_key(id)));
    if knows_some {
        known.update(|known| ids.iter().for_each(|id| drop(known.remove(id))));
    }
}

/// One by one: collecting them would bring a sort of its own.
fn by_id(rows: Vec<StoryRow>) -> Rows {
    let mut all = Rows::new();
    all.extend(rows.into_iter().map(|row| (row.id.clone(), Arc::new(row))));
    all
}

impl Default for View {
    fn default() -> Self {
        Self::new()
    }
}

/// Starts the core for the life of the page and keeps a [`View`] of it; both are in the context from then on.
pub fn provide_core() {
    let view = View::new();
    let core = StoredValue::new_local(None::<CoreWorker>);
    let again = move || {
        if let Some(core) = core.get_value() {
            spawn_local(greet(core, view));
        }
    };
    let worker = CoreWorker::start(move |told| match told {
        Told::Event(event) => view.hear(event),
        Told::TakenOver => view.core.set(CoreState::TakenOver),
        Told::Died => match view.core.get_untracked() {
            // S14: the other tab keeps the device; who looks at this one greets the next core.
            CoreState::TakenOver => {}
            CoreState::Ready => {
                view.died.set(true);
                again();
            }
            CoreState::Starting | CoreState::Unusable(_) | CoreState::GaveUp => again(),
        },
    });
    core.set_value(Some(worker.clone()));
    provide_context(view);
    provide_context(StoredValue::new_local(worker));
    if document().visibility_state() == VisibilityState::Hidden {
        // S14: the tab in front keeps the device until somebody looks at this one.
        view.core.set(CoreState::TakenOver);
    } else {
        again();
        spawn_local(welcome(view));
    }
}

/// Tells whoever never stored anything here where she stands: that needs no core, which on a first visit is still on
/// its way.
async fn welcome(view: View) {
    let is_new = browser::has_database(DATABASE).await == Some(false);
    if is_new && view.core.get_untracked() == CoreState::Starting {
        view.standing.set(Some(Standing::Alone));
    }
}

/// Takes the device back from another tab. Coming to the front is told by several events: the first one counts.
pub fn take_over(core: CoreWorker, view: View) {
    if view.core.get_untracked() == CoreState::TakenOver {
        view.core.set(CoreState::Starting);
        spawn_local(greet(core, view));
    }
}

/// Says hello to the core, takes the device over from another tab, and shows what there is.
async fn greet(core: CoreWorker, view: View) {
    let state = match hello_and_overview(&core).await {
        Ok(overview) => {
            view.show_overview(overview);
            view.n_starts.update(|n_starts| *n_starts += 1);
            CoreState::Ready
        }
        Err(Failure::TakenOver) => CoreState::TakenOver,
        Err(Failure::Unusable(why)) => CoreState::Unusable(why),
        Err(Failure::Died | Failure::Refused(_)) if core.gave_up() => CoreState::GaveUp,
        // `Told::Died` brings the next greeting.
        Err(Failure::Died | Failure::Refused(_)) => return,
    };
    view.core.set(state);
}

/// Both are asked at once: the core answers the second as soon as it has opened the store.
async fn hello_and_overview(core: &CoreWorker) -> Result<Reply, Failure> {
    let (hello, overview) = join(core.hello(), core.command(Command::Overview)).await;
    hello?;
    overview
}

/// The core, from anywhere below [`provide_core`].
pub fn use_core() -> CoreWorker {
    expect_context::<StoredValue<CoreWorker, LocalStorage>>().get_value()
}

/// What the core told, from anywhere below [`provide_core`].
pub fn use_view() -> View {
    expect_context()
}
