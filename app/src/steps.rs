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

    /// The step that a place on the screen belongs to: the last whose heading is not below it, or the first. Both in pixels
    /// from above; `None` for a heading that is not there.
    pub fn at(place: f64, headings: [Option<f64>; 6]) -> Self {
        let steps = Self::ALL.into_iter().zip(headings);
        let mut above = steps.filter(|(_, heading)| heading.is_some_and(|heading| heading <= place));
        above.next_back().map_or(Self::Words, |(step, _)| step)
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
    fn a_place_belongs_to_the_last_step_that_begins_above_it() {
        let headings = [
            Some(100.0),
            None,
            Some(400.0),
            Some(700.0),
            Some(900.0),
            Some(1200.0),
        ];
        for (place, step) in [
            (0.0, Step::Words),
            (399.0, Step::Words),
            (400.0, Step::Place),
            (899.5, Step::Teller),
            (5000.0, Step::Ready),
        ] {
            assert_eq!(Step::at(place, headings), step, "at {place}");
        }
        assert_eq!(Step::at(500.0, [None; 6]), Step::Words);
        assert_eq!(Step::Ready.number(), Step::ALL.len());
    }
}
