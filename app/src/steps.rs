//! The steps of telling a story.

use shared::view::{Field, StoryState, StoryView};

/// A step, with a part of the form of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// What happened.
    Words,
    /// Photos and sound.
    Media,
    /// Where.
    Place,
    /// Who tells it.
    Teller,
    /// What she allows.
    Consent,
    /// Looking it over and handing it in.
    Ready,
}

impl Step {
    /// All steps, in their order.
    pub const ALL: [Self; 6] = [
        Self::Words,
        Self::Media,
        Self::Place,
        Self::Teller,
        Self::Consent,
        Self::Ready,
    ];

    /// Id of the heading of its part of the form.
    pub fn heading_id(self) -> &'static str {
        self.heading().trim_start_matches('#')
    }

    /// Selects that heading.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Words => "#deel-verhaal",
            Self::Media => "#deel-media",
            Self::Place => "#deel-waar",
            Self::Teller => "#deel-verteller",
            Self::Consent => "#deel-toestemming",
            Self::Ready => "#deel-klaar",
        }
    }

    /// The step that is next: the first in which nothing was done; the last once the story was handed in.
    pub fn now(is_begun: impl Fn(Self) -> bool) -> Self {
        let mut steps = Self::ALL.into_iter();
        let open = steps.find(|step| !is_begun(*step) && !is_begun(Self::Ready));
        open.unwrap_or(Self::Ready)
    }

    /// Its place, from 1.
    pub fn number(self) -> usize {
        Self::ALL.iter().take_while(|step| **step != self).count() + 1
    }

    /// Whether something was done in it. Nothing is ever required.
    pub fn is_begun(self, story: &StoryView) -> bool {
        let has = |field| {
            story
                .fields
                .get(&field)
                .is_some_and(|text| !text.trim().is_empty())
        };
        match self {
            Self::Words => has(Field::Title) || has(Field::Happened),
            Self::Media => !story.photos.is_empty() || !story.recordings.is_empty(),
            Self::Place => has(Field::Municipality),
            Self::Teller => !story.teller.name.trim().is_empty(),
            Self::Consent => !story.consents.is_empty(),
            Self::Ready => story.row.state != StoryState::Draft,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_step_is_the_first_in_which_nothing_was_done() {
        let now = |begun: &[Step]| Step::now(|step| begun.contains(&step));
        assert_eq!(now(&[]), Step::Words);
        assert_eq!(now(&[Step::Words, Step::Place]), Step::Media);
        assert_eq!(now(&[Step::Words, Step::Ready]), Step::Ready);
        assert_eq!(Step::Ready.number(), Step::ALL.len());
    }
}
