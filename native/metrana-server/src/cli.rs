//! The program's options.

use std::net::SocketAddr;

use clap::Parser;
use clap::builder::ValueParser;

/// A local Metrana server: takes the ingestion protocol from any client, and answers what it holds over HTTP.
///
/// When it listens it writes one line of JSON on standard output, with the addresses of both:
/// {"grpc":"http://127.0.0.1:41234","http":"http://127.0.0.1:41235"}. Logs go to standard error.
///
/// SIGTERM and SIGINT stop it in good order. So does the end of its standard input where that is a pipe, which is how
/// it notices that the program that started it is gone. A terminal, a file or /dev/null as standard input is not looked
/// at.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[derive(Debug, Parser)]
#[command(name = "metrana-server", version, verbatim_doc_comment)]
pub struct Cli {
    /// Keep everything in memory: what was logged is gone when the server ends
    #[arg(long, required = true)]
    pub in_memory: bool,

    /// Where to take the ingestion protocol; port 0 is any free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0", value_parser = ValueParser::new(loopback))]
    pub grpc: SocketAddr,

    /// Where to answer HTTP; port 0 is any free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0", value_parser = ValueParser::new(loopback))]
    pub http: SocketAddr,

    /// Let anybody who can reach the HTTP address make this server misbehave: for tests
    #[arg(long)]
    pub allow_faults: bool,

    /// Live on when standard input ends
    #[arg(long)]
    pub linger: bool,

    /// Leave Ctrl+C to the program that started this one: a terminal sends SIGINT to both, and that program may still
    /// have points to deliver
    #[arg(long)]
    pub ignore_interrupt: bool,
}

/// Reads an address that only this machine can reach: the server asks nobody for a key.
fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address =
        text.strip_prefix("localhost:").map_or_else(|| text.to_owned(), |port| format!("127.0.0.1:{port}"));
    let address: SocketAddr = address.parse().map_err(|_| "write it like 127.0.0.1:4317".to_owned())?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err(format!("{} can be reached from other machines, and this server lets everybody in", address.ip()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Cli, loopback};
    use clap::CommandFactory;

    #[test]
    fn the_options_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn only_this_machine_is_listened_to() {
        for good in ["127.0.0.1:0", "127.3.2.1:80", "[::1]:65535", "localhost:9"] {
            assert!(loopback(good).is_ok(), "{good}");
        }
        for bad in
            ["0.0.0.0:0", "[::]:1", "192.168.1.2:80", "example.org:80", "127.0.0.1", "127.0.0.1:65536", ""]
        {
            assert!(loopback(bad).is_err(), "{bad}");
        }
    }
}
