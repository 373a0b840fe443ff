//! When the program is to stop.

use std::io::{self, Read};

use tokio::sync::oneshot;

/// Waits for a signal, or for the end of standard input where that counts, and says which it was.
pub async fn requested(linger: bool) -> io::Result<&'static str> {
    let parent = if linger || !stdin_is_a_pipe() { None } else { Some(parent_gone()?) };
    tokio::select! {
        signal = signal() => signal,
        () = async {
            match parent {
                // A watcher that died without a word is no reason to stop.
                Some(gone) => if gone.await.is_err() { std::future::pending().await },
                None => std::future::pending().await,
            }
        } => Ok("the end of standard input"),
    }
}

#[cfg(unix)]
async fn signal() -> io::Result<&'static str> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    })
}

#[cfg(not(unix))]
async fn signal() -> io::Result<&'static str> {
    tokio::signal::ctrl_c().await?;
    Ok("Ctrl+C")
}

/// Only a pipe (or a socket, which some parents use for one) says by its end that its other side is gone: a shell user's
/// terminal or /dev/null must not end the server by surprise.
#[cfg(unix)]
fn stdin_is_a_pipe() -> bool {
    use std::fs::File;
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;
    let kind = io::stdin().as_fd().try_clone_to_owned().and_then(|fd| File::from(fd).metadata());
    kind.is_ok_and(|metadata| metadata.file_type().is_fifo() || metadata.file_type().is_socket())
}

#[cfg(not(unix))]
fn stdin_is_a_pipe() -> bool {
    use std::io::IsTerminal;
    !io::stdin().is_terminal()
}

/// Reads standard input to its end on a thread of its own, which ends with the process.
fn parent_gone() -> io::Result<oneshot::Receiver<()>> {
    let (tell, told) = oneshot::channel();
    std::thread::Builder::new().name("stdin".into()).spawn(move || {
        let mut input = io::stdin().lock();
        let mut ignored = [0; 512];
        loop {
            match input.read(&mut ignored) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        // Nobody listens any more when the program stops for another reason.
        let _ = tell.send(());
    })?;
    Ok(told)
}
