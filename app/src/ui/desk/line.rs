//! One field of an open story: its value, on its way to the core and on the screen.

use super::Desk;
use crate::typing::{Due, Typed};
use crate::ui::clock;
use crate::ui::core_worker::Failure;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::command::{Command, CommandError};
use std::cell::RefCell;
use std::rc::Rc;

/// How soon a value is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// While somebody types.
    Typing,
    /// The field or the page is being left.
    AtOnce,
}

/// A field.
pub(super) struct Line {
    typed: RefCell<Typed<String>>,
    shown: ArcRwSignal<String>,
    is_held: ArcRwSignal<bool>,
    refusal: ArcRwSignal<Option<CommandError>>,
    later: RefCell<Option<Timeout>>,
    command: Box<dyn Fn(String, String, String) -> Command>,
}

impl Line {
    pub(super) fn new(
        value: String,
        command: impl Fn(String, String, String) -> Command + 'static,
    ) -> Rc<Self> {
        Rc::new(Self {
            typed: RefCell::new(Typed::new(value.clone())),
            shown: ArcRwSignal::new(value),
            is_held: ArcRwSignal::new(false),
            refusal: ArcRwSignal::new(None),
            later: RefCell::new(None),
            command: Box::new(command),
        })
    }

    pub(super) fn shown(&self) -> RwSignal<String> {
        self.shown.clone().into()
    }

    pub(super) fn is_held(&self) -> RwSignal<bool> {
        self.is_held.clone().into()
    }

    pub(super) fn refusal(&self) -> RwSignal<Option<CommandError>> {
        self.refusal.clone().into()
    }

    pub(super) fn type_in(&self, value: String) {
        self.typed.borrow_mut().type_in(value);
        self.refuse(None);
        self.show();
    }

    pub(super) fn focus(&self) {
        self.typed.borrow_mut().focus();
    }

    pub(super) fn blur(&self) {
        self.typed.borrow_mut().blur();
        self.show();
    }

    pub(super) fn hear(&self, value: String, seen: &str, is_all_stored: bool) {
        self.typed.borrow_mut().hear(value, seen, is_all_stored);
        if !self.is_refused() {
            self.refuse(None);
        }
        self.show();
    }

    /// Brings the screen up to date.
    fn show(&self) {
        let (shown, is_held) = {
            let typed = self.typed.borrow();
            (typed.shown().clone(), typed.is_held())
        };
        if self.shown.with_untracked(|known| *known != shown) {
            self.shown.set(shown);
        }
        if self.is_held.get_untracked() != is_held {
            self.is_held.set(is_held);
        }
    }

    fn refuse(&self, why: Option<CommandError>) {
        if self.refusal.with_untracked(|known| *known != why) {
            self.refusal.set(why);
        }
    }

    fn send(self: &Rc<Self>, desk: &Desk, id: String, value: String) {
        let seen = self.typed.borrow().seen().to_owned();
        let command = (self.command)(id, value.clone(), seen);
        let (line, desk) = (Rc::clone(self), desk.clone());
        spawn_local(async move {
            match desk.0.core.command(command).await {
                Ok(_) => {
                    line.typed.borrow_mut().answered(value);
                    line.refuse(None);
                    super::set_if_other(&desk.0.is_blank, false);
                }
                Err(Failure::Refused(error)) => {
                    line.typed.borrow_mut().refused(&value);
                    let is_refused = line.typed.borrow().is_refused();
                    line.refuse(is_refused.then_some(error));
                }
                // The next core opens the story and gets it again.
                Err(Failure::Died | Failure::TakenOver | Failure::Unusable(_)) => {
                    line.typed.borrow_mut().failed();
                    desk.0.is_open.set(false);
                }
            }
            line.go_on(&desk, Pace::Typing);
            desk.take_stock();
        });
    }

    /// Hands over what is due.
    pub(super) fn go_on(self: &Rc<Self>, desk: &Desk, pace: Pace) {
        if !desk.0.is_open.get() {
            return;
        }
        let Some(id) = desk.0.id.get_untracked() else {
            return;
        };
        let now_ms = clock::now_ms();
        let value = {
            let mut typed = self.typed.borrow_mut();
            match pace {
                Pace::Typing => typed.take(now_ms),
                Pace::AtOnce => typed.take_at_once(now_ms),
            }
        };
        if let Some(value) = value {
            *self.later.borrow_mut() = None;
            self.send(desk, id, value);
            return;
        }
        let due = self.typed.borrow().due(now_ms);
        match due {
            Due::InMs(ms) if self.later.borrow().is_none() => {
                let (line, desk) = (Rc::clone(self), desk.clone());
                let ms = u32::try_from(ms).unwrap_or(u32::MAX);
                *self.later.borrow_mut() = Some(Timeout::new(ms, move || {
                    // The timer is over: another may be set.
                    if let Some(done) = line.later.borrow_mut().take() {
                        done.forget();
                    }
                    line.go_on(&desk, Pace::Typing);
                }));
            }
            Due::InMs(_) | Due::No | Due::Now => {}
        }
    }

    pub(super) fn is_unsaved(&self) -> bool {
        self.typed.borrow().is_unsaved()
    }

    pub(super) fn is_refused(&self) -> bool {
        self.typed.borrow().is_refused()
    }

    pub(super) fn retry(&self) {
        self.typed.borrow_mut().retry();
        self.refuse(None);
    }
}
