//! Fields: writing in them, reading what stands there.

use super::{Person, Role};
use anyhow::ensure;
use thirtyfour::prelude::*;

impl Person<'_> {
    /// Replaces what stands in a field by typing.
    ///
    /// # Errors
    /// When there is no such field or it does not take the text.
    pub async fn fills(&self, field: &str, text: &str) -> anyhow::Result<()> {
        self.with(
            &format!("fills “{field}”"),
            Role::Textbox,
            field,
            async |element| {
                self.press(element).await?;
                element.send_keys(Key::Control + "a").await?;
                element.send_keys(Key::Delete + "").await?;
                Ok(element.send_keys(text).await?)
            },
        )
        .await
    }

    /// Replaces what stands in a field by what was copied elsewhere: anything that a keyboard has not.
    ///
    /// # Errors
    /// When there is no such field or it does not take the text.
    pub async fn pastes(&self, field: &str, text: &str) -> anyhow::Result<()> {
        self.with(
            &format!("pastes in “{field}”"),
            Role::Textbox,
            field,
            async |element| {
                self.press(element).await?;
                element.send_keys(Key::Control + "a").await?;
                let text = serde_json::to_string(text)?;
                let insert = format!("return document.execCommand('insertText', false, {text})");
                ensure!(self.runs(&insert).await? == true, "it is not taken");
                Ok(())
            },
        )
        .await
    }

    /// Types at the end of a field.
    ///
    /// # Errors
    /// When there is no such field or it does not take the text.
    pub async fn types(&self, field: &str, text: &str) -> anyhow::Result<()> {
        self.with(
            &format!("types in “{field}”"),
            Role::Textbox,
            field,
            async |element| Ok(element.send_keys(text).await?),
        )
        .await
    }

    /// What stands in a field now.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn content_of(&self, field: &str) -> anyhow::Result<String> {
        let element = self
            .find(&format!("looks at “{field}”"), Role::Textbox, Some(field))
            .await?;
        Ok(element.prop("value").await?.unwrap_or_default())
    }

    /// Waits until something stands in a field that holds `part`.
    ///
    /// # Errors
    /// When it never does.
    pub async fn finds_part_in(&self, field: &str, part: &str) -> anyhow::Result<String> {
        self.waits(
            &format!("finds a part “{part}” in “{field}”"),
            async || {
                let Some(element) = self.all(Role::Textbox, Some(field)).await?.into_iter().next() else {
                    return Ok(None);
                };
                let content = element.prop("value").await?.unwrap_or_default();
                Ok((!content.is_empty() && content.contains(part)).then_some(content))
            },
        )
        .await
    }

    /// Waits until a field holds `text`.
    ///
    /// # Errors
    /// When it never does.
    pub async fn finds_in(&self, field: &str, text: &str) -> anyhow::Result<()> {
        let what = format!("finds “{text}” in “{field}”");
        self.waits(&what, async || {
            let Some(element) = self.all(Role::Textbox, Some(field)).await?.into_iter().next() else {
                return Ok(None);
            };
            Ok((element.prop("value").await?.as_deref() == Some(text)).then_some(()))
        })
        .await
    }
}
