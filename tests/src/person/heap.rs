//! How much memory the core's program has, as Chromium's own tools tell from outside: the app ships nothing for it.

use super::Person;
use crate::wait::PATIENCE;
use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::fs;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Bytes of every memory of WebAssembly among these objects.
const SUM: &str = "function () {
    return Array.from(this).reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
}";

impl Person<'_> {
    /// Bytes of the WebAssembly memory of the core worker of the page in front. Chromium alone.
    ///
    /// # Errors
    /// When the browser does not tell.
    pub async fn core_memory(&self) -> anyhow::Result<u64> {
        let looks = async {
            let mut tools = self.devtools().await?;
            let worker = tools.attach_to_worker("core").await?;
            let prototype = json!({ "expression": "WebAssembly.Memory.prototype" });
            let prototype = tools.ask(&worker, "Runtime.evaluate", prototype).await?;
            let prototype = object_id(&prototype, "result")?;
            let memories = json!({ "prototypeObjectId": prototype });
            let memories = tools.ask(&worker, "Runtime.queryObjects", memories).await?;
            let memories = object_id(&memories, "objects")?;
            let sum = json!({ "objectId": memories, "functionDeclaration": SUM, "returnByValue": true });
            let sum = tools.ask(&worker, "Runtime.callFunctionOn", sum).await?;
            let bytes = sum.pointer("/result/value").and_then(Value::as_u64);
            bytes
                .filter(|bytes| *bytes > 0)
                .with_context(|| format!("the core has no memory: {sum}"))
        };
        tokio::time::timeout(PATIENCE, looks)
            .await
            .context("the browser does not tell of the core's memory")?
    }

    /// The tools of the browser, where it wrote that they are.
    async fn devtools(&self) -> anyhow::Result<Tools> {
        let file = self.profile().join("DevToolsActivePort");
        let said = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let (port, path) = said.trim().split_once('\n').context("a port and a path")?;
        let (socket, _) = connect_async(format!("ws://127.0.0.1:{port}{path}")).await?;
        Ok(Tools { socket, n_asked: 0 })
    }
}

/// A connection to the tools of a browser.
struct Tools {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    n_asked: u64,
}

impl Tools {
    /// The session of the worker of this name in the only page of the app.
    async fn attach_to_worker(&mut self, name: &str) -> anyhow::Result<String> {
        let targets = self.ask("", "Target.getTargets", json!({})).await?;
        let targets = targets.get("targetInfos").and_then(Value::as_array);
        let page = targets.into_iter().flatten().find(|target| {
            let is = |key: &str, wanted: &str| target.get(key).and_then(Value::as_str) == Some(wanted);
            is("type", "page")
                && target
                    .get("url")
                    .is_some_and(|url| url.to_string().contains("/app/"))
        });
        let page = page
            .and_then(|page| page.get("targetId"))
            .context("no page of the app")?;
        let attach = json!({ "targetId": page, "flatten": true });
        let attached = self.ask("", "Target.attachToTarget", attach).await?;
        let session = text(&attached, "sessionId")?;
        let workers = json!({ "autoAttach": true, "waitForDebuggerOnStart": false, "flatten": true });
        self.send(&session, "Target.setAutoAttach", workers).await?;
        loop {
            let heard = self.hear().await?;
            let is_attached = heard.get("method").and_then(Value::as_str) == Some("Target.attachedToTarget");
            let Some(params) = heard.get("params").filter(|_| is_attached) else {
                continue;
            };
            let info = params.get("targetInfo").cloned().unwrap_or_default();
            if text(&info, "type")? == "worker" && text(&info, "title")?.contains(name) {
                return text(params, "sessionId");
            }
        }
    }

    /// Asks in a session; an empty one is the browser's own.
    async fn ask(&mut self, session: &str, method: &str, params: Value) -> anyhow::Result<Value> {
        let id = self.send(session, method, params).await?;
        loop {
            let heard = self.hear().await?;
            if heard.get("id").and_then(Value::as_u64) == Some(id) {
                match heard.get("result") {
                    Some(result) => return Ok(result.clone()),
                    None => bail!("{method}: {heard}"),
                }
            }
        }
    }

    async fn send(&mut self, session: &str, method: &str, params: Value) -> anyhow::Result<u64> {
        self.n_asked += 1;
        let mut message = json!({ "id": self.n_asked, "method": method, "params": params });
        if !session.is_empty()
            && let Some(message) = message.as_object_mut()
        {
            message.insert("sessionId".to_owned(), session.into());
        }
        self.socket.send(Message::text(message.to_string())).await?;
        Ok(self.n_asked)
    }

    async fn hear(&mut self) -> anyhow::Result<Value> {
        loop {
            if let Message::Text(text) = self.socket.next().await.context("the browser hung up")?? {
                return Ok(serde_json::from_str(&text)?);
            }
        }
    }
}

fn text(value: &Value, key: &str) -> anyhow::Result<String> {
    let text = value.get(key).and_then(Value::as_str);
    Ok(text.with_context(|| format!("no {key} in {value}"))?.to_owned())
}

fn object_id(value: &Value, key: &str) -> anyhow::Result<String> {
    text(value.get(key).unwrap_or(&Value::Null), "objectId")
}
