//! What she can do in a browser that runs no script: neither ours nor the harness's.

use super::{Person, shown, words};
use thirtyfour::prelude::*;

impl Person<'_> {
    /// Waits until an element of this kind reads so.
    ///
    /// # Errors
    /// When none ever does.
    pub async fn sees_plainly(&self, tag: &str, text: &str) -> anyhow::Result<()> {
        self.waits(&format!("sees {tag} “{text}” without script"), async || {
            for element in self.driver().await?.find_all(By::Tag(tag)).await? {
                if element.is_displayed().await? && words(&shown(&element).await?) == text {
                    return Ok(Some(()));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Follows a link.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn goes_plainly(&self, link: &str) -> anyhow::Result<()> {
        self.waits(&format!("follows “{link}” without script"), async || {
            let link = self.driver().await?.find(By::LinkText(link)).await?;
            Ok(Some(link.click().await?))
        })
        .await
    }

    /// Types in a field and sends its form by Enter.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn searches_plainly(&self, field: &str, text: &str) -> anyhow::Result<()> {
        self.waits(&format!("searches “{text}” without script"), async || {
            let field = self.driver().await?.find(By::Id(field)).await?;
            Ok(Some(field.send_keys(text.to_owned() + Key::Enter).await?))
        })
        .await
    }

    /// Whether the element of this id is hidden.
    ///
    /// # Errors
    /// When there is none.
    pub async fn shows_nothing_of(&self, id: &str) -> anyhow::Result<bool> {
        let element = self.driver().await?.find(By::Id(id)).await?;
        Ok(!element.is_displayed().await?)
    }
}
