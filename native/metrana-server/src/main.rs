//! The program `metrana-server`.

#![forbid(unsafe_code)]

mod cli;
mod stop;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use metrana_server::{Options, RunningServer, Server};

use cli::Cli;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "metrana-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> io::Result<()> {
    let options = Options {
        grpc: cli.grpc,
        http: cli.http,
        allow_faults: cli.allow_faults,
        log: true,
        ..Options::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let server = Server::start_in_memory(options).await?;
        // Listening before it is announced: who reads the line may ask for a stop at once.
        let stop = stop::Requests::listen(cli.linger, cli.ignore_interrupt)?;
        announce(&server)?;
        let why = stop.next().await?;
        let _ = writeln!(io::stderr(), "metrana-server: stopping: {why}");
        server.shutdown().await
    })
}

/// Tells whoever started the program where it listens, in the one line that standard output ever gets.
fn announce(server: &RunningServer) -> io::Result<()> {
    let line = serde_json::json!({
        "grpc": format!("http://{}", server.grpc_addr()),
        "http": format!("http://{}", server.http_addr()),
    });
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
