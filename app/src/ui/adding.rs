//! Chosen photos on their way into a story, one at a time.

use crate::pictures::{PictureError, n_welcome};
use crate::ui::core_worker::{CoreWorker, Failure};
use crate::ui::picture::picture;
use leptos::prelude::*;
use shared::command::{Command, CommandError, PHOTOS_MAX};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use web_sys::File;

/// Why something that was chosen is not added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAdded {
    /// The photo of this number is none that can be stored.
    Bad(usize, PictureError),
    /// The story has room for no more.
    NoRoom,
    /// From this number on nothing was stored.
    Stopped(usize, Failure),
    /// The core that was to store the photo of this number is gone, and may have stored it; nothing after it was stored.
    Perhaps(usize),
}

/// Photos on their way into a story. They are its desk's, which outlives the screen that they were chosen on.
#[derive(Debug, Default)]
pub struct Adding {
    /// Files with their number among those that were chosen.
    waiting: RefCell<VecDeque<(usize, File)>>,
    /// What tells all that were chosen apart, until they are done with.
    chosen: RefCell<Vec<Mark>>,
    under_way: ArcRwSignal<Option<(usize, usize)>>,
    not_added: ArcRwSignal<Vec<NotAdded>>,
    n_added: ArcRwSignal<Option<u64>>,
    /// How many components show how it goes.
    n_watchers: Cell<u32>,
}

/// Tells chosen files apart: what is chosen twice in one breath is added once. Its name is not stored.
type Mark = (String, u64, u64);

impl Adding {
    /// Number of the photo that is being added, and of all that were chosen.
    pub fn under_way(&self) -> Signal<Option<(usize, usize)>> {
        self.under_way.clone().into()
    }

    /// What was not added, and why.
    pub fn not_added(&self) -> Signal<Vec<NotAdded>> {
        self.not_added.clone().into()
    }

    /// How many were added of those that were chosen last.
    pub fn n_added(&self) -> Signal<Option<u64>> {
        self.n_added.clone().into()
    }

    /// Whether something that was chosen is not done with.
    pub fn is_under_way(&self) -> bool {
        self.under_way.with_untracked(Option::is_some)
    }

    /// A component shows from now on how it goes; `unread` is what came of an earlier choice while none did.
    pub fn watch(&self, unread: Vec<NotAdded>) {
        self.n_watchers.set(self.n_watchers.get() + 1);
        if !self.is_under_way() {
            self.not_added.set(unread);
            self.n_added.set(None);
        }
    }

    /// That component is gone.
    pub fn unwatch(&self) {
        self.n_watchers.set(self.n_watchers.get().saturating_sub(1));
    }

    /// What was not added, if no component shows it.
    pub fn unseen(&self) -> Vec<NotAdded> {
        if self.n_watchers.get() == 0 {
            self.not_added.get_untracked()
        } else {
            Vec::new()
        }
    }

    /// Somebody chose files. If it gives `true`, [`Adding::add_all`] is due.
    pub fn choose(&self, files: Vec<File>) -> bool {
        let mut chosen = self.chosen.borrow_mut();
        for file in files {
            let mark = mark(&file);
            if !chosen.contains(&mark) {
                chosen.push(mark);
                self.waiting.borrow_mut().push_back((chosen.len(), file));
            }
        }
        let is_due = !chosen.is_empty() && !self.is_under_way();
        if is_due {
            self.not_added.set(Vec::new());
            self.n_added.set(None);
            // At once: what is chosen in the same breath is added by the same turn.
            self.under_way.set(Some((1, chosen.len())));
        }
        is_due
    }

    /// Adds what was chosen to a story that has `n_before` photos; calls `was_stored` after each that is stored.
    pub async fn add_all(
        &self,
        core: &CoreWorker,
        story: Option<&str>,
        n_before: usize,
        was_stored: impl Fn(),
    ) {
        let mut n_added = 0;
        while let Some((number, file)) = self.next() {
            let is_room = n_welcome(n_before + n_added, 1) > 0;
            let added = match story {
                Some(story) if is_room => add(core, story, number, &file).await,
                Some(_) => Err(NotAdded::NoRoom),
                // The core that it was started in is gone, and nothing of it was stored.
                None => Err(NotAdded::Stopped(number, Failure::Died)),
            };
            match added {
                Ok(()) => {
                    n_added += 1;
                    was_stored();
                }
                Err(why) => {
                    let is_last = !matches!(why, NotAdded::Bad(..));
                    self.not_added.update(|not_added| not_added.push(why));
                    if is_last {
                        break;
                    }
                }
            }
        }
        self.waiting.borrow_mut().clear();
        self.chosen.borrow_mut().clear();
        self.n_added
            .set(u64::try_from(n_added).ok().filter(|n_added| *n_added > 0));
        self.under_way.set(None);
    }

    fn next(&self) -> Option<(usize, File)> {
        let (number, file) = self.waiting.borrow_mut().pop_front()?;
        let total = self.chosen.borrow().len();
        self.under_way.set(Some((number, total)));
        Some((number, file))
    }
}

async fn add(core: &CoreWorker, story: &str, number: usize, file: &File) -> Result<(), NotAdded> {
    let picture = picture(file).await.map_err(|why| NotAdded::Bad(number, why))?;
    let add = Command::AddPhoto {
        id: story.to_owned(),
        jpeg: picture.jpeg,
        thumbnail: picture.thumbnail,
        width: picture.size.width,
        height: picture.size.height,
    };
    match core.command(add).await {
        Ok(_) => Ok(()),
        Err(Failure::Refused(CommandError::TooMany { .. })) => Err(NotAdded::NoRoom),
        Err(Failure::Refused(CommandError::NotMedia)) => Err(NotAdded::Bad(number, PictureError::Unreadable)),
        Err(Failure::Refused(CommandError::MediaTooLarge { .. })) => {
            Err(NotAdded::Bad(number, PictureError::TooLarge))
        }
        Err(Failure::Died | Failure::TakenOver) => Err(NotAdded::Perhaps(number)),
        Err(failure @ (Failure::Refused(_) | Failure::Unusable(_))) => {
            Err(NotAdded::Stopped(number, failure))
        }
    }
}

/// Whether one of them may have been added all the same.
pub fn is_unsure(not_added: &[NotAdded]) -> bool {
    not_added.iter().any(|why| matches!(why, NotAdded::Perhaps(_)))
}

fn mark(file: &File) -> Mark {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a size and a moment are whole and not negative"
    )]
    let whole = |number: f64| number as u64;
    (file.name(), whole(file.size()), whole(file.last_modified()))
}

/// Most photos of a story, to say so.
pub fn room() -> u64 {
    u64::try_from(PHOTOS_MAX).unwrap_or(u64::MAX)
}
