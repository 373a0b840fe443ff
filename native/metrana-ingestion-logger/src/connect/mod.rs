//! The way to the service: the process's one network thread, connections with TLS where the endpoint wants it, and a call on
//! a connection. It moves bytes that are ready and says how a connection broke; what that means is decided elsewhere.

mod answers;
mod broken;
mod connection;
mod credentials;
mod dial;
mod greeting;
mod helpers;
mod race;
mod route;
pub(crate) mod runtime;
mod socket;
mod tls;
pub(crate) mod transport;
