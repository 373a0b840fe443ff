//! The one network thread of the process. All loggers share it, and it lives as long as the process does.

use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};

use tokio::runtime::Handle;

use crate::errors::{Error, Status};

static HANDLE: Mutex<Option<Handle>> = Mutex::new(None);

/// The way onto the network thread; starts it the first time.
pub(crate) fn handle() -> Result<Handle, Error> {
    let mut slot = HANDLE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*slot {
        return Ok(handle.clone());
    }
    let handle = start().map_err(|error| {
        Error::new(Status::NoThread, format!("the network thread could not be started: {error}"))
    })?;
    *slot = Some(handle.clone());
    Ok(handle)
}

fn start() -> std::io::Result<Handle> {
    let (tell, told) = mpsc::channel();
    std::thread::Builder::new().name("metrana-net".to_owned()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
        match runtime {
            Err(error) => drop(tell.send(Err(error))),
            Ok(runtime) => {
                drop(tell.send(Ok(runtime.handle().clone())));
                // Never dropped: dropping a runtime waits for whatever its resolver is stuck in.
                runtime.block_on(std::future::pending::<()>());
            }
        }
    })?;
    told.recv().unwrap_or_else(|_| Err(std::io::Error::other("it ended before it began")))
}
