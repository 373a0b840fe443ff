//! What comes back on a call, read by tonic, and which of it is the service's own word.
//!
//! tonic makes a status up where none was sent: out of an HTTP code, out of a broken connection, out of bytes that are no
//! message. A gateway that answers 403 while the service is rolled out has refused nobody, so only a `grpc-status` that
//! really came counts as an answer.

use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http::{HeaderMap, Response, StatusCode, header};
use http_body::Frame;
use tonic::Code;
use tonic::codec::{BufferSettings, DecodeBuf, Decoder, Streaming};

use crate::connect::broken::Broken;

/// How much a peer may send before it is cut off.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// One message. The memory for it is taken as soon as its length is announced.
    pub one: usize,
    /// All of them together.
    pub all: usize,
}

/// The answers of a call.
pub(crate) struct Answers<M> {
    messages: Streaming<M>,
    status_came: Arc<AtomicBool>,
}

impl<M: prost::Message + Default + 'static> Answers<M> {
    pub(crate) fn new<B>(response: Response<B>, limits: Limits) -> Result<Self, Broken>
    where
        B: http_body::Body<Data = Bytes> + Unpin + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (mut head, body) = response.into_parts();
        if let Some(status) = status_in(&mut head.headers) {
            if status.code() != Code::Ok {
                return Err(Broken::Answered(status));
            }
        } else {
            check_head(head.status, &head.headers)?;
        }
        let status_came = Arc::new(AtomicBool::new(false));
        let body = Tail { body, status_came: Arc::clone(&status_came) };
        let decoder = Proto { left: limits.all, limits, message: PhantomData };
        let messages = Streaming::new_response(decoder, body, head.status, None, Some(limits.one));
        Ok(Self { messages, status_came })
    }

    /// The next answer. None: the service has ended the call in good order.
    pub(crate) async fn message(&mut self) -> Result<Option<M>, Broken> {
        self.messages.message().await.map_err(|status| match std::error::Error::source(&status) {
            None if self.status_came.load(Ordering::Relaxed) => Broken::Answered(status),
            None => Broken::Transport(status.message().to_owned()),
            Some(source) => Broken::Transport(format!("{}: {source}", status.message())),
        })
    }
}

/// The status in a header map, where one was sent.
fn status_in(headers: &mut HeaderMap) -> Option<tonic::Status> {
    // tonic panics about details that are not in base64, and nobody reads them.
    headers.remove("grpc-status-details-bin");
    tonic::Status::from_header_map(headers)
}

/// Whether this can be an answer of the service at all.
fn check_head(status: StatusCode, headers: &HeaderMap) -> Result<(), Broken> {
    let somebody_else = "a proxy, a gateway or another program answered instead of the service";
    if status != StatusCode::OK {
        return Err(Broken::Transport(format!("HTTP {status} without a gRPC status: {somebody_else}")));
    }
    match headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap_or("of no name")) {
        Some(kind) if kind.starts_with("application/grpc") => Ok(()),
        Some(kind) => {
            Err(Broken::Transport(format!("the answer is '{kind}' instead of gRPC: {somebody_else}")))
        }
        None => Err(Broken::Transport(format!("the answer is not gRPC: {somebody_else}"))),
    }
}

/// The body of an answer, which notes whether a status ends it.
struct Tail<B> {
    body: B,
    status_came: Arc<AtomicBool>,
}

impl<B: http_body::Body<Data = Bytes> + Unpin> http_body::Body for Tail<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let mut frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(context));
        if let Some(Ok(frame)) = &mut frame
            && let Some(trailers) = frame.trailers_mut()
            && status_in(trailers).is_some()
        {
            self.status_came.store(true, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }
}

struct Proto<M> {
    left: usize,
    limits: Limits,
    message: PhantomData<fn() -> M>,
}

impl<M: prost::Message + Default> Decoder for Proto<M> {
    type Item = M;
    type Error = tonic::Status;

    fn decode(&mut self, source: &mut DecodeBuf<'_>) -> Result<Option<M>, tonic::Status> {
        self.left = self.left.checked_sub(source.remaining()).ok_or_else(|| {
            tonic::Status::out_of_range(format!(
                "the service answered with more than {} bytes",
                self.limits.all
            ))
        })?;
        M::decode(source).map(Some).map_err(|error| {
            tonic::Status::internal(format!("the service's answer is not valid protobuf: {error}"))
        })
    }

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::new(4096, 4096)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::convert::Infallible;

    use http::HeaderValue;
    use metrana_proto::svc::initialize_run_logging_response::{LastLoggedSteps, Msg};
    use metrana_proto::svc::{InitializeRunLoggingResponse, UpdateRunResponse};

    use super::*;

    struct Script(VecDeque<Frame<Bytes>>);

    impl http_body::Body for Script {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Ready(self.0.pop_front().map(Ok))
        }
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    const GRPC: (&str, &str) = ("content-type", "application/grpc+proto");
    const LIMITS: Limits = Limits { one: 1000, all: 2500 };

