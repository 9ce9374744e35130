//! Photos and sound: choosing files, hearing what was recorded, and what of it is stored.

use super::{Person, Role, shown, words};
use crate::browser::Engine;
use anyhow::{Context, ensure};
use serde_json::json;
use std::path::Path;
use thirtyfour::prelude::*;

/// The button beside a photo that is read again.
const SHOW_LARGE: &str = "Groot tonen";

impl Person<'_> {
    /// Chooses files by the input of this name.
    ///
    /// # Errors
    /// When there is no such input or it does not take them.
    pub async fn adds_files(&self, label: &str, paths: &[&Path]) -> anyhow::Result<()> {
        let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        let what = format!("adds {} files by “{label}”", paths.len());
        self.waits(&what, async || {
            for input in self.driver().await?.find_all(By::Css("input[type=file]")).await? {
                if input.attr("aria-label").await?.as_deref() == Some(label) {
                    return Ok(Some(input.send_keys(paths.join("\n")).await?));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Replaces what stands in a field of the item that holds `part`.
    ///
    /// # Errors
    /// When there is no such item or field.
    pub async fn fills_in_item(&self, list: &str, part: &str, field: &str, text: &str) -> anyhow::Result<()> {
        let what = format!("fills “{field}” of “{part}” in “{list}”");
        self.waits(&what, async || {
            let Some(field) = self.in_item(list, part, Role::Textbox, field).await? else {
                return Ok(None);
            };
            self.press(&field).await?;
            field.send_keys(Key::Control + "a").await?;
            field.send_keys(Key::Delete + "").await?;
            Ok(Some(field.send_keys(text).await?))
        })
        .await
    }

    /// What stands in a field of the item that holds `part`, once something does.
    ///
    /// # Errors
    /// When nothing ever does.
    pub async fn reads_in_item(&self, list: &str, part: &str, field: &str) -> anyhow::Result<String> {
        let what = format!("reads “{field}” of “{part}” in “{list}”");
        self.waits(&what, async || {
            let Some(field) = self.in_item(list, part, Role::Textbox, field).await? else {
                return Ok(None);
            };
            let content = field.prop("value").await?.unwrap_or_default();
            Ok((!content.is_empty()).then_some(content))
        })
        .await
    }

    /// Chooses a radio button or ticks a box of the item that holds `part`.
    ///
    /// # Errors
    /// When there is none.
    pub async fn ticks_in_item(&self, list: &str, part: &str, role: Role, name: &str) -> anyhow::Result<()> {
        let what = format!("ticks “{name}” of “{part}” in “{list}”");
        self.waits(&what, async || {
            let Some(found) = self.in_item(list, part, role, name).await? else {
                return Ok(None);
            };
            if !found.is_selected().await? {
                self.press(&found).await?;
            }
            ensure!(found.is_selected().await?, "it stays as it was");
            Ok(Some(()))
        })
        .await
    }

    /// Sees the picture in the item that holds `part`; gives its width and height in the file.
    ///
    /// # Errors
    /// When there never is one.
    pub async fn sees_picture_in(&self, list: &str, part: &str) -> anyhow::Result<(u64, u64)> {
        let what = format!("sees the picture of “{part}” in “{list}”");
        self.waits(&what, async || {
            let Some(item) = self.item(list, part).await? else {
                return Ok(None);
            };
            let Ok(picture) = item.find(By::Css("img")).await else {
                return Ok(None);
            };
            let size = (
                number(&picture, "naturalWidth").await?,
                number(&picture, "naturalHeight").await?,
            );
            Ok((size.0 > 0).then_some(size))
        })
        .await
    }

    /// Shows a photo of the story that is read again as large as the screen allows, until so many pixels of its longer
    /// side are there.
    ///
    /// # Errors
    /// When they never are, or it is no larger on the screen than it was.
    pub async fn shows_large(&self, list: &str, part: &str, pixels: u64) -> anyhow::Result<()> {
        self.sees_picture_in(list, part).await?;
        let item = self.item(list, part).await?.context("it is gone")?;
        let small = number(&item.find(By::Css("img")).await?, "clientHeight").await?;
        self.presses_in_item(list, part, SHOW_LARGE).await?;
        self.waits("sees the whole photo", async || {
            let Some(dialog) = self.all(Role::Dialog, None).await?.into_iter().next() else {
                return Ok(None);
            };
            let picture = dialog.find(By::Css("img")).await?;
            let width = number(&picture, "naturalWidth").await?;
            let longer = width.max(number(&picture, "naturalHeight").await?);
            ensure!(longer == pixels, "it has {longer} pixels");
            let shown = number(&picture, "clientHeight").await?;
            ensure!(shown > small, "it is {shown} high, and was {small}");
            Ok(Some(()))
        })
        .await
    }

    /// Puts the large photo away: she is where she was.
    ///
    /// # Errors
    /// When she is not.
    pub async fn puts_large_away(&self) -> anyhow::Result<()> {
        self.presses("Sluiten").await?;
        self.waits("is at the photo again", async || {
            let focused = self
                .runs("return document.activeElement?.textContent.trim() ?? '';")
                .await?;
            Ok((focused.as_str() == Some(SHOW_LARGE)).then_some(()))
        })
        .await
    }

    /// Chooses the same photo twice in one breath by the input of this name, as a finger that trembles does.
    ///
    /// # Errors
    /// When there is no such input.
    pub async fn adds_a_photo_twice(&self, label: &str) -> anyhow::Result<()> {
        let choose = format!(
            "const done = arguments[arguments.length - 1];
             const input = document.querySelector('input[type=file][aria-label={}]');
             const canvas = Object.assign(document.createElement('canvas'), {{ width: 640, height: 480 }});
             canvas.getContext('2d').fillRect(0, 0, 320, 240);
             canvas.toBlob(blob => {{
               const chosen = new DataTransfer();
               chosen.items.add(new File([blob], 'keuken.jpg', {{ type: 'image/jpeg', lastModified: 1 }}));
               for (const _ of [1, 2]) {{
                 input.files = chosen.files;
                 input.dispatchEvent(new Event('change', {{ bubbles: true }}));
               }}
               done('chosen');
             }}, 'image/jpeg');",
            serde_json::to_string(label)?
        );
        let done = self.runs_and_waits(&choose).await?;
        ensure!(done == "chosen", "nothing was chosen: {done}");
        Ok(())
    }

    /// From now on keeps what the page's camera and microphone gave it: each photo that it encodes, and the pieces of
    /// each recording; and holds the microphone, so that it can be taken away.
    ///
    /// # Errors
    /// When the page does not let her.
    pub async fn keeps_what_is_taken(&self) -> anyhow::Result<()> {
        self.runs(
            "window.photos = []; window.sounds = []; window.tracks = [];
             const encode = HTMLCanvasElement.prototype.toBlob;
             HTMLCanvasElement.prototype.toBlob = function (done, ...how) {
               encode.call(this, blob => { window.photos.push(blob); done(blob); }, ...how);
             };
             if (!window.MediaRecorder) return;
             const record = MediaRecorder.prototype.start;
             MediaRecorder.prototype.start = function (...how) {
               const pieces = [];
               window.sounds.push(pieces);
               window.tracks = this.stream.getTracks();
               this.addEventListener('dataavailable', event => pieces.push(event.data));
               return record.apply(this, how);
             };",
        )
        .await
        .map(drop)
    }

    /// The bytes of each photo that the page encoded since, large and small.
    ///
    /// # Errors
    /// When the page does not tell.
    pub async fn photos_that_were_taken(&self) -> anyhow::Result<Vec<Vec<u8>>> {
        self.bytes_of_blobs("window.photos").await
    }

    /// The bytes of each recording that was made since.
    ///
    /// # Errors
    /// When the page does not tell.
    pub async fn sounds_that_were_recorded(&self) -> anyhow::Result<Vec<Vec<u8>>> {
        self.bytes_of_blobs("window.sounds.map(pieces => new Blob(pieces))")
            .await
    }

    /// The microphone that the page records with is taken away. In Chromium its user forbids it, until
    /// [`Person::gets_the_microphone_back`]; elsewhere it ends.
    ///
    /// # Errors
    /// When nothing is recorded.
    pub async fn loses_the_microphone(&self) -> anyhow::Result<()> {
        if self.stage.engine == Engine::Chromium {
            return self.lets_record("denied").await;
        }
        let ended = self
            .runs("window.tracks.forEach(track => track.stop()); return window.tracks.length")
            .await?;
        ensure!(ended == 1, "{ended} microphones ended");
        Ok(())
    }

    /// She allows the microphone again.
    ///
    /// # Errors
    /// When the browser does not take it.
    pub async fn gets_the_microphone_back(&self) -> anyhow::Result<()> {
        if self.stage.engine == Engine::Chromium {
            return self.lets_record("granted").await;
        }
        Ok(())
    }

    async fn lets_record(&self, setting: &str) -> anyhow::Result<()> {
        let permission = json!({ "permission": { "name": "microphone" }, "setting": setting });
        self.chromium("Browser.setPermission", permission).await.map(drop)
    }

    /// A call mutes the microphone that the page records with.
    ///
    /// # Errors
    /// When nothing is recorded.
    pub async fn gets_a_call(&self) -> anyhow::Result<()> {
        let muted = self
            .runs("window.tracks.forEach(track => track.dispatchEvent(new Event('mute'))); return window.tracks.length")
            .await?;
        ensure!(muted == 1, "{muted} microphones were muted");
        Ok(())
    }

    /// Keeps what the page makes addresses of from now on, until it is left.
    ///
    /// # Errors
    /// When the page does not let her.
    pub async fn keeps_what_is_shown(&self) -> anyhow::Result<()> {
        self.runs(
            "const is_kept = window.shown; window.shown = [];
             if (is_kept) return;
             const make = URL.createObjectURL;
             URL.createObjectURL = blob => { window.shown.push(blob); return make.call(URL, blob); };",
        )
        .await
        .map(drop)
    }

    /// The bytes of all that the page showed or played since, in this order.
    ///
    /// # Errors
    /// When the page does not tell.
    pub async fn bytes_that_were_shown(&self) -> anyhow::Result<Vec<Vec<u8>>> {
        self.bytes_of_blobs("window.shown").await
    }

    async fn bytes_of_blobs(&self, blobs: &str) -> anyhow::Result<Vec<Vec<u8>>> {
        let read = format!(
            "const done = arguments[arguments.length - 1];
            Promise.all(({blobs}).map(blob => blob.arrayBuffer()))
              .then(all => done(all.map(bytes => Array.from(new Uint8Array(bytes)))), error => done(String(error)));"
        );
        let bytes = self.runs_and_waits(&read).await?;
        serde_json::from_value(bytes).context("no bytes")
    }

    /// Presses the button of the item that holds `part` whose name begins so.
    ///
    /// # Errors
    /// When there is none.
    pub async fn presses_a_button_of(&self, list: &str, part: &str, button: &str) -> anyhow::Result<()> {
        let what = format!("presses “{button}…” of “{part}” in “{list}”");
        self.waits(&what, async || {
            let Some(item) = self.item(list, part).await? else {
                return Ok(None);
            };
            for found in self.all_within(Some(&item), Role::Button, None).await? {
                if words(&shown(&found).await?).starts_with(button) {
                    return Ok(Some(self.press(&found).await?));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Unfolds what stands below a line.
    ///
    /// # Errors
    /// When there is no such line.
    pub async fn unfolds(&self, line: &str) -> anyhow::Result<()> {
        self.waits(&format!("unfolds “{line}”"), async || {
            for summary in self.driver().await?.find_all(By::Tag("summary")).await? {
                if summary.is_displayed().await? && words(&shown(&summary).await?) == line {
                    return Ok(Some(self.press(&summary).await?));
                }
            }
            Ok(None)
        })
        .await
    }

    /// How long a sound is that the page has a player for, in seconds, once it knows.
    ///
    /// # Errors
    /// When it never does.
    pub async fn hears_length_of(&self, name: &str) -> anyhow::Result<f64> {
        let ask = format!(
            "const sound = document.querySelector('audio[aria-label={}]');
             if (!sound) return null;
             if (Number.isFinite(sound.duration)) return sound.duration;
             // Firefox knows it only at the end: she listens faster.
             sound.playbackRate = 8;
             return null;",
            serde_json::to_string(name)?
        );
        self.waits(&format!("hears “{name}”"), async || {
            Ok(self.runs(&ask).await?.as_f64())
        })
        .await
    }

    /// What is called so in the item that holds `part`, if it is there.
    async fn in_item(
        &self,
        list: &str,
        part: &str,
        role: Role,
        name: &str,
    ) -> anyhow::Result<Option<WebElement>> {
        let Some(item) = self.item(list, part).await? else {
            return Ok(None);
        };
        let found = self.all_within(Some(&item), role, Some(name)).await?;
        Ok(found.into_iter().next())
    }

    async fn item(&self, list: &str, part: &str) -> anyhow::Result<Option<WebElement>> {
        for item in self.item_elements(list).await? {
            if words(&shown(&item).await?).contains(part) {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }
}

/// A number that the page knows of an element.
async fn number(element: &WebElement, name: &str) -> anyhow::Result<u64> {
    let value = element.prop(name).await?.unwrap_or_default();
    Ok(value.parse().unwrap_or_default())
}
