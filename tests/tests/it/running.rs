//! The real server, in the process of the test: all of it but the command line.

use server::Config;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tests::cutter::Cutter;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server on a folder of its own.
pub(crate) struct Running {
    pub(crate) url: String,
    folder: PathBuf,
    said: Arc<Mutex<Vec<String>>>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<anyhow::Result<()>>,
}

impl Running {
    /// Starts it on an empty folder.
    pub(crate) async fn start() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!(
            "aanzet-thread-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let folder = std::env::temp_dir().join(name);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::start_on(listener, folder, None).await
    }

    /// Starts it on an empty folder, with a line to it that can be cut: people know it by the line's address.
    pub(crate) async fn start_behind_a_line() -> (Self, Cutter) {
        let relay = Self::start().await;
        let address = relay.url.strip_prefix("http://").unwrap().to_owned();
        let line = Cutter::start(address.parse().unwrap()).await.unwrap();
        drop(relay.stop);
        relay.task.await.unwrap().unwrap();
        let listener = TcpListener::bind(address).await.unwrap();
        let mut relay = Self::start_on(listener, relay.folder, Some(line.url())).await;
        relay.url = line.url();
        (relay, line)
    }

    /// Stops it and starts it on what it kept, at the same address.
    pub(crate) async fn start_again(self) -> Self {
        let address = self.url.strip_prefix("http://").unwrap().to_owned();
        drop(self.stop);
        self.task.await.unwrap().unwrap();
        let listener = TcpListener::bind(address).await.unwrap();
        Self::start_on(listener, self.folder, None).await
    }

    async fn start_on(listener: TcpListener, folder: PathBuf, public_url: Option<String>) -> Self {
        let address = listener.local_addr().unwrap();
        let config = Config {
            data: folder.clone(),
            listen: address,
            public_url,
            trusted_proxy: None,
            quota_bytes: None,
            metrics_listen: None,
            app_dir: None,
            is_verbose: false,
            stops_app: false,
        };
        let said = Arc::<Mutex<Vec<String>>>::default();
        let (stop, stopped) = oneshot::channel::<()>();
        let (listens, listening) = oneshot::channel::<()>();
        let (heard, listens) = (said.clone(), Mutex::new(Some(listens)));
        let say = move |line: &str| {
            heard.lock().unwrap().push(line.to_owned());
            if line.starts_with("Aanzet luistert op ") {
                drop(listens.lock().unwrap().take());
            }
        };
        let shutdown = async { drop(stopped.await) };
        let task = tokio::spawn(server::run(config, listener, shutdown, say));
        // The sender is dropped when it listens, or when it gave up.
        drop(listening.await);
        assert!(!task.is_finished(), "{:?}", task.await);
        Self {
            url: format!("http://{address}"),
            folder,
            said,
            stop,
            task,
        }
    }

    /// The founding code that it printed.
    pub(crate) fn code(&self) -> String {
        let said = self.said.lock().unwrap();
        let code = said.iter().find_map(|line| line.strip_prefix("Stichtcode: "));
        code.unwrap().to_owned()
    }

    /// What a visitor without the app gets: the status and the page.
    pub(crate) async fn page(&self, path: &str) -> (u16, String) {
        let answer = reqwest::get(format!("{}{path}", self.url)).await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The bytes at a public address.
    pub(crate) async fn bytes_of(&self, path: &str) -> Vec<u8> {
        let answer = reqwest::get(format!("{}{path}", self.url)).await.unwrap();
        let answer = answer.error_for_status().unwrap();
        answer.bytes().await.unwrap().to_vec()
    }

    /// Stops it and removes what it kept.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        self.task.await.unwrap().unwrap();
        std::fs::remove_dir_all(self.folder).unwrap();
    }
}
