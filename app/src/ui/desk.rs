//! Open stories: what is typed goes to the core, what the core tells comes to the screen.
//!
//! A desk outlives the screen that opened it until everything typed is stored and no chosen photo waits; then the
//! story is closed. When the core died, or another tab had the device, it opens the story again and hands over what
//! was typed and nobody answered.

mod line;

use crate::media_fields;
use crate::ui::adding::{Adding, NotAdded};
use crate::ui::core_worker::{CoreWorker, Failure};
use crate::ui::leaving;
use crate::ui::memo::memo;
use crate::ui::view::{use_core, use_view};
use futures_channel::oneshot;
use leptos::prelude::*;
use leptos::task::spawn_local;
use line::{Line, Pace};
use shared::command::{Command, CommandError, Reply};
use shared::view::{Field, MediaField, StoryView, TellerField, Whereabouts};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use web_sys::{File, VisibilityState};

/// Where a field of an open story is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    /// In the story itself.
    Story(Field),
    /// In a photo or a recording, by its id.
    Media(String, MediaField),
}

impl From<Field> for Spot {
    fn from(field: Field) -> Self {
        Self::Story(field)
    }
}

/// An open story. A clone is another handle on the same one.
#[derive(Clone)]
pub struct Desk(Rc<State>);

struct State {
    core: CoreWorker,
    desks: Desks,
    id: ArcRwSignal<Option<String>>,
    story: ArcRwSignal<Option<Arc<StoryView>>>,
    failure: ArcRwSignal<Option<Failure>>,
    /// Something typed or chosen is not stored.
    is_unsaved: ArcRwSignal<bool>,
    /// The core said no to something typed.
    is_refused: ArcRwSignal<bool>,
    /// Started here, and nothing of it is stored yet.
    is_blank: ArcRwSignal<bool>,
    fields: BTreeMap<Field, Rc<Line>>,
    /// Fields of the photos and recordings that the story has now.
    media: RefCell<BTreeMap<Spot, Rc<Line>>>,
    teller_name: Rc<Line>,
    teller_reach: Rc<Line>,
    /// Something stands in a field that was not chosen from its list.
    is_unchosen: Cell<bool>,
    adding: Adding,
    /// The core tells of its changes.
    is_open: Cell<bool>,
    is_flush_due: Cell<bool>,
    n_users: Cell<u32>,
    settling: RefCell<Vec<oneshot::Sender<()>>>,
}

/// All desks of the page.
#[derive(Clone, Copy, Debug)]
pub struct Desks {
    all: StoredValue<Vec<Desk>, LocalStorage>,
    /// Something typed or chosen in any of them is not stored, also where its screen was left.
    is_unsaved: RwSignal<bool>,
    /// As in the view.
    left_photos: RwSignal<BTreeMap<String, Vec<NotAdded>>>,
}

/// Puts the desks into the context, below the core.
pub fn provide_desks() {
    let view = use_view();
    let desks = Desks {
        all: StoredValue::new_local(Vec::new()),
        is_unsaved: RwSignal::new(false),
        left_photos: view.left_photos,
    };
    provide_context(desks);
    leaving::ask_while(Signal::derive(move || desks.would_lose()));
    Effect::new(move || {
        if let Some(story) = view.story.get() {
            desks.each(|desk| desk.hear_if_mine(&story));
        }
    });
    Effect::new(move || {
        let gone = view.gone.get();
        desks.each(|desk| desk.look_again_if_among(&gone));
    });
    Effect::new(move || {
        if view.n_starts.get() > 0 {
            desks.each(Desk::open);
        }
    });
    // The page may be frozen or gone after either: M10.
    window_event_listener_untyped("pagehide", move |_| desks.each(Desk::hurry));
    window_event_listener_untyped("visibilitychange", move |_| {
        if document().visibility_state() == VisibilityState::Hidden {
            desks.each(Desk::hurry);
        }
    });
}

/// The desks, from anywhere below [`provide_desks`].
pub fn use_desks() -> Desks {
    expect_context()
}

impl Desks {
    fn each(self, act: impl Fn(&Desk)) {
        // A copy: an act may take a desk away.
        self.all.get_value().iter().for_each(act);
    }

