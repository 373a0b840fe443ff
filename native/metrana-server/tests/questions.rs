//! Questions over HTTP that were changed at random: each is answered or refused in words, and none is an error of the
//! server's own.

mod common;

use std::net::SocketAddr;

use metrana_proto::types::{OrderingMode, SeriesDeclaration};
use metrana_server::RunningServer;
use metrana_testkit::random::Random;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use common::{
    PATIENCE, acked, batch, counted, declaration, declaring, greeted, message, open_run, rl, scattered,
    start, with_histograms, with_points, with_rl, with_scatters,
};

const SEED: u64 = 1;
const QUESTIONS: usize = 2000;

/// A server with some of everything, and the id of its run.
async fn filled() -> (RunningServer, String) {
    let server = start().await;
    let run = open_run(&server, "r").await;
    let unordered =
        SeriesDeclaration { ordering: OrderingMode::AbsoluteUnordered.into(), ..declaration(5, "u") };
    let names = ["m", "e", "h", "s"];
    let mut declarations: Vec<_> = (1..).zip(names).map(|(number, name)| declaration(number, name)).collect();
    declarations.push(unordered);
    let mut data = declaring(message(&run, 256), &declarations);
    data = with_points(data, 1, batch(0, &[0.5; 50]));
    data = with_rl(data, 2, "env/0", &[rl(1, Some(2), 0, &[0.25; 40]), rl(2, None, 0, &[f64::NAN])]);
    data = with_histograms(data, 3, &[counted(1, &[1, 2]), counted(4, &[3])]);
    data = with_scatters(data, 4, &[("xt", "x")], &[scattered(1, &[1.0], &[])]);
    data = with_points(with_points(data, 5, batch(30, &[1.0; 20])), 5, batch(0, &[2.0; 40]));
    acked(&mut greeted(&server, &run).await, &data).await;
    let id = run.iter().fold(String::new(), |id, byte| format!("{id}{byte:02x}"));
    (server, id)
}

/// What sensible readers ask for: a method, a path and a body.
fn sensible(run: &str) -> Vec<(&'static str, String, String)> {
    let of = format!("/api/v1/runs/{run}");
    let mut all: Vec<_> = [
        "",
        "/attributes",
        "/environments",
        "/counts",
        "/traces?offset=0&limit=5&bytes=65536",
        "/series?prefix=m&limit=2",
        "/series/1/points?offset=3&limit=9",
        "/series/1/points?cursor=7@8&bytes=65536&raw=false",
        "/series/2/points?environment=env%2F0&cursor=1:2:3@4",
        "/series/5/points?raw=true&cursor=@12&limit=30",
        "/series/5/points?cursor=18446744073709551615@1",
        "/series/3/histograms?cursor=1@1&limit=3&bytes=70000",
        "/series/4/scatters?raw=true&offset=1",
        "/series/1/export?format=csv",
        "/series/2/export?format=columns&environment=env%2F0&limit=20",
    ]
    .into_iter()
    .map(|path| ("GET", format!("{of}{path}"), String::new()))
    .collect();
    for path in
        ["/api/v1/runs?search=r&order=created_last&limit=3", "/api/v1/projects", "/metrics", "/healthz"]
    {
        all.push(("GET", path.to_owned(), String::new()));
    }
    let posts = [
        (
            "points",
            format!("{{\"series\":[{{\"run\":\"{run}\",\"series\":\"5\",\"cursor\":\"3@4\"}}],\"limit\":9}}"),
        ),
        (
            "buckets",
            format!(
                "{{\"x\":\"step\",\"buckets\":7,\"from\":0,\"to\":40.5,\"series\":[{{\"run\":\"{run}\",\"series\":\"1\"}}]}}"
            ),
        ),
        ("heat-map", format!("{{\"run\":\"{run}\",\"series\":\"2\",\"buckets\":4,\"measure\":\"max\"}}")),
        (
            "bands",
            format!("{{\"run\":\"{run}\",\"series\":\"2\",\"x\":\"rl_step\",\"percentiles\":[5,50.5]}}"),
        ),
    ];
    all.extend(posts.map(|(path, body)| ("POST", format!("/api/v1/{path}"), body)));
    all
}

/// Changes some bytes: other digits, signs and letters, pieces that come again or are left out.
fn changed(text: &str, random: &mut Random) -> String {
    const PIECES: [&str; 22] = [
        "0",
        "-1",
        "18446744073709551616",
        "9e999",
        "NaN",
        "null",
        "true",
        "%",
        "%00",
        "%ff",
        "&",
        "=",
        "@",
        ":",
        "\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        "..",
        "\u{fc}",
    ];
    let mut text: Vec<char> = text.chars().collect();
    for _ in 0..=random.index(3) {
        let at = random.index(text.len() + 1);
        match random.index(4) {
            0 => drop(text.splice(at..at, PIECES[random.index(PIECES.len())].chars())),
            1 => drop(text.drain(at..text.len().min(at + 1 + random.index(6)))),
            2 => {
                let piece: Vec<char> = text[at..text.len().min(at + random.index(12))].to_vec();
                let to = random.index(text.len() + 1);
                drop(text.splice(to..to, piece));
            }
            _ => {
                if let Some(one) = text.get_mut(at) {
                    *one = char::from(33 + u8::try_from(random.below(94)).unwrap());
                }
            }
        }
    }
    // What would end the line or the head is no question any more.
    text.into_iter().filter(|one| !one.is_control() && *one != ' ').collect()
}

/// The status of an answer.
async fn ask(server: SocketAddr, accept: &str, (method, path, body): (&str, &str, &str)) -> u16 {
    let mut stream = TcpStream::connect(server).await.expect("it listens");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {server}\r\naccept: {accept}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("it takes the question");
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("it answers").expect("to the end");
    let status = answer.get(9..12).and_then(|status| std::str::from_utf8(status).ok());
    status
        .and_then(|status| status.parse().ok())
        .unwrap_or_else(|| panic!("no answer to {method} {path} {body}"))
}

#[tokio::test]
async fn a_question_that_was_changed_is_answered_or_refused() {
    eprintln!("seed {SEED}");
    let (server, run) = filled().await;
    let all = sensible(&run);
    for (method, path, body) in &all {
        assert_eq!(ask(server.http_addr(), "*/*", (method, path, body)).await, 200, "{path} {body}");
    }
    let mut random = Random::new(SEED);
    let (mut answered, mut refused) = (0, 0);
    for _ in 0..QUESTIONS {
        let (method, path, body) = &all[random.index(all.len())];
        // The page's own path is no question, and deleting is none that may be asked by chance.
        let (mut path, mut body) = (path.clone(), body.clone());
        if body.is_empty() || random.chance(20) {
            path = format!("/{}", changed(&path, &mut random).trim_start_matches('/'));
        } else {
            body = changed(&body, &mut random);
        }
        let accept = ["*/*", "application/vnd.metrana.columns", "application/vnd.apache.arrow.stream"];
        let status = ask(server.http_addr(), accept[random.index(3)], (method, &path, &body)).await;
        match status {
            200 => answered += 1,
            400..=499 => refused += 1,
            _ => panic!("{status}: {method} {path} {body}"),
        }
    }
    assert!(answered > QUESTIONS / 100 && refused > QUESTIONS / 4, "{answered} answered, {refused} refused");
    assert_eq!(ask(server.http_addr(), "*/*", ("GET", &format!("/api/v1/runs/{run}"), "")).await, 200);
}
