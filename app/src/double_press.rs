//! Two presses of one finger that trembles, or of somebody who clicks on everything twice.

/// Two presses within this many milliseconds are one, as systems count them.
const DOUBLE_MS_MAX: f64 = 500.0;

/// A second press lies within this many CSS pixels of the first, a good deal less than a target is wide.
const DOUBLE_PX_MAX: f64 = 32.0;

/// A press somewhere on the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Press<T> {
    /// What was pressed, if it was something to press.
    pub on: Option<T>,
    /// When, in milliseconds.
    pub at_ms: f64,
    /// Where, in CSS pixels of the screen.
    pub place: (f64, f64),
}

/// The presses on a page, one after the other.
#[derive(Clone, Debug)]
pub struct Presses<T> {
    last: Option<Press<T>>,
}

impl<T> Default for Presses<T> {
    fn default() -> Self {
        Self { last: None }
    }
}

impl<T: PartialEq> Presses<T> {
    /// Takes the next press, and tells whether it was meant: not where it is the second of two, and something else
    /// has come under the finger since the first. What is pressed twice itself has to bear that.
    pub fn is_meant(&mut self, mut press: Press<T>) -> bool {
        let last = self.last.take().filter(|last| press.is_second_of(last));
        let meant = last.and_then(|last| last.on);
        let is_meant = match (&meant, &press.on) {
            (Some(meant), Some(on)) => meant == on,
            (Some(_) | None, _) => true,
        };
        if !is_meant {
            // A third press is not meant for it either.
            press.on = meant;
        }
        self.last = Some(press);
        is_meant
    }

    /// The last was no press: the finger moved on, and the page with it.
    pub fn cancel(&mut self) {
        self.last = None;
    }
}

impl<T> Press<T> {
    fn is_second_of(&self, first: &Self) -> bool {
        let (x, y) = (self.place.0 - first.place.0, self.place.1 - first.place.1);
        self.at_ms - first.at_ms < DOUBLE_MS_MAX && x.hypot(y) < DOUBLE_PX_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Presses at this moment and this far to the right; all meant but those that are named `not`.
    #[track_caller]
    fn check(presses: &[(Option<&str>, f64, f64, bool)]) {
        let mut all = Presses::default();
        for (index, (on, at_ms, x, is_meant)) in presses.iter().enumerate() {
            let press = Press {
                on: *on,
                at_ms: *at_ms,
                place: (100.0 + x, 700.0),
            };
            assert_eq!(all.is_meant(press), *is_meant, "press {index}");
        }
    }

    #[test]
    fn a_second_press_does_not_reach_what_came_in_place_of_the_first() {
        check(&[(Some("yes"), 0.0, 0.0, true), (Some("tab"), 250.0, 6.0, false)]);
        // Nor does a third, or one after that.
        check(&[
            (Some("approve"), 0.0, 0.0, true),
            (Some("preview"), 200.0, 0.0, false),
            (Some("preview"), 400.0, 0.0, false),
            (Some("publish"), 800.0, 0.0, false),
            (Some("publish"), 1_400.0, 0.0, true),
        ]);
    }

    #[test]
    fn what_is_pressed_later_or_elsewhere_is_meant() {
        check(&[(Some("yes"), 0.0, 0.0, true), (Some("tab"), 500.0, 0.0, true)]);
        check(&[(Some("yes"), 0.0, 0.0, true), (Some("no"), 200.0, 48.0, true)]);
    }

    #[test]
    fn a_finger_that_moved_the_page_presses_what_came_under_it() {
        let press = |on, at_ms| Press {
            on: Some(on),
            at_ms,
            place: (100.0, 700.0),
        };
        let mut all = Presses::default();
        assert!(all.is_meant(press("first", 0.0)));
        all.cancel();
        assert!(all.is_meant(press("second", 300.0)));
    }

    #[test]
    fn one_thing_can_be_pressed_again_and_again() {
        check(&[
            (Some("more"), 0.0, 0.0, true),
            (Some("more"), 200.0, 0.0, true),
            (Some("more"), 400.0, 0.0, true),
        ]);
    }

    #[test]
    fn who_missed_a_button_presses_it_at_once() {
        check(&[(None, 0.0, 0.0, true), (Some("yes"), 200.0, 10.0, true)]);
        // And words are marked by two presses.
        check(&[(Some("yes"), 0.0, 0.0, true), (None, 200.0, 0.0, true)]);
    }
}
