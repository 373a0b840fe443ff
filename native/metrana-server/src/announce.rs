//! What the program says when it listens.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use metrana_server::{RunningServer, key_with_url};

pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Tells whoever started the program where it listens: programs in a line of JSON, people at a terminal in words.
pub fn listening(server: &RunningServer, directory: Option<&Path>, key: Option<&str>) -> io::Result<()> {
    let line = serde_json::json!({"grpc": server.grpc_url(), "http": server.http_url(), "version": VERSION});
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    if out.is_terminal() {
        out.write_all(words(server, directory, key).as_bytes())?;
    }
    out.flush()
}

fn words(server: &RunningServer, directory: Option<&Path>, key: Option<&str>) -> String {
    let kept = directory.map_or_else(
        || "in memory: they are gone when it ends".to_owned(),
        |directory| format!("in {}", directory.display()),
    );
    // Without a key any will do, but clients insist on one.
    let key = key.unwrap_or("local-server");
    let (grpc, http) = (reachable(&server.grpc_url()), reachable(&server.http_url()));
    let mut text = String::new();
    let _ = write!(
        text,
        "
metrana-server {VERSION} at {http} keeps runs {kept}.

A Python client finds it by one variable:
  export METRANA_API_KEY={}

or, also an older one, by these:
  export METRANA_API_KEY={key}
  export METRANA_INGESTION_URL={grpc}
  export METRANA_QUERY_API_URL={http}
  export METRANA_ARTIFACT_API_URL={http}/api/artifact

Ctrl+C stops it.
",
        key_with_url(&grpc, key)
    );
    text
}

/// An address that stands for every one of this machine is none to go to.
fn reachable(url: &str) -> String {
    url.replace("//0.0.0.0:", "//localhost:").replace("//[::]:", "//localhost:")
}
