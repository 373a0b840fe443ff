//! The addresses of a host, tried side by side with a head start for the first: one that leads nowhere costs a moment and
//! not the whole deadline (RFC 8305).

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

/// How long an address has the field to itself before the next one joins.
const HEAD_START: Duration = Duration::from_millis(250);

/// What each address said that was tried in vain, the first to fail first.
pub(crate) type Failures = Vec<(SocketAddr, io::Error)>;

/// The first connection that comes about. The next address starts when those before it have failed, or after the head start.
pub(crate) async fn first_of<T, F>(
    addresses: Vec<SocketAddr>,
    connect: impl Fn(SocketAddr) -> F,
) -> Result<T, Failures>
where
    T: Send + 'static,
    F: Future<Output = io::Result<T>> + Send + 'static,
{
    let mut waiting = interleaved(addresses).into_iter();
    // The tries that are left over end with it.
    let mut tries = JoinSet::new();
    let mut failures = Vec::new();
    loop {
        if let Some(address) = waiting.next() {
            let connecting = connect(address);
            tries.spawn(async move { (address, connecting.await) });
        } else if tries.is_empty() {
            return Err(failures);
        }
        let more = waiting.len() > 0;
        tokio::select! {
            Some(ended) = tries.join_next() => match ended {
                Ok((_, Ok(connected))) => return Ok(connected),
                Ok((address, Err(error))) => failures.push((address, error)),
                // A try that panicked reached nobody.
                Err(_) => {}
            },
            () = sleep(HEAD_START), if more => {}
        }
    }
}

/// The families in turn, beginning with that of the first address; within a family in the resolver's order.
fn interleaved(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut all = Vec::new();
    loop {
        let pair = (first.next(), second.next());
        if pair == (None, None) {
            return all;
        }
        all.extend(pair.0);
        all.extend(pair.1);
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::{Arc, Mutex};

    use tokio::time::Instant;

    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn families_take_turns() {
        let all = ["[::1]:1", "[::2]:1", "[::3]:1", "127.0.0.1:1", "127.0.0.2:1"].map(address);
        let turns = ["[::1]:1", "127.0.0.1:1", "[::2]:1", "127.0.0.2:1", "[::3]:1"].map(address);
        assert_eq!(interleaved(all.to_vec()), turns);
        assert_eq!(interleaved(Vec::new()), []);
    }

    /// A network in which each port number is a fate. Also answers when each address was tried.
    async fn race(addresses: &[&str]) -> (Result<u16, Failures>, Vec<(u16, Duration)>) {
        let begun = Instant::now();
        let tried = Arc::new(Mutex::new(Vec::new()));
        let connect = |address: SocketAddr| {
            let port = address.port();
            tried.lock().expect("no panic").push((port, begun.elapsed()));
            async move {
                match port {
                    1 => pending().await,
                    2 => Err(io::ErrorKind::ConnectionRefused.into()),
                    port => {
                        sleep(Duration::from_millis(u64::from(port))).await;
                        Ok(port)
                    }
                }
            }
        };
        let won = first_of(addresses.iter().map(|text| address(text)).collect(), connect).await;
        let tried = tried.lock().expect("no panic").clone();
        (won, tried)
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_leads_nowhere_costs_a_quarter_of_a_second() {
        let (won, tried) = race(&["[::1]:1", "127.0.0.1:20"]).await;
        assert_eq!(won.expect("connected"), 20);
        assert_eq!(tried, [(1, Duration::ZERO), (20, HEAD_START)]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_refuses_costs_nothing() {
        let (won, tried) = race(&["[::1]:2", "127.0.0.1:20"]).await;
        assert_eq!(won.expect("connected"), 20);
        assert_eq!(tried, [(2, Duration::ZERO), (20, Duration::ZERO)]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_one_keeps_its_chance_and_the_fastest_wins() {
        let (won, tried) = race(&["[::1]:400", "127.0.0.1:300", "[::1]:1"]).await;
        assert_eq!(won.expect("connected"), 400);
        assert_eq!(tried, [(400, Duration::ZERO), (300, HEAD_START)]);
        let (won, _) = race(&["[::1]:600", "127.0.0.1:300"]).await;
        assert_eq!(won.expect("connected"), 300);
    }

    #[tokio::test(start_paused = true)]
    async fn when_all_refuse_each_is_told() {
        let (lost, _) = race(&["[::1]:2", "127.0.0.1:2"]).await;
        let told: Vec<_> = lost.expect_err("refused").into_iter().map(|(address, _)| address).collect();
        assert_eq!(told, [address("[::1]:2"), address("127.0.0.1:2")]);
        assert!(race(&[]).await.0.expect_err("nowhere to go").is_empty());
    }
}
