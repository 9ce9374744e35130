//! A recording under way: from the microphone to the disk, piece by piece.
//!
//! ```text
//!  microphone ──► recorder ──► a piece every two seconds ──► core: on the disk ──► the next piece
//!                                                              └─ says no: the part is closed, what is stored stays
//! ```
//!
//! One piece at a time: after one that was not stored, none follows, so that a part never has a gap.

use crate::recording::{
    self, Ended, Guide, Interruption, Kept, NoMicrophone, PART_BYTES_DUE, QUIET_MS_MAX, Stage, Watch,
};
use crate::ui::clock;
use crate::ui::core_worker::{CoreWorker, Failure};
use crate::ui::microphone::{self, Microphone};
use crate::ui::picture::bytes_of;
use crate::ui::recorder::{Heard, Recorder};
use crate::ui::view::{use_core, use_view};
use crate::ui::wake_lock::WakeLock;
use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::StreamExt;
use gloo_timers::callback::Interval;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::command::{Command, CommandError, Reply};
use shared::view::{Mark, MediaEdit, RecordingView};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};

const TICK_MS: u32 = 250;
/// How long storing a piece may take before somebody is told.
const LAG_MS_MAX: u64 = 6_000;

/// Why nothing is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The microphone cannot be used.
    Microphone(NoMicrophone),
    /// The core did not begin.
    NotBegun(Failure),
    /// What was heard could not be stored any more, or not be made part of the story.
    NotStored(Failure),
}

/// A recording that ended because its screen was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftRecording {
    /// Id of its story.
    pub story: String,
    /// How much is stored of what was said.
    pub kept: Kept,
    /// Why that is not all.
    pub trouble: Option<Trouble>,
}

/// The question on the screen, with its number and the number of all.
pub type Asked = (String, usize, usize);

/// What the screen shows of it.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// How it stands.
    pub stage: RwSignal<Stage>,
    /// Number of the part.
    pub part: RwSignal<u32>,
    /// Length of the part so far.
    pub length_ms: RwSignal<u32>,
    /// How loud it is; `None` where the browser does not tell.
    pub level: RwSignal<Option<u8>>,
    /// Nothing was heard for a while.
    pub is_quiet: RwSignal<bool>,
    /// Storing takes long.
    pub is_lagging: RwSignal<bool>,
    /// The device slept, and missed something of what was said before this part.
    pub has_slept: RwSignal<bool>,
    /// The question that is asked now.
    pub asked: RwSignal<Option<Asked>>,
    /// Whether another question follows.
    pub has_next: RwSignal<bool>,
    /// Why nothing is recorded.
    pub trouble: RwSignal<Option<Trouble>>,
    /// Parts of the recording of which something is stored.
    pub n_kept: RwSignal<u32>,
    /// A recording was closed; it is stored unless it has no part.
    pub is_closed: RwSignal<bool>,
}

/// A recording under way. A clone is another handle on the same one.
#[derive(Clone)]
pub struct Take(Rc<State>);

struct State {
    core: CoreWorker,
    shown: Shown,
    guide: RefCell<Guide>,
    /// Id of the story.
    story: RefCell<String>,
    /// Id of the recording, once it has one.
    recording: RefCell<Option<String>>,
    marks: RefCell<Vec<Mark>>,
    /// Parts that ended, without those of which nothing was stored.
    n_parts: Cell<u32>,
    recorder: RefCell<Option<Recorder>>,
    /// Since when a piece is being stored.
    storing_since_ms: Cell<Option<u64>>,
    loud_at_ms: Cell<u64>,
    watch: Cell<Watch>,
    /// Its screen is gone.
    is_left: Cell<bool>,
    /// Tells on all screens what became of it then.
    left_recording: RwSignal<Option<LeftRecording>>,
}

impl Take {
    /// Nothing recorded yet. Ends with the screen that makes it.
    pub fn new() -> Self {
        let shown = Shown {
            stage: RwSignal::new(Stage::Idle),
            part: RwSignal::new(1),
            length_ms: RwSignal::new(0),
            level: RwSignal::new(None),
            is_quiet: RwSignal::new(false),
            is_lagging: RwSignal::new(false),
            has_slept: RwSignal::new(false),
            asked: RwSignal::new(None),
            has_next: RwSignal::new(false),
            trouble: RwSignal::new(None),
            n_kept: RwSignal::new(0),
            is_closed: RwSignal::new(false),
        };
        let take = Self(Rc::new(State {
            core: use_core(),
            shown,
            guide: RefCell::default(),
            story: RefCell::default(),
            recording: RefCell::default(),
            marks: RefCell::default(),
            n_parts: Cell::new(0),
            recorder: RefCell::default(),
            storing_since_ms: Cell::new(None),
            loud_at_ms: Cell::new(0),
            watch: Cell::default(),
            is_left: Cell::new(false),
            left_recording: use_view().left_recording,
        }));
        let left = StoredValue::new_local(take.clone());
        on_cleanup(move || {
            // The part is closed, also where nobody looks any more.
            if let Some(take) = left.try_get_value() {
                take.0.is_left.set(true);
                take.stop();
            }
        });
        take
    }

