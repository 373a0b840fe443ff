//! The first bytes on a connection: what its peer speaks, and a line for a peer that has come to the wrong place.

use std::io;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The longest method that HTTP knows, and a blank.
const METHOD: usize = 18;
/// What a TLS connection begins with.
const TLS_HANDSHAKE: u8 = 0x16;

/// What a peer speaks, judged by the beginning of what it says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Speaks {
    Http,
    Tls,
    SomethingElse,
}

/// Looks at the first bytes and leaves them where they are.
pub(crate) async fn listen(tcp: &TcpStream, patience: Duration) -> io::Result<Speaks> {
    let mut first = [0; METHOD];
    let seen = timeout(patience, tcp.peek(&mut first)).await.map_err(|_| io::ErrorKind::TimedOut)??;
    if seen == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(judge(first.get(..seen).unwrap_or_default()))
}

fn judge(first: &[u8]) -> Speaks {
    let letters = first.iter().take_while(|byte| byte.is_ascii_uppercase() || **byte == b'-').count();
    match first.get(letters) {
        // What has come so far may be the beginning of a method.
        None if letters < METHOD => Speaks::Http,
        Some(b' ') if letters > 0 => Speaks::Http,
        Some(&TLS_HANDSHAKE) if letters == 0 => Speaks::Tls,
        _ => Speaks::SomethingElse,
    }
}

/// Tells a peer what this port speaks, as well as it can be told to somebody who speaks something else.
pub(crate) async fn turn_away(mut tcp: TcpStream, status: &str, text: &str) {
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}\n",
        text.len() + 1
    );
    // Whoever does not wait for it does not want it. What is unread when the socket closes would make the system throw
    // the answer away, so that a little is read first.
    let said = async {
        tcp.write_all(answer.as_bytes()).await?;
        tcp.shutdown().await?;
        let mut rest = [0; 4096];
        while tokio::io::AsyncReadExt::read(&mut tcp, &mut rest).await? > 0 {}
        Ok::<(), io::Error>(())
    };
    let _ = timeout(Duration::from_secs(1), said).await;
}

#[cfg(test)]
mod tests {
    use super::{Speaks, judge};

    #[test]
    fn the_first_bytes_tell_what_a_peer_speaks() {
        for http in ["G", "GET / HTTP/1.1", "PRI * HTTP/2.0\r\n\r\n", "VERSION-CONTROL /", "DELETE /x"] {
            assert_eq!(judge(http.as_bytes()), Speaks::Http, "{http}");
        }
        assert_eq!(judge(&[0x16, 3, 1, 2, 0]), Speaks::Tls);
        for other in ["SSH-2.0-OpenSSH_9", "\0\0", "get /", "\r\n", " GET", "ABCDEFGHIJKLMNOPQR", "{\"a\":1}"]
        {
            assert_eq!(judge(other.as_bytes()), Speaks::SomethingElse, "{other:?}");
        }
    }
}
