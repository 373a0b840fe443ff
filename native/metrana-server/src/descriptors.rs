//! File descriptors: one for each connection.

/// Takes as many as the system lets this process have. The usual soft limit of 1,024 is reached by connections that do
/// nothing.
#[cfg(unix)]
pub fn raise_limit() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if setrlimit(Resource::Nofile, raised).is_ok() { limit.maximum } else { limit.current }
}

#[cfg(not(unix))]
pub fn raise_limit() -> Option<u64> {
    None
}