    /// What the screen shows of it.
    pub fn shown(&self) -> Shown {
        self.0.shown
    }

    /// Begins a new recording of the story; the questions lead through the conversation.
    pub fn begin(&self, story: String, questions: Vec<String>) {
        if self.0.shown.stage.get_untracked() != Stage::Idle {
            return;
        }
        self.0.story.replace(story);
        self.0.recording.replace(None);
        self.0.marks.take();
        self.0.n_parts.set(0);
        self.0.shown.n_kept.set(0);
        self.0.guide.replace(Guide::new(questions));
        self.show_question();
        self.start();
    }

    /// Takes note of the recordings of the story after an interruption: a core that died may have stored what
    /// it did not answer.
    pub fn hear(&self, recordings: &[RecordingView]) {
        let id = self.0.recording.borrow().clone();
        let known = recordings.iter().find(|known| Some(&known.id) == id.as_ref());
        let n_known = known.map_or(0, |known| u32::try_from(known.parts.len()).unwrap_or(u32::MAX));
        if n_known > self.0.n_parts.get() {
            self.0.n_parts.set(n_known);
            self.0.shown.n_kept.set(n_known);
        }
    }

    /// Goes on after an interruption: with the next part, or with a new recording if nothing of this one is
    /// stored.
    pub fn go_on(&self, story: String) {
        if !matches!(self.0.shown.stage.get_untracked(), Stage::Interrupted(_)) {
            return;
        }
        if self.0.n_parts.get() == 0 {
            // In the next core a story of which nothing was stored has another id.
            self.0.story.replace(story);
        }
        self.start();
    }

    /// Stops: the part is closed.
    pub fn stop(&self) {
        match &*self.0.recorder.borrow() {
            Some(recorder) => recorder.stop(Ended::Stopped),
            None => {
                if let Some(Stage::Interrupted(_)) = self.0.shown.stage.try_get_untracked() {
                    // The core that they were told to may be gone.
                    self.0.store_marks();
                    self.0.shown.stage.try_set(Stage::Idle);
                    self.0.shown.trouble.try_set(None);
                    self.0.shown.is_closed.try_set(true);
                }
            }
        }
    }

    /// Shows the next question, and marks where it was asked.
    pub fn ask_next(&self) {
        let at_ms = match &*self.0.recorder.borrow() {
            Some(recorder) => recorder.length_ms(),
            None => return,
        };
        let mark = self
            .0
            .guide
            .borrow_mut()
            .ask_next(self.0.n_parts.get() + 1, at_ms);
        if let Some(mark) = mark {
            self.0.marks.borrow_mut().push(mark);
            self.0.store_marks();
        }
        self.show_question();
    }

    fn show_question(&self) {
        let guide = self.0.guide.borrow();
        let (number, total) = guide.position();
        let question = guide
            .question()
            .map(|question| (question.to_owned(), number, total));
        self.0.shown.asked.set(question);
        self.0.shown.has_next.set(guide.has_next());
    }

    fn start(&self) {
        let shown = self.0.shown;
        // What cannot go on can be tried again.
        let before = shown.stage.get_untracked();
        shown.trouble.set(None);
        shown.is_closed.set(false);
        shown.has_slept.set(false);
        shown.stage.set(Stage::Asking);
        let state = Rc::clone(&self.0);
        spawn_local(async move {
            let n_before = state.n_parts.get();
            let (stage, trouble) = match state.record().await {
                Ok((stage, trouble)) => (stage, trouble),
                Err(trouble) => (before, Some(trouble)),
            };
            if state.is_left.get() {
                state.tell_left(stage, trouble.as_ref(), n_before);
            }
            // The screen may be gone.
            shown.is_closed.try_set(stage == Stage::Idle && trouble.is_none());
            shown.trouble.try_set(trouble);
            shown.stage.try_set(stage);
        });
    }
}

impl Default for Take {
    fn default() -> Self {
        Self::new()
    }
}

