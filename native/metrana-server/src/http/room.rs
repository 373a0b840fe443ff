//! What answers may hold of the memory: no more of them are made than fit, and each holds its part until the last byte is
//! sent. A reader that does not take its answer in time loses its connection.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use tokio::task::AbortHandle;
use tokio::time::sleep;

use super::answer::Problem;
use super::{Api, site};
use crate::budget::{Budget, Share};
use crate::connection::{ConnectionInfo, Link};

/// Answers below this are not counted: a connection takes more by itself.
const SMALL: usize = 16 << 10;

/// What an entry of a list takes while the list is made: as it is told, as it is put together, and as text.
const ENTRY: u64 = 2 << 10;

/// The least that a reader must take of an answer in a second, on average and after some patience.
const PACE: usize = 64 << 10;

/// The room for all answers.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    budget: Budget,
    patience: Duration,
}

/// What an answer holds of it from before it is made. On the answer it is held until that is sent.
#[derive(Clone, Debug)]
pub(super) struct Taken(Arc<Mutex<Option<Share>>>);

impl Room {
    pub(crate) fn new(budget: Budget, patience: Duration) -> Self {
        Self { budget, patience }
    }

    /// Waits for room for an answer that takes so many bytes while it is made.
    pub(super) async fn take(&self, bytes: usize) -> Result<Taken, Problem> {
        let mut making = self.begin();
        making.grow(bytes).await?;
        Ok(making.done())
    }

    /// Waits for room for a list of so many entries while it is made. Short ones take none.
    pub(super) async fn take_for_list(&self, entries: u64) -> Result<Taken, Problem> {
        self.take(of_list(entries)).await
    }

    /// Begins an answer that takes room as it is made.
    pub(super) fn begin(&self) -> Making<'_> {
        Making { room: self, share: self.budget.share() }
    }

    /// One answer is not refused for being larger than everything: it has everything then.
    async fn grow(&self, share: &mut Share, bytes: usize) -> Result<(), Problem> {
        let bytes = bytes.min(self.budget.bytes());
        share.grow_to(bytes).await.map_err(|_| {
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                format!(
                    "there is no room for this answer, which takes about {bytes} bytes: others are under way; try again \
                     later, or ask for less at once"
                ),
            )
        })
    }

    fn hold(&self, bytes: Bytes, mut share: Share, link: Option<Link>) -> Bytes {
        share.shrink_to(bytes.len());
        let most = self.patience + Duration::from_secs((bytes.len() / PACE) as u64);
        let watch = link.map(|link| {
            let watch = tokio::spawn(async move {
                sleep(most).await;
                link.cut();
            });
            watch.abort_handle()
        });
        Bytes::from_owner(Held { bytes, _share: share, watch })
    }
}

/// An answer that is being made.
pub(super) struct Making<'a> {
    room: &'a Room,
    share: Share,
}

fn of_list(entries: u64) -> usize {
    let bytes = usize::try_from(entries.saturating_mul(ENTRY)).unwrap_or(usize::MAX);
    if bytes < SMALL { 0 } else { bytes }
}

impl Making<'_> {
    /// Waits for room for so many bytes in all.
    pub(super) async fn grow(&mut self, bytes: usize) -> Result<(), Problem> {
        self.room.grow(&mut self.share, bytes).await
    }

    /// Waits for room for so many entries of lists in all.
    pub(super) async fn grow_for_list(&mut self, entries: u64) -> Result<(), Problem> {
        self.grow(of_list(entries)).await
    }

    /// It takes no more.
    pub(super) fn done(self) -> Taken {
        Taken(Arc::new(Mutex::new(Some(self.share))))
    }
}

impl Taken {
    /// Puts it on the answer that it was taken for.
    pub(super) fn on(self, answer: impl IntoResponse) -> Response {
        let mut response = answer.into_response();
        response.extensions_mut().insert(self);
        response
    }

    fn into_share(self) -> Option<Share> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Bytes on their way to a reader.
struct Held {
    bytes: Bytes,
    _share: Share,
    watch: Option<AbortHandle>,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(watch) = &self.watch {
            watch.abort();
        }
    }
}

/// Gives every answer its room.
pub(super) async fn bound(State(api): State<Api>, request: Request, next: Next) -> Response {
    let link = request.extensions().get::<ConnectionInfo>().map(|info| info.link.clone());
    // The page lies in memory once for all.
    let is_page = site::has(request.uri().path());
    let mut response = next.run(request).await;
    let taken = response.extensions_mut().remove::<Taken>().and_then(Taken::into_share);
    let mut share = taken.unwrap_or_else(|| api.room.budget.share());
    let whole =
        response.body().size_hint().exact().map(|length| usize::try_from(length).unwrap_or(usize::MAX));
    if is_page || whole.is_some_and(|length| length < SMALL) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Some(length) = whole else {
        return Response::from_parts(parts, piece_by_piece(api.room, body, link));
    };
    if let Err(problem) = api.room.grow(&mut share, length).await {
        return problem.into_response();
    }
    match to_bytes(body, usize::MAX).await {
        Ok(bytes) => Response::from_parts(parts, Body::from(api.room.hold(bytes, share, link))),
        Err(error) => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// A stream holds no more than the piece that its reader has not taken yet.
fn piece_by_piece(room: Room, body: Body, link: Option<Link>) -> Body {
    let pieces = body.into_data_stream().then(move |piece| {
        let (room, link) = (room.clone(), link.clone());
        async move {
            let piece = piece?;
            if piece.len() < SMALL {
                return Ok(piece);
            }
            let mut share = room.budget.share();
            share
                .grow_to(piece.len().min(room.budget.bytes()))
                .await
                .map_err(|_| axum::Error::new("there is no room for more of this answer"))?;
            Ok::<_, axum::Error>(room.hold(piece, share, link))
        }
    });
    Body::from_stream(pieces)
}
