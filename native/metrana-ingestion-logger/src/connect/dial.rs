//! From a host and a port to a socket.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::time::Duration;

use tokio::net::TcpStream;

use crate::connect::broken::Broken;
use crate::connect::helpers;
use crate::connect::race;
use crate::connect::socket::Socket;

/// The longest pause between probes that Linux takes. Whoever wants less of them than that wants none.
const LONGEST_KEEPALIVE: Duration = Duration::from_secs(32_767);

/// Looks the host up, and connects to the first of its addresses that answers. `keepalive`: how long a silent connection
/// stays without a probe; zero sends none.
pub(crate) async fn dial(host: &str, port: u16, keepalive: Duration) -> Result<Socket, Broken> {
    let addresses = look_up(host, port).await?;
    let tcp = race::first_of(addresses, TcpStream::connect).await.map_err(|failures| unreached(&failures))?;
    let set = || -> io::Result<()> {
        tcp.set_nodelay(true)?;
        if keepalive.is_zero() {
            return Ok(());
        }
        let probes = socket2::TcpKeepalive::new().with_time(keepalive.min(LONGEST_KEEPALIVE));
        socket2::SockRef::from(&tcp).set_tcp_keepalive(&probes)
    };
    set().map_err(|error| Broken::Transport(format!("the socket could not be set up: {error}")))?;
    Ok(tcp.into())
}

async fn look_up(host: &str, port: u16) -> Result<Vec<SocketAddr>, Broken> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![(address, port).into()]);
    }
    let name = host.to_owned();
    let found = helpers::run(move || (name.as_str(), port).to_socket_addrs().map(Vec::from_iter)).await;
    match found {
        Ok(Ok(addresses)) if !addresses.is_empty() => Ok(addresses),
        Ok(Ok(_)) => {
            Err(Broken::Transport(format!("the host '{host}' has no address; is the endpoint right?")))
        }
        Ok(Err(error)) => Err(Broken::Transport(format!(
            "the host '{host}' is not found ({error}); is the endpoint right?"
        ))),
        Err(error) => {
            let text = format!(
                "the host '{host}' could not be looked up, because no thread can be started: {error}"
            );
            Err(Broken::Transport(text))
        }
    }
}

fn unreached(failures: &race::Failures) -> Broken {
    let refused = |(_, error): &(SocketAddr, io::Error)| error.kind() == io::ErrorKind::ConnectionRefused;
    let each: Vec<_> = failures.iter().map(|(address, error)| format!("{address}: {error}")).collect();
    let mut text = each.join("; ");
    if !failures.is_empty() && failures.iter().all(refused) {
        text.push_str("; nothing listens there: is the service running, and is the port right?");
    }
    Broken::Transport(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_is_not_there_is_told_with_what_to_look_at() {
        let vacant = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound");
        let told =
            dial("127.0.0.1", vacant.port(), Duration::ZERO).await.err().expect("nobody there").to_string();
        assert!(told.contains(&vacant.to_string()) && told.contains("nothing listens there"), "{told}");
        let told =
            dial("no-such-host.invalid", 1, Duration::ZERO).await.err().expect("no such host").to_string();
        assert!(told.contains("'no-such-host.invalid' is not found"), "{told}");
    }

    /// Where the system takes none of them, no connection comes about.
    #[tokio::test]
    async fn every_keepalive_that_a_config_can_hold_is_taken() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("bound").port();
        for seconds in [0, 1, 60, 32_767, 32_768, 1_000_000_000] {
            dial("localhost", port, Duration::from_secs(seconds)).await.expect("connected");
        }
    }
}
