//! The program `metrana-server`.

#![forbid(unsafe_code)]

mod announce;
mod cli;
mod descriptors;
mod detach;
mod health;
mod home;
mod stop;

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::CommandFactory;
use clap::error::ErrorKind as Mistake;
use metrana_server::store::{Durability, MemoryStore, SqliteOptions, SqliteStore, Store, StoreError};
use metrana_server::{Access, Limits, Options, Secret, Server, Tls};

use cli::{Cli, Command, DataDirectory, Listening};
use home::{Home, Living};

/// Descriptors that are left for everything that is not a connection.
const OTHER_DESCRIPTORS: u64 = 64;

fn main() -> ExitCode {
    let cli = Cli::read();
    // What the environment says of a server is no mistake of a command that starts none.
    if cli.command.is_none()
        && let Err(mistake) = cli.check()
    {
        Cli::command().error(Mistake::ArgumentConflict, mistake).exit();
    }
    let result = match &cli.command {
        Some(command) => administer(command),
        None => run(&cli),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "metrana-server: {error}");
            ExitCode::from(match error.kind() {
                ErrorKind::AddrInUse | ErrorKind::AddrNotAvailable | ErrorKind::InvalidInput => 2,
                ErrorKind::ResourceBusy => 3,
                _ => 1,
            })
        }
    }
}

fn run(cli: &Cli) -> io::Result<()> {
    let mut home = home(cli)?;
    let store = store(cli, home.as_ref())?;
    let (access, key) = access(cli, home.as_ref())?;
    let tls = match (&cli.tls_cert, &cli.tls_key) {
        (Some(certificates), Some(key)) => Some(Tls::from_files(certificates, key)?),
        _ => None,
    };
    if cli.detach
        && let Some(home) = &home
    {
        detach::from_terminal(home.directory())?;
    }
    let (listen, also) = cli.addresses();
    let options = Options {
        listen,
        also,
        access,
        tls,
        limits: limits(),
        allow_faults: cli.allow_faults,
        log: true,
        ..Options::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let server = Server::start(options, store).await?;
        // Listening before it is announced: who reads the line may ask for a stop at once.
        let stop = stop::Requests::listen(cli.linger || cli.detach, cli.ignore_interrupt)?;
        if let Some(home) = &mut home {
            home.announce(&Living {
                pid: std::process::id(),
                version: announce::VERSION,
                grpc: &server.grpc_url(),
                http: &server.http_url(),
                key: key.as_ref().map(Secret::reveal),
            })?;
        }
        let directory = home.as_ref().filter(|_| !cli.only_memory()).map(Home::directory);
        announce::listening(&server, directory, key.as_ref().map(Secret::reveal))?;
        if cli.detach {
            detach::from_output()?;
        }
        let why = tokio::select! {
            why = stop.next() => why?,
            () = server.asked_to_stop() => "somebody asked for it over HTTP",
            () = async {
                match cli.idle_exit {
                    Some(time) => server.unneeded_for(time).await,
                    None => std::future::pending().await,
                }
            } => "nobody has needed it for as long as --idle-exit says",
        };
        let _ = writeln!(io::stderr(), "metrana-server: stopping: {why}");
        server.shutdown().await
    })
}

/// The directory that the server lives in, if it lives in one.
fn home(cli: &Cli) -> io::Result<Option<Home>> {
    if cli.in_memory {
        return Ok(None);
    }
    Home::enter(&data_directory(cli.data.as_deref())?).map(Some)
}

fn store(cli: &Cli, home: Option<&Home>) -> io::Result<Arc<dyn Store>> {
    let durability = match cli.durability {
        cli::Durability::Full => Durability::Full,
        cli::Durability::Commit => Durability::Commit,
        cli::Durability::Ram => return Ok(Arc::new(MemoryStore::default())),
    };
    let Some(home) = home else { return Ok(Arc::new(MemoryStore::default())) };
    let options = SqliteOptions { durability, log: true, ..SqliteOptions::default() };
    Ok(Arc::new(SqliteStore::open(home.directory(), options).map_err(failed)?))
}

/// Does something else than serving.
fn administer(command: &Command) -> io::Result<()> {
    let directory = |of: &DataDirectory| data_directory(of.path.as_deref());
    match command {
        Command::Backup { of, to } => SqliteStore::backup_directory(&directory(of)?, to).map_err(failed),
        Command::Compact { of } => SqliteStore::compact_directory(&directory(of)?).map_err(failed),
        Command::Check { of } => report(&SqliteStore::check_directory(&directory(of)?).map_err(failed)?),
        Command::Health(Listening { listen, http, tls_cert }) => {
            let answer = health::ask(http.unwrap_or(*listen), tls_cert.is_some())?;
            writeln!(io::stdout(), "{answer}")
        }
    }
}

/// Tells what is damaged, a line each.
fn report(findings: &[String]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if findings.is_empty() {
        return writeln!(out, "nothing is damaged");
    }
    for finding in findings {
        writeln!(out, "{finding}")?;
    }
    Err(io::Error::other(format!("{} things are damaged", findings.len())))
}

fn failed(error: StoreError) -> io::Error {
    let kind = if matches!(error, StoreError::Busy(_)) { ErrorKind::ResourceBusy } else { ErrorKind::Other };
    io::Error::new(kind, error)
}

fn data_directory(named: Option<&Path>) -> io::Result<PathBuf> {
    named.map(Path::to_owned).or_else(home::usual).ok_or_else(|| {
        io::Error::new(ErrorKind::InvalidInput, "this user has no folder for data: name one with --data")
    })
}

/// Who is let in, and the key that this user comes in with.
fn access(cli: &Cli, home: Option<&Home>) -> io::Result<(Access, Option<Secret>)> {
    match (&cli.api_key_file, home) {
        (Some(file), _) => {
            let keys = keys_of(file)?;
            let own = keys.first().cloned();
            Ok((Access::Keys(keys), own))
        }
        (None, Some(home)) if !cli.open => {
            let key = home.key()?;
            Ok((Access::User(key.clone()), Some(key)))
        }
        _ => Ok((Access::Open, None)),
    }
}

fn keys_of(file: &Path) -> io::Result<Vec<Secret>> {
    let wrong = |text: &str| io::Error::new(ErrorKind::InvalidInput, format!("{}: {text}", file.display()));
    let text = fs::read_to_string(file).map_err(|error| wrong(&error.to_string()))?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let keys: Vec<_> =
        lines.map(|line| Secret::new(line.to_owned()).map_err(wrong)).collect::<Result<_, _>>()?;
    if keys.is_empty() { Err(wrong("there is no key in it")) } else { Ok(keys) }
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    if let Some(descriptors) = descriptors::raise_limit() {
        let room = descriptors.saturating_sub(OTHER_DESCRIPTORS).max(8);
        limits.connections = limits.connections.min(usize::try_from(room).unwrap_or(usize::MAX));
    }
    limits
}
