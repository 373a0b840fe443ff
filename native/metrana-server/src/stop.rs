//! When the program is to stop.

use std::io::{self, Read};

use tokio::sync::oneshot;

/// What can stop the program, listened to from the moment this is made.
pub struct Requests {
    signals: Signals,
    parent: Option<oneshot::Receiver<()>>,
}

impl Requests {
    /// `linger`: the end of standard input does not count; `ignore_interrupt`: Ctrl+C does not.
    pub fn listen(linger: bool, ignore_interrupt: bool) -> io::Result<Self> {
        let parent = if linger || !stdin_is_a_pipe() { None } else { Some(parent_gone()?) };
        Ok(Self { signals: Signals::listen(ignore_interrupt)?, parent })
    }

    /// Waits for the first of them and says which it was.
    pub async fn next(self) -> io::Result<&'static str> {
        let Self { signals, parent } = self;
        tokio::select! {
            signal = signals.next() => signal,
            () = async {
                match parent {
                    // A watcher that died without a word is no reason to stop.
                    Some(gone) => if gone.await.is_err() { std::future::pending().await },
                    None => std::future::pending().await,
                }
            } => Ok("the end of standard input"),
        }
    }
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    /// Taken also where it does not count: nobody listening, it would end the program.
    interrupt: tokio::signal::unix::Signal,
    ignore_interrupt: bool,
}

#[cfg(unix)]
impl Signals {
    fn listen(ignore_interrupt: bool) -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let (terminate, interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        Ok(Self { terminate, interrupt, ignore_interrupt })
    }

    async fn next(mut self) -> io::Result<&'static str> {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return Ok("SIGTERM"),
                _ = self.interrupt.recv() => if !self.ignore_interrupt { return Ok("SIGINT") },
            }
        }
    }
}

#[cfg(not(unix))]
struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
    ignore_interrupt: bool,
}

#[cfg(not(unix))]
impl Signals {
    fn listen(ignore_interrupt: bool) -> io::Result<Self> {
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c()?, ignore_interrupt })
    }

    async fn next(mut self) -> io::Result<&'static str> {
        loop {
            if self.interrupt.recv().await.is_none() {
                std::future::pending::<()>().await;
            }
            if !self.ignore_interrupt {
                return Ok("Ctrl+C");
            }
        }
    }
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