    /// Whether something typed or chosen on this page is not stored.
    pub fn is_unsaved(self) -> Signal<bool> {
        self.is_unsaved.into()
    }

    fn take_stock(self) {
        let is_unsaved = self.all.get_value().iter().any(Desk::has_unsaved);
        if self.is_unsaved.get_untracked() != is_unsaved {
            self.is_unsaved.set(is_unsaved);
        }
    }

    /// Whether something would be gone with the page: photos wait, the core said no to what was typed, or it was not
    /// chosen. It tells nobody that it changed.
    fn would_lose(self) -> bool {
        let desks = self.all.get_value();
        desks
            .iter()
            .any(|desk| desk.0.adding.is_under_way() || desk.has_refused() || desk.0.is_unchosen.get())
    }

    /// What was not added to a story while nobody saw it, for who sees it now.
    fn take_left_photos(self, story: &str) -> Vec<NotAdded> {
        let mut unread = Vec::new();
        if self.left_photos.with_untracked(|left| left.contains_key(story)) {
            self.left_photos
                .update(|left| unread = left.remove(story).unwrap_or_default());
        }
        unread
    }

    /// Opens a story for a screen, or starts one; to be given back with [`Desks::leave`].
    pub fn take(self, id: Option<&str>) -> Desk {
        let desks = self.all.get_value();
        let known = desks
            .into_iter()
            .find(|desk| id.is_some() && desk.0.id.get_untracked().as_deref() == id);
        let desk = known.unwrap_or_else(|| {
            let desk = Desk::new(self, id.map(str::to_owned));
            self.all.update_value(|desks| desks.push(desk.clone()));
            if use_view().n_starts.get_untracked() > 0 {
                desk.open();
            }
            desk
        });
        desk.0.n_users.set(desk.0.n_users.get() + 1);
        desk
    }

    /// The screen is gone: the story is closed as soon as all that was typed is stored and no photo waits.
    pub fn leave(self, desk: &Desk) {
        desk.0.n_users.set(desk.0.n_users.get().saturating_sub(1));
        desk.hurry();
        desk.take_stock();
    }
}

impl Desk {
    fn new(desks: Desks, id: Option<String>) -> Self {
        let line = |field| {
            let line = Line::new(String::new(), move |id, value, seen| Command::Edit {
                id,
                field,
                value,
                seen,
            });
            (field, line)
        };
        let teller_line = |field| {
            Line::new(String::new(), move |id, value, _| Command::EditTeller {
                id,
                field,
                value,
            })
        };
        // One by one: collecting them would bring a sort of its own.
        let mut fields = BTreeMap::new();
        fields.extend(Field::ALL.into_iter().map(line));
        Self(Rc::new(State {
            core: use_core(),
            desks,
            is_blank: ArcRwSignal::new(id.is_none()),
            id: ArcRwSignal::new(id),
            story: ArcRwSignal::new(None),
            failure: ArcRwSignal::new(None),
            is_unsaved: ArcRwSignal::new(false),
            is_refused: ArcRwSignal::new(false),
            fields,
            media: RefCell::default(),
            teller_name: teller_line(TellerField::Name),
            teller_reach: teller_line(TellerField::Reach),
            is_unchosen: Cell::new(false),
            adding: Adding::default(),
            is_open: Cell::new(false),
            is_flush_due: Cell::new(false),
            n_users: Cell::new(0),
            settling: RefCell::default(),
        }))
    }

    /// Id of the story, once it has one.
    pub fn id(&self) -> RwSignal<Option<String>> {
        self.0.id.clone().into()
    }

    /// The story as the core told it last.
    pub fn story(&self) -> RwSignal<Option<Arc<StoryView>>> {
        self.0.story.clone().into()
    }

    /// What the teller agrees to if she is read what is on the screen, as the core told it last.
    pub fn wording(&self) -> String {
        self.0.story.with_untracked(|story| {
            let story = story.as_ref();
            story.map(|story| story.wording.clone()).unwrap_or_default()
        })
    }

    /// Whether it lies in the trash.
    pub fn is_deleted(&self) -> Memo<bool> {
        let story = self.story();
        memo(move || story.with(|story| story.as_ref().is_some_and(|story| story.row.is_deleted)))
    }

    /// Why it cannot be opened.
    pub fn failure(&self) -> RwSignal<Option<Failure>> {
        self.0.failure.clone().into()
    }

