//! Pressing: once and as meant, or twice by a finger that trembles.

use super::{Person, Role};
use crate::wait::wait_for;
use std::time::{Duration, Instant};
use thirtyfour::prelude::*;

/// What is pressed at one place within this time counts as pressed by mistake.
const PAUSE: Duration = Duration::from_millis(500);
/// What lies within so many CSS pixels of each other is at one place.
const PLACE_PX: f64 = 32.0;

/// Where she pressed last, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Press {
    at: Instant,
    x: f64,
    y: f64,
}

impl Person<'_> {
    /// Clicks on an element, in the middle of the screen: the driver of WebKitGTK brings what it is to click on to an
    /// edge at most, and then calls it out of reach.
    pub(crate) async fn press(&self, element: &WebElement) -> anyhow::Result<()> {
        element.scroll_into_view().await?;
        let (x, y) = self.place_of(element).await?;
        // As people do, she looks before she presses something else at the same place.
        if let Some(last) = self.last_press.get()
            && (last.x - x).hypot(last.y - y) < PLACE_PX
        {
            wait_for("she has looked", async || {
                Ok((last.at.elapsed() > PAUSE).then_some(()))
            })
            .await?;
        }
        element.click().await?;
        self.pressed_at(x, y);
        Ok(())
    }

    fn pressed_at(&self, x: f64, y: f64) {
        let at = Instant::now();
        self.last_press.set(Some(Press { at, x, y }));
    }

    async fn place_of(&self, element: &WebElement) -> anyhow::Result<(f64, f64)> {
        let ask = "const box = arguments[0].getBoundingClientRect(); \
                   return [box.x + box.width / 2, box.y + box.height / 2];";
        let driver = self.driver().await?;
        let place = driver.execute(ask, vec![element.to_json()?]).await?;
        Ok(place.convert()?)
    }

    /// Clicks twice on something before the page can do anything, as a finger that trembles does.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn clicks_twice(&self, role: Role, name: &str) -> anyhow::Result<()> {
        let what = format!("clicks {role} “{name}” twice");
        self.with(&what, role, name, async |element| {
            let twice = "arguments[0].click(); arguments[0].click()";
            let driver = self.driver().await?;
            driver.execute(twice, vec![element.to_json()?]).await?;
            Ok(())
        })
        .await
    }

    /// Presses a button twice with a finger that trembles, when what is found by `beneath` has come under it meanwhile.
    ///
    /// # Errors
    /// When either is not there.
    pub async fn presses_through(&self, button: &str, beneath: &str) -> anyhow::Result<()> {
        let what = format!("presses “{button}” twice, and then {beneath}");
        self.with(&what, Role::Button, button, async |element| {
            let (x, y) = self.place_of(element).await?;
            let driver = self.driver().await?;
            let arguments = vec![element.to_json()?, beneath.into()];
            driver.execute(PRESS_THROUGH, arguments).await?;
            self.pressed_at(x, y);
            Ok(())
        })
        .await
    }
}

/// At one place, as a browser tells of it: first the button, then what lies beneath.
const PRESS_THROUGH: &str = "
    const [button, beneath] = [arguments[0], document.querySelector(arguments[1])];
    const box = button.getBoundingClientRect();
    const place = {
        bubbles: true, cancelable: true, composed: true, isPrimary: true, detail: 1,
        clientX: box.x + box.width / 2, clientY: box.y + box.height / 2,
    };
    for (const it of [button, beneath]) {
        it.dispatchEvent(new PointerEvent('pointerdown', place));
        it.dispatchEvent(new MouseEvent('mousedown', place));
        it.dispatchEvent(new MouseEvent('click', place));
    }";
