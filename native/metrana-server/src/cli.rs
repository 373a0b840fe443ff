//! The program's options.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{FalseyValueParser, ValueParser};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory, Error, FromArgMatches, Parser, Subcommand, ValueEnum};

/// A local Metrana server: takes the ingestion protocol from any client, keeps the runs, and answers what it holds over
/// HTTP, all on one port.
///
/// When it listens it writes one line of JSON on standard output, with its addresses:
/// {"grpc":"http://127.0.0.1:7070","http":"http://127.0.0.1:7070","version":"0.1.0"}. At a terminal it also tells how a
/// Python client reaches it. Logs go to standard error.
///
/// SIGTERM and SIGINT stop it in good order. So does the end of its standard input where that is a pipe, which is how
/// it notices that the program that started it is gone. A terminal, a file or /dev/null as standard input is not looked
/// at.
///
/// It ends with 0 when it was stopped, with 2 when an option is wrong or an address is taken, with 3 when another server
/// lives in the data directory, and with 1 when something else went wrong.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[derive(Debug, Parser)]
#[command(name = "metrana-server", version, verbatim_doc_comment, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,

    /// The directory that the runs are kept in; without it, a folder of the user's own data
    #[arg(long, value_name = "DIR", env = "METRANA_SERVER_DATA")]
    pub data: Option<PathBuf>,

    /// Keep everything in memory and ask for no key: what was logged is gone when the server ends
    #[arg(long, env = "METRANA_SERVER_IN_MEMORY", value_parser = FalseyValueParser::new())]
    pub in_memory: bool,

    /// How safe a point is when it is acknowledged
    #[arg(long, value_enum, default_value_t = Durability::Full, env = "METRANA_SERVER_DURABILITY")]
    pub durability: Durability,

    /// Where to listen; port 0 is any free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7070", value_parser = ValueParser::new(address),
          env = "METRANA_SERVER_LISTEN")]
    pub listen: SocketAddr,

    /// An address of its own for loggers
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = ValueParser::new(address), env = "METRANA_SERVER_GRPC")]
    pub grpc: Option<SocketAddr>,

    /// An address of its own for programs and browsers
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = ValueParser::new(address), env = "METRANA_SERVER_HTTP")]
    pub http: Option<SocketAddr>,

    /// A file with the keys that let somebody in, one a line
    #[arg(long, value_name = "FILE", env = "METRANA_SERVER_API_KEY_FILE", conflicts_with = "open")]
    pub api_key_file: Option<PathBuf>,

    /// Ask nobody for a key: everybody who can log in to this machine reads and writes
    #[arg(long, env = "METRANA_SERVER_OPEN", value_parser = FalseyValueParser::new())]
    pub open: bool,

    /// Speak TLS with the certificates in this PEM file, the server's own first
    #[arg(long, value_name = "FILE", env = "METRANA_SERVER_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,

    /// The key of the certificate, in PEM form
    #[arg(long, value_name = "FILE", env = "METRANA_SERVER_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,

    /// End when no client and no reader has needed the server for so many seconds
    #[arg(long, value_name = "SECONDS", value_parser = ValueParser::new(seconds), env = "METRANA_SERVER_IDLE_EXIT")]
    pub idle_exit: Option<Duration>,

    /// Let anybody who can use the HTTP API make this server misbehave: for tests
    #[arg(long, env = "METRANA_SERVER_ALLOW_FAULTS", value_parser = FalseyValueParser::new())]
    pub allow_faults: bool,

    /// Live on when standard input ends
    #[arg(long, env = "METRANA_SERVER_LINGER", value_parser = FalseyValueParser::new())]
    pub linger: bool,

    /// Leave Ctrl+C to the program that started this one: a terminal sends SIGINT to both, and that program may still
    /// have points to deliver
    #[arg(long, env = "METRANA_SERVER_IGNORE_INTERRUPT", value_parser = FalseyValueParser::new())]
    pub ignore_interrupt: bool,

    /// Let go of the terminal and of whoever started this program, and write the log to server.log in the data directory
    #[arg(long, env = "METRANA_SERVER_DETACH", value_parser = FalseyValueParser::new(), conflicts_with = "in_memory")]
    pub detach: bool,
}

/// What is done instead of serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Copy the runs to another directory, whether or not a server uses them
    Backup {
        #[command(flatten)]
        of: DataDirectory,
        /// The directory that gets the copy
        to: PathBuf,
    },
    /// Look through everything that is kept, and name what is damaged; no server may use it meanwhile
    Check {
        #[command(flatten)]
        of: DataDirectory,
    },
    /// Write everything anew, as small as it can be; no server may use it meanwhile
    Compact {
        #[command(flatten)]
        of: DataDirectory,
    },
    /// Ask the server that listens on this machine whether it is well: 0 when it is
    Health(Listening),
}

/// Where a server listens, by the same options and variables as its own.
#[derive(Args, Debug)]
pub struct Listening {
    /// Where it listens
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7070", value_parser = ValueParser::new(address),
          env = "METRANA_SERVER_LISTEN")]
    pub listen: SocketAddr,

    /// Its own address for programs and browsers
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = ValueParser::new(address), env = "METRANA_SERVER_HTTP")]
    pub http: Option<SocketAddr>,

    /// It speaks TLS: only whether it takes connections is asked
    #[arg(long, value_name = "FILE", env = "METRANA_SERVER_TLS_CERT")]
    pub tls_cert: Option<PathBuf>,
}