impl State {
    /// Records parts until one ends that no other follows by itself.
    async fn record(self: &Rc<Self>) -> Result<(Stage, Option<Trouble>), Trouble> {
        let gone = Rc::downgrade(self);
        let on_gone = move |why| {
            if let Some(state) = gone.upgrade() {
                state.stop(Ended::Interrupted(why));
            }
        };
        let microphone = Microphone::open(on_gone).await.map_err(Trouble::Microphone)?;
        let microphone = Rc::new(microphone);
        let _awake = WakeLock::take();
        // Each microphone counts what it heard anew.
        self.watch.take();
        let _tick = self.tick(Rc::downgrade(&microphone));
        loop {
            if self.is_left.get() {
                return Ok((Stage::Idle, None));
            }
            let (ended, failure) = self.part(&microphone).await?;
            if let Some(stage) = Stage::after(ended) {
                return Ok((stage, failure.map(Trouble::NotStored)));
            }
            self.shown.has_slept.try_set(ended == Ended::Slept);
        }
    }

    async fn part(&self, microphone: &Microphone) -> Result<(Ended, Option<Failure>), Trouble> {
        let busy = Trouble::Microphone(NoMicrophone::Busy);
        let media_type = microphone::media_type().ok_or_else(|| busy.clone())?;
        // The core does not know a recording of which nothing was stored.
        let recording = self.recording.borrow().clone();
        let recording = recording.filter(|_| self.n_parts.get() > 0);
        let start = Command::StartRecording {
            id: self.story.borrow().clone(),
            media_type: media_type.to_owned(),
            recording,
        };
        match self.core.command(start).await {
            Ok(Reply::Added(id)) => drop(self.recording.replace(Some(id))),
            Ok(_) => {}
            Err(failure) => return Err(Trouble::NotBegun(failure)),
        }
        self.guide
            .borrow()
            .begin_part(self.n_parts.get() + 1, &mut self.marks.borrow_mut());
        let (heard, pieces) = unbounded();
        let Ok(recorder) = Recorder::start(microphone, media_type, heard) else {
            drop(self.finish(0).await);
            return Err(busy);
        };
        self.recorder.replace(Some(recorder));
        if self.is_left.get() {
            self.stop(Ended::Stopped);
        }
        self.loud_at_ms.set(clock::now_ms());
        self.shown.part.try_set(self.n_parts.get() + 1);
        self.shown.stage.try_set(Stage::Recording);
        let stored = self.store(pieces).await;
        self.shown.stage.try_set(Stage::Closing);
        self.recorder.replace(None);
        let lost_core = match stored.failure {
            Some(Failure::Died) => Some(Interruption::CoreDied),
            // The next core closed it before it heard of this piece.
            Some(Failure::TakenOver | Failure::Refused(CommandError::NotRecording)) => {
                Some(Interruption::OtherTab)
            }
            // The next core has never heard of a story of which nothing was stored.
            Some(Failure::Refused(CommandError::UnknownStory))
                if stored.n_bytes == 0 && self.n_parts.get() == 0 =>
            {
                Some(Interruption::OtherTab)
            }
            Some(Failure::Refused(_) | Failure::Unusable(_)) | None => None,
        };
        let refused = match lost_core {
            // The next core closes it at its start.
            Some(_) => None,
            None => self.finish(stored.length_ms).await.err(),
        };
        if stored.n_bytes > 0 {
            self.n_parts.set(self.n_parts.get() + 1);
        }
        self.store_marks();
        Ok(recording::ended(
            stored.ended,
            lost_core,
            stored.failure.or(refused),
        ))
    }

    /// Hands over what is heard, until there is no more or it cannot be stored.
    async fn store(&self, mut pieces: UnboundedReceiver<Heard>) -> Stored {
        let mut stored = Stored::default();
        while let Some(first) = pieces.next().await {
            let mut bytes = Vec::new();
            let mut length_ms = stored.length_ms;
            let mut ended = None;
            let mut is_unreadable = false;
            let mut next = Some(first);
            // What came while the last piece was stored goes out together.
            while let Some(heard) = next {
                match heard {
                    Heard::Piece(piece, so_far_ms) => {
                        let Ok(piece) = bytes_of(&piece).await else {
                            is_unreadable = true;
                            break;
                        };
                        bytes.extend(piece);
                        length_ms = so_far_ms;
                    }
                    Heard::Ended(why) => ended = Some(why),
                }
                next = pieces.try_recv().ok();
            }
            if !bytes.is_empty() {
                let n_bytes = bytes.len();
                if let Err(failure) = self.append(bytes, length_ms).await {
                    self.stop(Ended::NotStored);
                    stored.failure = Some(failure);
                    break;
                }
                if stored.n_bytes == 0 {
                    self.shown.n_kept.try_set(self.n_parts.get() + 1);
                }
                stored.n_bytes += n_bytes;
                stored.length_ms = length_ms;
            }
            if is_unreadable {
                self.stop(Ended::NotStored);
                stored.failure = Some(Failure::Refused(CommandError::DeviceFailed));
                break;
            }
            if stored.n_bytes >= PART_BYTES_DUE {
                self.stop(Ended::Full);
            }
            if let Some(why) = ended {
                stored.ended = why;
                break;
            }
        }
        stored
    }

