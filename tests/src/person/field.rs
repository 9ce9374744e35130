//! Fields: writing in them, reading what stands there.

use super::{Person, Role};
use crate::browser::Engine;
use anyhow::ensure;
use thirtyfour::prelude::*;

/// Inserts text at the end of a field as keys would.
const INSERT: &str = "const [field, text] = arguments;
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
    return document.activeElement === field && document.execCommand('insertText', false, text);";

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

    /// Types in a field whose page may thaw just now and put it out of sight; nothing where it is so already.
    ///
    /// In WebKit keys came late then, some of them after what was typed next. Its driver is suspected, and it was not
    /// proved: there the text is inserted at the end, so what real keys do in that moment is not tried there.
    ///
    /// # Errors
    /// When the field does not take it.
    pub(crate) async fn types_while_it_thaws(
        &self,
        field: &WebElement,
        text: &str,
    ) -> anyhow::Result<Option<()>> {
        if self.stage.engine != Engine::Webkit {
            return Ok(Some(field.send_keys(text).await?));
        }
        let arguments = vec![field.to_json()?, text.into()];
        let is_taken = self.driver().await?.execute(INSERT, arguments).await?;
        Ok((is_taken.json() == true).then_some(()))
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