/// Which directory.
#[derive(Args, Debug)]
pub struct DataDirectory {
    /// The directory that the runs are kept in; without it, a folder of the user's own data
    #[arg(long = "data", value_name = "DIR", env = "METRANA_SERVER_DATA")]
    pub path: Option<PathBuf>,
}

/// How safe a point is when it is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Durability {
    /// It survives a loss of power
    Full,
    /// It survives the end of the server, but perhaps not a loss of power
    Commit,
    /// It is gone when the server ends: nothing is written to disk
    Ram,
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let address =
        text.strip_prefix("localhost:").map_or_else(|| text.to_owned(), |port| format!("127.0.0.1:{port}"));
    address.parse().map_err(|_| "write it like 127.0.0.1:7070".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: u64 = text.parse().map_err(|_| "write it in whole seconds, like 300".to_owned())?;
    Ok(Duration::from_secs(seconds))
}

impl Cli {
    /// Reads the command line and the environment, and ends the program when they make no sense.
    pub fn read() -> Self {
        Self::of(&Self::command().get_matches()).unwrap_or_else(|mistake| mistake.exit())
    }

    fn of(matches: &ArgMatches) -> Result<Self, Error> {
        let mut cli = Self::from_arg_matches(matches)?;
        let is_typed = |option| matches.value_source(option) == Some(ValueSource::CommandLine);
        if cli.in_memory && cli.data.is_some() {
            match (is_typed("in_memory"), is_typed("data")) {
                // What was typed wins over what the environment says.
                (true, false) => cli.data = None,
                (false, true) => cli.in_memory = false,
                _ => {
                    let mistake =
                        "nothing is kept with --in-memory, so that --data says nothing: give one of them";
                    return Err(Self::command().error(ErrorKind::ArgumentConflict, mistake));
                }
            }
        }
        Ok(cli)
    }

    /// Where to listen, and where else.
    pub fn addresses(&self) -> (SocketAddr, Option<SocketAddr>) {
        match (self.grpc, self.http) {
            (None, None) => (self.listen, None),
            (Some(one), None) | (None, Some(one)) => (one, None),
            (Some(grpc), Some(http)) => (grpc, (grpc != http || grpc.port() == 0).then_some(http)),
        }
    }

    /// What is wrong with the options together.
    pub fn check(&self) -> Result<(), String> {
        let (first, second) = self.addresses();
        let open_to_all =
            [Some(first), second].into_iter().flatten().find(|address| !address.ip().is_loopback());
        match open_to_all {
            Some(address) if self.api_key_file.is_none() => Err(format!(
                "{} can be reached from other machines: say with --api-key-file who is let in",
                address.ip()
            )),
            _ => Ok(()),
        }
    }

    /// Whether nothing is written to disk.
    pub fn only_memory(&self) -> bool {
        self.in_memory || self.durability == Durability::Ram
    }
}

#[cfg(test)]
mod tests {
    use super::{Cli, address};
    use clap::{CommandFactory, Parser};

    fn cli(options: &[&str]) -> Cli {
        Cli::try_parse_from([&["metrana-server"], options].concat()).unwrap()
    }

    #[test]
    fn a_directory_and_memory_are_not_asked_for_together() {
        let read = |options: &[&str]| {
            let matches = Cli::command().try_get_matches_from([&["metrana-server"], options].concat());
            Cli::of(&matches.unwrap())
        };
        let mistake = read(&["--in-memory", "--data", "d"]).unwrap_err().to_string();
        assert!(mistake.contains("--data"), "{mistake}");
        assert!(read(&["--in-memory"]).unwrap().data.is_none() && !read(&["--data", "d"]).unwrap().in_memory);
    }

    #[test]
    fn the_options_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn addresses_are_read() {
        for good in ["127.0.0.1:0", "127.3.2.1:80", "[::1]:65535", "localhost:9", "0.0.0.0:7070"] {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in ["example.org:80", "127.0.0.1", "127.0.0.1:65536", ""] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn other_machines_are_let_in_only_with_a_key() {
        for far in ["--listen=0.0.0.0:0", "--grpc=[::]:0", "--http=192.168.1.2:80"] {
            assert!(cli(&["--in-memory", far]).check().is_err(), "{far}");
            assert!(cli(&["--open", far]).check().is_err(), "{far}");
            assert!(cli(&[far]).check().is_err(), "{far}");
            assert!(cli(&["--api-key-file=keys", far]).check().is_ok(), "{far}");
        }
        assert!(cli(&["--in-memory"]).check().is_ok());
    }

    #[test]
    fn one_address_is_enough() {
        let any = "127.0.0.1:0".parse().unwrap();
        assert_eq!(cli(&[]).addresses(), ("127.0.0.1:7070".parse().unwrap(), None));
        assert_eq!(cli(&["--grpc=127.0.0.1:0"]).addresses(), (any, None));
        assert_eq!(cli(&["--http=127.0.0.1:0"]).addresses(), (any, None));
        assert_eq!(cli(&["--grpc=127.0.0.1:0", "--http=127.0.0.1:0"]).addresses(), (any, Some(any)));
        let same = "127.0.0.1:9".parse().unwrap();
        assert_eq!(cli(&["--grpc=127.0.0.1:9", "--http=127.0.0.1:9"]).addresses(), (same, None));
    }
}