    async fn append(&self, bytes: Vec<u8>, duration_ms: u32) -> Result<(), Failure> {
        let append = Command::AppendSound {
            id: self.story.borrow().clone(),
            recording: self.recording.borrow().clone().unwrap_or_default(),
            bytes,
            duration_ms,
        };
        self.storing_since_ms.set(Some(clock::now_ms()));
        let answer = self.core.command(append).await;
        self.storing_since_ms.set(None);
        answer.map(drop)
    }

    /// Closes the part; what the core cannot close now it closes once it can.
    async fn finish(&self, duration_ms: u32) -> Result<(), Failure> {
        let finish = Command::FinishRecording {
            id: self.story.borrow().clone(),
            recording: self.recording.borrow().clone().unwrap_or_default(),
            duration_ms,
        };
        match self.core.command(finish).await {
            // It is closed already, or the next core closes it at its start.
            Ok(_)
            | Err(Failure::Refused(CommandError::NotRecording) | Failure::Died | Failure::TakenOver) => {
                Ok(())
            }
            Err(failure @ (Failure::Refused(_) | Failure::Unusable(_))) => Err(failure),
        }
    }

    /// Tells how a recording ended whose screen was left, if something was heard; `n_before` parts ended before it
    /// ran.
    fn tell_left(&self, stage: Stage, trouble: Option<&Trouble>, n_before: u32) {
        let is_refused = matches!(trouble, Some(Trouble::NotStored(_)));
        if is_refused || self.n_parts.get() > n_before {
            self.left_recording.set(Some(LeftRecording {
                story: self.story.borrow().clone(),
                kept: Kept::of(stage, trouble.is_some(), self.n_parts.get()),
                trouble: trouble.cloned(),
            }));
        }
    }

    /// While the disk is full, or a core dies, some may not be stored: all are told once more when the part is closed.
    fn store_marks(&self) {
        let marks = self.marks.borrow().clone();
        if let Some(media) = self.recording.borrow().clone()
            && !marks.is_empty()
        {
            self.core.tell(Command::EditMedia {
                id: self.story.borrow().clone(),
                media,
                edit: MediaEdit::Marks(marks),
                seen: String::new(),
            });
        }
    }

    fn stop(&self, why: Ended) {
        if let Some(recorder) = &*self.recorder.borrow() {
            recorder.stop(why);
        }
    }

    /// Shows how it goes, several times a second.
    fn tick(self: &Rc<Self>, microphone: Weak<Microphone>) -> Interval {
        let state = Rc::downgrade(self);
        Interval::new(TICK_MS, move || {
            if let (Some(state), Some(microphone)) = (state.upgrade(), microphone.upgrade()) {
                state.show(&microphone);
            }
        })
    }

    fn show(&self, microphone: &Microphone) {
        let now_ms = clock::now_ms();
        if let Some(recorder) = &*self.recorder.borrow() {
            self.shown.length_ms.try_set(recorder.length_ms());
        }
        let mut watch = self.watch.get();
        if watch.looks(now_ms, microphone.heard_ms()) {
            self.stop(Ended::Slept);
        }
        self.watch.set(watch);
        let level = microphone.level();
        if level != Some(0) {
            self.loud_at_ms.set(now_ms);
        }
        let is_quiet = now_ms.saturating_sub(self.loud_at_ms.get()) > QUIET_MS_MAX;
        let since = self.storing_since_ms.get();
        let is_lagging = since.is_some_and(|since| now_ms.saturating_sub(since) > LAG_MS_MAX);
        set_if_other(self.shown.level, level);
        set_if_other(self.shown.is_quiet, is_quiet);
        set_if_other(self.shown.is_lagging, is_lagging);
    }
}

/// What became of a part.
#[derive(Debug)]
struct Stored {
    n_bytes: usize,
    length_ms: u32,
    ended: Ended,
    failure: Option<Failure>,
}

impl Default for Stored {
    fn default() -> Self {
        Self {
            n_bytes: 0,
            length_ms: 0,
            ended: Ended::Stopped,
            failure: None,
        }
    }
}

fn set_if_other<T: PartialEq + Clone + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_get_untracked().is_some_and(|known| known != value) {
        signal.set(value);
    }
}

impl fmt::Debug for Take {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Take")
            .field("shown", &self.0.shown)
            .finish_non_exhaustive()
    }
}
