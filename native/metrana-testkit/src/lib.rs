//! What tests share. Nothing that ships depends on it.
//!
//! * [`random`]: reproducible random numbers;
//! * [`program`]: programs of log calls, made from a seed, and [`model`], a plain list of what they must leave behind;
//! * [`stored`]: what a server holds, in the form of such a list;
//! * [`vectors`]: the golden vectors of the published engines, read into the same calls;
//! * [`proxy`]: a network between client and server that breaks on command;
//! * [`raw`]: a client that sends bytes as they are, and [`peer`], a server that records them and answers by script;
//! * [`deadline`]: the end of a test that hangs;
//! * [`http`]: just enough HTTP to read a local server.

#![forbid(unsafe_code)]
#![allow(clippy::missing_panics_doc, reason = "what goes wrong in a test ends it")]

mod codec;
pub mod deadline;
pub mod http;
pub mod model;
pub mod peer;
pub mod program;
pub mod proxy;
pub mod random;
pub mod raw;
pub mod stored;
pub mod vectors;
