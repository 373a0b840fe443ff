//! What a peer may take of the server.

use std::time::Duration;

/// Bounds that keep one peer from taking the server away from the others.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections at one time. When there are as many, the one that has been idle for the longest time makes room.
    pub connections: usize,
    /// How long a new connection may take to say what it speaks, and a request to show its head.
    pub head: Duration,
    /// How long a connection may stay without a request.
    pub idle: Duration,
    /// How long a request may take until it is answered. Streams of updates are not bound by it.
    pub request: Duration,
    /// How long a peer may take nothing of what is written to it.
    pub stall: Duration,
    /// The body of a request of the HTTP API.
    pub body: usize,
    /// The head of a request.
    pub headers: u32,
    /// How often an open HTTP/2 connection is asked whether it is still there, and how long its answer may take.
    pub ping: Duration,
    /// What messages and answers that are under way may hold of the memory, all together. Answers hold at most half of it.
    pub under_way: usize,
    /// How long a message or an answer waits for others to give back what it needs of that.
    pub room: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            head: Duration::from_secs(15),
            idle: Duration::from_mins(1),
            request: Duration::from_mins(1),
            stall: Duration::from_secs(30),
            body: 1 << 20,
            headers: 64 << 10,
            ping: Duration::from_secs(20),
            under_way: 512 << 20,
            room: Duration::from_secs(10),
        }
    }
}