    /// Whether something typed or chosen is not stored yet.
    pub fn is_unsaved(&self) -> RwSignal<bool> {
        self.0.is_unsaved.clone().into()
    }

    /// Whether the core said no to something typed.
    pub fn is_refused(&self) -> RwSignal<bool> {
        self.0.is_refused.clone().into()
    }

    /// Whether it was started here and nothing of it is stored.
    pub fn is_blank(&self) -> RwSignal<bool> {
        self.0.is_blank.clone().into()
    }

    /// What stands in a field of the story.
    pub fn shown(&self, field: Field) -> RwSignal<String> {
        self.shown_at(&field.into())
    }

    /// What stands in a field.
    pub fn shown_at(&self, spot: &Spot) -> RwSignal<String> {
        self.line(spot).shown()
    }

    /// What stands in a field of the teller.
    pub fn teller(&self, field: TellerField) -> RwSignal<String> {
        self.teller_line(field).shown()
    }

    /// Whether another device wrote something else in a field that is being used here.
    pub fn is_held(&self, spot: &Spot) -> RwSignal<bool> {
        self.line(spot).is_held()
    }

    /// Why the core said no to a field.
    pub fn refusal(&self, spot: &Spot) -> RwSignal<Option<CommandError>> {
        self.line(spot).refusal()
    }

    /// Why the core said no to a field of the teller.
    pub fn teller_refusal(&self, field: TellerField) -> RwSignal<Option<CommandError>> {
        self.teller_line(field).refusal()
    }

    /// Somebody typed in a field, or chose.
    pub fn type_in(&self, spot: &Spot, value: String) {
        self.change(&self.line(spot), value);
    }

    /// Somebody typed in a field of the teller.
    pub fn type_teller(&self, field: TellerField, value: String) {
        self.change(self.teller_line(field), value);
    }

    /// Whether something stands in a field that was not chosen from its list: it is stored nowhere.
    pub fn set_unchosen(&self, is_unchosen: bool) {
        if self.0.is_unchosen.replace(is_unchosen) != is_unchosen {
            self.take_stock();
        }
    }

    /// The cursor is in a field.
    pub fn focus(&self, spot: &Spot) {
        self.line(spot).focus();
    }

    /// The cursor left a field.
    pub fn blur(&self, spot: &Spot) {
        self.line(spot).blur();
        self.hurry();
    }

    /// The cursor is in a field of the teller.
    pub fn focus_teller(&self, field: TellerField) {
        self.teller_line(field).focus();
    }

    /// The cursor left it.
    pub fn blur_teller(&self, field: TellerField) {
        self.teller_line(field).blur();
        self.hurry();
    }

    /// Photos on their way into it.
    pub fn adding(&self) -> &Adding {
        &self.0.adding
    }

    /// What becomes of chosen photos is shown from now on, until the screen that calls this is gone.
    pub fn watch_photos(&self) {
        let id = self.0.id.get_untracked();
        let unread = id.map(|id| self.0.desks.take_left_photos(&id));
        self.0.adding.watch(unread.unwrap_or_default());
        let watched = StoredValue::new_local(self.clone());
        on_cleanup(move || {
            if let Some(desk) = watched.try_get_value() {
                desk.0.adding.unwatch();
            }
        });
    }

    /// Somebody chose photos: they are added although the screen is left.
    pub fn add_photos(&self, files: Vec<File>) {
        if !self.0.adding.choose(files) {
            return;
        }
        self.take_stock();
        let desk = self.clone();
        spawn_local(async move {
            let state = &desk.0;
            let id = state.id.get_untracked();
            let n_before = state
                .story
                .with_untracked(|story| story.as_ref().map_or(0, |story| story.photos.len()));
            let was_stored = || desk.was_stored();
            let adding = &state.adding;
            adding
                .add_all(&state.core, id.as_deref(), n_before, was_stored)
                .await;
            let unseen = adding.unseen();
            if let Some(id) = id
                && !unseen.is_empty()
            {
                state
                    .desks
                    .left_photos
                    .update(|left| drop(left.insert(id, unseen)));
            }
            desk.take_stock();
        });
    }

    /// Something of it was stored that nobody typed: a photo, a recording.
    pub fn was_stored(&self) {
        set_if_other(&self.0.is_blank, false);
    }

