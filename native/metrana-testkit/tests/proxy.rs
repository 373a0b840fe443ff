//! The proxy does to a connection what it was told to, to the byte.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use metrana_testkit::proxy::{Fate, FaultProxy, Side};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

/// A server that answers each byte with the next one, and tells what it received until its connection ended.
async fn echo() -> (SocketAddr, mpsc::UnboundedReceiver<(Vec<u8>, Option<ErrorKind>)>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, told) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut received = Vec::new();
            let end = loop {
                match stream.read_u8().await {
                    Ok(byte) => {
                        received.push(byte);
                        if let Err(error) = stream.write_u8(byte.wrapping_add(1)).await {
                            break Some(error.kind());
                        }
                    }
                    Err(error) if error.kind() == ErrorKind::UnexpectedEof => break None,
                    Err(error) => break Some(error.kind()),
                }
            };
            let _ = tell.send((received, end));
        }
    });
    (address, told)
}

/// Sends bytes one by one and gives the answers until one fails to come.
async fn converse(address: SocketAddr, bytes: u8) -> (Vec<u8>, Option<ErrorKind>) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut answers = Vec::new();
    for byte in 0..bytes {
        let answer = match stream.write_u8(byte).await {
            Ok(()) => stream.read_u8().await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(answer) => answers.push(answer),
            Err(error) => return (answers, Some(error.kind())),
        }
    }
    stream.shutdown().await.unwrap();
    assert!(stream.read_u8().await.is_err());
    (answers, None)
}

async fn through(fate: Fate) -> (FaultProxy, mpsc::UnboundedReceiver<(Vec<u8>, Option<ErrorKind>)>) {
    let (server, told) = echo().await;
    (FaultProxy::start(server, move |_| fate).await, told)
}

#[tokio::test]
async fn a_connection_that_works_passes_everything_and_its_end() {
    let (proxy, mut told) = through(Fate::Forward).await;
    assert_eq!(converse(proxy.address(), 200).await, ((1..=200).collect(), None));
    assert_eq!(told.recv().await.unwrap(), ((0..200).collect(), None));
    assert_eq!((proxy.connections(), proxy.broken()), (1, 0));
}

#[tokio::test]
async fn a_reset_towards_the_server_lets_exactly_its_bytes_through() {
    let (proxy, mut told) = through(Fate::Reset(Side::ToServer, 7)).await;
    let (answers, end) = converse(proxy.address(), 200).await;
    assert_eq!(end, Some(ErrorKind::ConnectionReset));
    assert!(answers.len() <= 7);
    let (received, end) = told.recv().await.unwrap();
    assert!(received.len() <= 7, "a reset may overtake bytes, but none is added: {received:?}");
    assert!(end.is_some(), "no good end");
    assert_eq!(proxy.broken(), 1);
}

#[tokio::test]
async fn a_reset_towards_the_client_comes_after_the_server_has_received() {
    let (proxy, mut told) = through(Fate::Reset(Side::ToClient, 3)).await;
    let (answers, end) = converse(proxy.address(), 200).await;
    assert_eq!(end, Some(ErrorKind::ConnectionReset));
    assert!(answers.len() <= 3);
    let (received, _) = told.recv().await.unwrap();
    assert!((3..=4).contains(&received.len()), "{received:?}");
}

#[tokio::test]
async fn a_refused_connection_never_reaches_the_server() {
    let (proxy, mut told) = through(Fate::Refuse).await;
    let (answers, end) = converse(proxy.address(), 1).await;
    assert!(answers.is_empty() && end.is_some());
    assert!(told.try_recv().is_err());
    assert_eq!(proxy.broken(), 1);
}

#[tokio::test]
async fn a_stalled_connection_stays_open_and_silent_until_it_is_cut() {
    let (proxy, mut told) = through(Fate::Stall(Side::ToServer, 5)).await;
    let client = tokio::spawn(converse(proxy.address(), 200));
    while proxy.broken() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(!client.is_finished());
    assert!(told.try_recv().is_err(), "the server's end is open");
    proxy.cut_all();
    let (answers, end) = timeout(PATIENCE, client).await.unwrap().unwrap();
    assert!(answers.len() <= 5 && end == Some(ErrorKind::ConnectionReset));
    assert!(timeout(PATIENCE, told.recv()).await.unwrap().unwrap().0.len() <= 5);
}

#[tokio::test]
async fn a_half_open_connection_ends_for_the_server_alone() {
    let (proxy, mut told) = through(Fate::HalfOpen(Side::ToServer, 5)).await;
    let client = tokio::spawn(converse(proxy.address(), 200));
    let (received, end) = timeout(PATIENCE, told.recv()).await.unwrap().unwrap();
    assert!(received.len() <= 5 && end.is_some(), "{received:?} {end:?}");
    assert!(!client.is_finished(), "the client knows of nothing");
    drop(proxy);
    let (_, end) = timeout(PATIENCE, client).await.unwrap().unwrap();
    assert_eq!(end, Some(ErrorKind::ConnectionReset));
}

#[tokio::test]
async fn each_connection_has_a_fate_of_its_own() {
    let (server, _told) = echo().await;
    let fate = |number| if number % 2 == 0 { Fate::Refuse } else { Fate::Forward };
    let proxy = FaultProxy::start(server, fate).await;
    for number in 0..4 {
        assert_eq!(converse(proxy.address(), 3).await.1.is_none(), number % 2 == 1);
    }
    assert_eq!((proxy.connections(), proxy.broken()), (4, 2));
}
