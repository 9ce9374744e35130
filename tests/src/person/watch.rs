//! What must never be shown, not even for a moment.

use super::Person;
use anyhow::ensure;

impl Person<'_> {
    /// From now on remembers whether a story's page shows `words`, until another page is loaded.
    ///
    /// # Errors
    /// When the page cannot be watched.
    pub async fn watches_for(&self, words: &str) -> anyhow::Result<()> {
        let words = serde_json::to_string(words)?;
        let script = format!(
            "window.shown = false;
            const look = () => {{
              const story = /^.app.verhalen.[^/]/.test(location.pathname);
              if (story && document.body.innerText.includes({words})) window.shown = true;
            }};
            new MutationObserver(look).observe(document, {{ subtree: true, childList: true, characterData: true, attributes: true }});
            look();"
        );
        self.runs(&script).await.map(drop)
    }

    /// What she watched for was not shown.
    ///
    /// # Errors
    /// When it was, or when the page was loaded anew meanwhile.
    pub async fn was_never_shown_it(&self) -> anyhow::Result<()> {
        let shown = self.runs("return window.shown ?? null").await?;
        ensure!(shown == false, "{} watched and saw: {shown}", self.name);
        Ok(())
    }
}
