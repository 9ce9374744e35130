//! The public site as a reader without a browser gets it: a feed reader, a search engine, somebody who looks at the
//! raw page.

use crate::relay::Relay;
use crate::wait::wait_for;
use anyhow::{Context, ensure};
use reqwest::Client;
use std::collections::BTreeMap;

/// What the relay answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status of HTTP.
    pub status: u16,
    /// Headers by their name in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body, as text.
    pub body: String,
    /// The body as it was sent.
    pub bytes: Vec<u8>,
}

impl Relay {
    /// Asks for a public address, such as `/feed.atom`.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        self.get_with(path, &[]).await
    }

    /// The same, with headers of its own.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> anyhow::Result<Answer> {
        let client = Client::builder().no_proxy().build().context("an HTTP client")?;
        let mut request = client.get(format!("{}{path}", self.url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.with_context(|| format!("ask for {path}"))?;
        let status = answer.status().as_u16();
        let headers = answer.headers().iter();
        let headers = headers.map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        });
        let headers = headers.collect();
        let bytes = answer.bytes().await.with_context(|| format!("read {path}"))?;
        Ok(Answer {
            status,
            headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.to_vec(),
        })
    }

    /// Waits until a page is there and holds `text`.
    ///
    /// # Errors
    /// When it never is.
    pub async fn serves(&self, path: &str, text: &str) -> anyhow::Result<Answer> {
        let what = format!("{path} holds “{text}”");
        let (answer, _) = wait_for(&what, async || {
            let answer = self.get(path).await?;
            ensure!(answer.status == 200, "the answer is {}", answer.status);
            ensure!(answer.body.contains(text), "it is {}", answer.body);
            Ok(Some(answer))
        })
        .await?;
        Ok(answer)
    }

    /// Waits until a page is there and holds no `text`.
    ///
    /// # Errors
    /// When it never is.
    pub async fn no_longer_serves(&self, path: &str, text: &str) -> anyhow::Result<()> {
        let what = format!("{path} holds no “{text}”");
        wait_for(&what, async || {
            let answer = self.get(path).await?;
            ensure!(answer.status == 200, "the answer is {}", answer.status);
            ensure!(!answer.body.contains(text), "it is {}", answer.body);
            Ok(Some(()))
        })
        .await?;
        Ok(())
    }
}