    /// Hands over at once what was typed, and has it sealed.
    pub fn hurry(&self) {
        self.go_on(Pace::AtOnce);
        if self.0.is_flush_due.replace(false)
            && let Some(id) = self.0.id.get_untracked()
        {
            self.0.core.tell(Command::Flush { id });
        }
    }

    /// Tries again what was refused: the device has room again.
    pub fn retry(&self) {
        self.lines().for_each(|line| line.retry());
        self.go_on(Pace::AtOnce);
        self.take_stock();
    }

    /// Waits until all that was typed is stored; `false` if that does not work now.
    ///
    /// What is decided about a story is decided about what stands on the screen.
    pub async fn settle(&self) -> bool {
        self.go_on(Pace::AtOnce);
        if self.0.is_open.get() && self.has_unsaved_words() && !self.has_refused() {
            let (sender, settled) = oneshot::channel();
            self.0.settling.borrow_mut().push(sender);
            // Never dropped unsent.
            settled.await.ok();
        }
        !self.has_unsaved_words() && !self.0.is_unchosen.get()
    }

    /// Opens the story in the core that runs now.
    fn open(&self) {
        let desk = self.clone();
        spawn_local(async move {
            let id = desk.0.id.get_untracked();
            let command = match &id {
                Some(id) => Command::OpenStory { id: id.clone() },
                None => Command::NewStory,
            };
            match desk.0.core.command(command).await {
                Ok(Reply::Story(story)) if desk.is_wanted(&story.row.id) => desk.opened(Arc::from(story)),
                // Its screen was left before this answer: the core has it open and nobody closes it.
                Ok(Reply::Story(story)) => desk.0.core.tell(Command::CloseStory { id: story.row.id }),
                // The core that it was started in is gone, and nothing was typed yet that was stored.
                Err(Failure::Refused(CommandError::UnknownStory)) if desk.0.is_blank.get_untracked() => {
                    if id.is_some() {
                        desk.0.id.set(None);
                        desk.open();
                    }
                }
                Err(Failure::Refused(error)) => {
                    if error == CommandError::UnknownStory {
                        desk.0.story.set(None);
                    }
                    desk.0.failure.set(Some(Failure::Refused(error)));
                }
                // The next core opens it.
                Ok(_) | Err(Failure::Died | Failure::TakenOver | Failure::Unusable(_)) => {}
            }
        });
    }

    /// Whether this desk, or another one of the story, is still there.
    fn is_wanted(&self, story: &str) -> bool {
        let desks = self.0.desks.all.get_value();
        desks
            .iter()
            .any(|desk| Rc::ptr_eq(&desk.0, &self.0) || desk.0.id.get_untracked().as_deref() == Some(story))
    }

    fn opened(&self, story: Arc<StoryView>) {
        self.0.failure.set(None);
        self.0.is_open.set(true);
        self.0.id.set(Some(story.row.id.clone()));
        self.hear(story);
        self.retry();
    }

    /// Opens it again if it left the lists: what was erased meanwhile leaves the screen.
    fn look_again_if_among(&self, gone: &[String]) {
        let is_among = self
            .0
            .id
            .with_untracked(|id| id.as_ref().is_some_and(|id| gone.contains(id)));
        if is_among && self.0.is_open.get() && !self.0.is_blank.get_untracked() {
            self.open();
        }
    }

    fn hear_if_mine(&self, story: &Arc<StoryView>) {
        if self.0.id.get_untracked().as_deref() == Some(story.row.id.as_str()) {
            self.hear(Arc::clone(story));
        }
    }

    fn hear(&self, story: Arc<StoryView>) {
        let is_all_stored = story.row.whereabouts != Whereabouts::Unstored;
        for (field, line) in &self.0.fields {
            let value = story.fields.get(field).cloned().unwrap_or_default();
            line.hear(value, &story.seen, is_all_stored);
        }
        for field in TellerField::ALL {
            let value = story.teller.field(field).to_owned();
            self.teller_line(field).hear(value, &story.seen, is_all_stored);
        }
        self.hear_media(&story, is_all_stored);
        self.0.story.set(Some(story));
        self.take_stock();
    }

