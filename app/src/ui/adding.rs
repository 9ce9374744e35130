//! Chosen photos on their way into a story, one at a time.

use crate::pictures::{PictureError, n_welcome};
use crate::ui::components::bound::OpenStory;
use crate::ui::core_worker::{CoreWorker, Failure};
use crate::ui::desk::Desk;
use crate::ui::picture::picture;
use crate::ui::view::use_core;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::command::{Command, CommandError, PHOTOS_MAX};
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
}

/// Adds photos to a story. A copy is another handle on the same.
#[derive(Clone, Copy, Debug)]
pub struct Adding {
    desk: OpenStory,
    core: StoredValue<CoreWorker, LocalStorage>,
    /// Files with their number among those that were chosen.
    waiting: StoredValue<VecDeque<(usize, File)>, LocalStorage>,
    /// What tells all that were chosen apart, until they are done with.
    chosen: StoredValue<Vec<Mark>>,
    under_way: RwSignal<Option<(usize, usize)>>,
    not_added: RwSignal<Vec<NotAdded>>,
    n_added: RwSignal<Option<u64>>,
}

/// Tells chosen files apart: what is chosen twice in one breath is added once. Its name is not stored.
type Mark = (String, u64, u64);

impl Adding {
    /// Nothing chosen yet. What is chosen is added although the screen is left.
    pub fn new(desk: OpenStory) -> Self {
        Self {
            desk,
            core: StoredValue::new_local(use_core()),
            waiting: StoredValue::new_local(VecDeque::new()),
            chosen: StoredValue::new(Vec::new()),
            under_way: RwSignal::new(None),
            not_added: RwSignal::new(Vec::new()),
            n_added: RwSignal::new(None),
        }
    }

    /// Number of the photo that is being added, and of all that were chosen.
    pub fn under_way(self) -> Signal<Option<(usize, usize)>> {
        self.under_way.into()
    }

    /// What was not added, and why.
    pub fn not_added(self) -> Signal<Vec<NotAdded>> {
        self.not_added.into()
    }

    /// How many were added of those that were chosen last.
    pub fn n_added(self) -> Signal<Option<u64>> {
        self.n_added.into()
    }

    /// Somebody chose files.
    pub fn choose(self, files: Vec<File>) {
        let Some(mut marks) = self.chosen.try_get_value() else {
            return;
        };
        for file in files {
            let mark = mark(&file);
            if !marks.contains(&mark) {
                marks.push(mark);
                let number = marks.len();
                self.waiting
                    .update_value(|waiting| waiting.push_back((number, file)));
            }
        }
        self.chosen.set_value(marks);
        if self.under_way.with_untracked(Option::is_none)
            && self.waiting.with_value(|waiting| !waiting.is_empty())
        {
            self.not_added.set(Vec::new());
            self.n_added.set(None);
            let desk = self.desk.get_value();
            spawn_local(self.add_all(desk, self.core.get_value()));
        }
    }

    async fn add_all(self, desk: Desk, core: CoreWorker) {
        let Some(id) = desk.id().get_untracked() else {
            return;
        };
        let n_before = desk
            .story()
            .with_untracked(|story| story.as_ref().map_or(0, |story| story.photos.len()));
        let mut n_added = 0;
        while let Some((number, file)) = self.next() {
            let is_room = n_welcome(n_before + n_added, 1) > 0;
            let added = if is_room {
                add(&core, &id, number, &file).await
            } else {
                Err(NotAdded::NoRoom)
            };
            match added {
                Ok(()) => {
                    n_added += 1;
                    desk.was_stored();
                }
                Err(why) => {
                    let is_last = !matches!(why, NotAdded::Bad(..));
                    self.not_added.try_update(|not_added| not_added.push(why));
                    if is_last {
                        break;
                    }
                }
            }
        }
        self.waiting.try_update_value(VecDeque::clear);
        self.chosen.try_update_value(Vec::clear);
        self.n_added
            .try_set(u64::try_from(n_added).ok().filter(|n_added| *n_added > 0));
        self.under_way.try_set(None);
    }

    /// The next file; where the screen is gone there is none.
    fn next(self) -> Option<(usize, File)> {
        let (number, file) = self.waiting.try_update_value(VecDeque::pop_front)??;
        let total = self.chosen.try_with_value(Vec::len)?;
        self.under_way.try_set(Some((number, total)));
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
        Err(failure) => Err(NotAdded::Stopped(number, failure)),
    }
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