    /// How a call ends that is answered like this, and after how many messages.
    async fn read<M: prost::Message + Default + 'static>(
        code: u16,
        head: &[(&'static str, &'static str)],
        frames: Vec<Frame<Bytes>>,
    ) -> (usize, Result<(), Broken>) {
        let mut response = Response::new(Script(frames.into()));
        *response.status_mut() = StatusCode::from_u16(code).expect("a status");
        *response.headers_mut() = headers(head);
        let mut answers = match Answers::<M>::new(response, LIMITS) {
            Ok(answers) => answers,
            Err(broken) => return (0, Err(broken)),
        };
        let mut count = 0;
        loop {
            match answers.message().await {
                Ok(Some(_)) => count += 1,
                Ok(None) => return (count, Ok(())),
                Err(broken) => return (count, Err(broken)),
            }
        }
    }

    fn message(message: &impl prost::Message) -> Frame<Bytes> {
        let mut bytes = vec![0];
        bytes.extend(u32::try_from(message.encoded_len()).expect("short").to_be_bytes());
        bytes.extend(message.encode_to_vec());
        Frame::data(bytes.into())
    }

    fn ack() -> Frame<Bytes> {
        message(&UpdateRunResponse::default())
    }

    fn trailers(pairs: &[(&'static str, &'static str)]) -> Frame<Bytes> {
        Frame::trailers(headers(pairs))
    }

    #[tokio::test]
    async fn what_the_service_says_is_its_word_wherever_it_says_it() {
        let at_once = read::<UpdateRunResponse>(200, &[GRPC, ("grpc-status", "7")], vec![]).await;
        // A gateway that speaks gRPC may pass the service's word on with a code of its own.
        let passed_on = read::<UpdateRunResponse>(403, &[("grpc-status", "7")], vec![]).await;
        let at_the_end = read::<UpdateRunResponse>(
            200,
            &[GRPC],
            vec![ack(), trailers(&[("grpc-status", "7"), ("grpc-status-details-bin", "!no base64!")])],
        )
        .await;
        for (count, answer) in [(0, at_once), (0, passed_on), (1, at_the_end)] {
            assert_eq!(answer.0, count);
            assert_eq!(answer.1.expect_err("refused").code(), Some(Code::PermissionDenied));
        }
        let good =
            read::<UpdateRunResponse>(200, &[GRPC], vec![ack(), ack(), trailers(&[("grpc-status", "0")])]);
        let (count, end) = good.await;
        assert_eq!(count, 2);
        end.expect("a good end");
    }

    /// Each of them is a verdict to tonic: 401, 403 and 404 even one for good.
    #[tokio::test]
    async fn what_no_service_said_is_trouble_on_the_way() {
        let html = ("content-type", "text/html");
        let page = || Frame::data(Bytes::from_static(b"<html>not here</html>"));
        for (code, head, frames, wanted) in [
            (401, vec![], vec![], "401 Unauthorized"),
            (403, vec![html], vec![page()], "403 Forbidden"),
            (404, vec![], vec![], "404 Not Found"),
            (503, vec![GRPC], vec![], "503 Service Unavailable"),
            (200, vec![html], vec![page()], "'text/html' instead of gRPC"),
            (200, vec![], vec![], "not gRPC"),
            (200, vec![GRPC], vec![], "grpc-status"),
            (200, vec![GRPC], vec![trailers(&[("other", "1")])], "grpc-status"),
            (200, vec![GRPC], vec![page()], "flag"),
            (
                200,
                vec![GRPC],
                vec![Frame::data(Bytes::from_static(&[0, 0, 0, 0, 2, 0xff, 0xff]))],
                "protobuf",
            ),
            (200, vec![GRPC], vec![Frame::data(Bytes::from_static(&[0, 0xff, 0, 0, 0]))], "limit"),
        ] {
            let (_, end) = read::<InitializeRunLoggingResponse>(code, &head, frames).await;
            let broken = end.expect_err("no good end");
            assert!(matches!(broken, Broken::Transport(_)), "{code} {head:?}: {broken:?}");
            assert!(broken.to_string().contains(wanted), "{code} {head:?}: {broken}");
        }
    }

    #[tokio::test]
    async fn all_answers_together_have_a_limit() {
        let long = LastLoggedSteps {
            series: vec![
                metrana_proto::svc::initialize_run_logging_response::last_logged_steps::SeriesInfo {
                    metric_name: "m".repeat(900),
                    ..Default::default()
                },
            ],
            ..Default::default()
        };
        let part =
            || message(&InitializeRunLoggingResponse { msg: Some(Msg::LastLoggedSteps(long.clone())) });
        let (count, end) =
            read::<InitializeRunLoggingResponse>(200, &[GRPC], (0..4).map(|_| part()).collect()).await;
        assert_eq!(count, 2);
        assert!(end.expect_err("too much").to_string().contains("more than 2500 bytes"));
    }
}