    /// A photo or a recording that is gone takes along what was typed about it.
    fn hear_media(&self, story: &StoryView, is_all_stored: bool) {
        let mut known = self.0.media.take();
        let mut media = BTreeMap::new();
        let mut hear = |id: &str, field, value: String| {
            let spot = Spot::Media(id.to_owned(), field);
            let line = known
                .remove(&spot)
                .unwrap_or_else(|| media_line(id.to_owned(), field, &value));
            line.hear(value, &story.seen, is_all_stored);
            media.insert(spot, line);
        };
        for photo in &story.photos {
            for (field, value) in media_fields::photo_fields(photo) {
                hear(&photo.id, field, value);
            }
        }
        for recording in &story.recordings {
            for (field, value) in media_fields::recording_fields(recording) {
                hear(&recording.id, field, value);
            }
        }
        self.0.media.replace(media);
    }

    fn change(&self, line: &Rc<Line>, value: String) {
        line.type_in(value);
        self.0.is_flush_due.set(true);
        line.go_on(self, Pace::Typing);
        self.take_stock();
    }

    fn go_on(&self, pace: Pace) {
        self.lines().for_each(|line| line.go_on(self, pace));
    }

    /// Notes what is stored; closes what nobody looks at any more.
    fn take_stock(&self) {
        let state = &self.0;
        set_if_other(&state.is_unsaved, self.has_unsaved());
        set_if_other(&state.is_refused, self.has_refused());
        let is_settled = !self.has_unsaved_words() || self.has_refused() || !state.is_open.get();
        if is_settled {
            for waiting in state.settling.borrow_mut().drain(..) {
                // Who waits may have left the screen.
                waiting.send(()).ok();
            }
        }
        state.desks.take_stock();
        if state.n_users.get() == 0 && !self.has_unsaved() {
            self.close();
        }
    }

    fn close(&self) {
        let is_mine = |desk: &Self| Rc::ptr_eq(&desk.0, &self.0);
        let was_there = self.0.desks.all.try_update_value(|desks| {
            let n_before = desks.len();
            desks.retain(|desk| !is_mine(desk));
            n_before > desks.len()
        });
        if was_there == Some(true)
            && let Some(id) = self.0.id.get_untracked()
        {
            self.0.core.tell(Command::CloseStory { id });
        }
    }

    fn has_unsaved(&self) -> bool {
        self.has_unsaved_words() || self.0.is_unchosen.get() || self.0.adding.is_under_way()
    }

    fn has_unsaved_words(&self) -> bool {
        self.lines().any(|line| line.is_unsaved())
    }

    fn has_refused(&self) -> bool {
        self.lines().any(|line| line.is_refused())
    }

    fn lines(&self) -> impl Iterator<Item = Rc<Line>> {
        let media: Vec<_> = self.0.media.borrow().values().map(Rc::clone).collect();
        let teller = [&self.0.teller_name, &self.0.teller_reach].map(Rc::clone);
        self.0.fields.values().map(Rc::clone).chain(media).chain(teller)
    }

    fn teller_line(&self, field: TellerField) -> &Rc<Line> {
        match field {
            TellerField::Name => &self.0.teller_name,
            TellerField::Reach => &self.0.teller_reach,
        }
    }

    fn line(&self, spot: &Spot) -> Rc<Line> {
        match spot {
            Spot::Story(field) => {
                #[expect(clippy::expect_used, reason = "made of all fields")]
                let line = self.0.fields.get(field).expect("every field has a line");
                Rc::clone(line)
            }
            // One that is gone takes what is typed, and nobody asks it.
            Spot::Media(id, field) => self
                .0
                .media
                .borrow()
                .get(spot)
                .map_or_else(|| media_line(id.clone(), *field, ""), Rc::clone),
        }
    }
}

fn media_line(media: String, field: MediaField, value: &str) -> Rc<Line> {
    Line::new(value.to_owned(), move |id, value, seen| Command::EditMedia {
        id,
        media: media.clone(),
        edit: media_fields::edit(field, value),
        seen,
    })
}

fn set_if_other(signal: &ArcRwSignal<bool>, value: bool) {
    if signal.get_untracked() != value {
        signal.set(value);
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.0.id.get_untracked();
        out.debug_struct("Desk").field("id", &id).finish_non_exhaustive()
    }
}
