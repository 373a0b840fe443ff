//! The page for people: files that are part of the program, made from `page/` by npm and committed, so that cargo alone
//! builds everything.

use std::sync::OnceLock;

use axum::Router;
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY, SET_COOKIE,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::{Api, session};

/// A file of the page.
struct File {
    path: &'static str,
    media_type: &'static str,
    contents: &'static [u8],
    /// Made when it is first asked for: the contents never change.
    tag: OnceLock<HeaderValue>,
}

const PAGE: &str = "/";

static FILES: [File; 4] = [
    File {
        path: PAGE,
        media_type: "text/html; charset=utf-8",
        contents: include_bytes!("../../page/dist/index.html"),
        tag: OnceLock::new(),
    },
    File {
        path: "/page.js",
        media_type: "text/javascript; charset=utf-8",
        contents: include_bytes!("../../page/dist/page.js"),
        tag: OnceLock::new(),
    },
    File {
        path: "/page.css",
        media_type: "text/css; charset=utf-8",
        contents: include_bytes!("../../page/dist/page.css"),
        tag: OnceLock::new(),
    },
    File {
        path: "/icon.svg",
        media_type: "image/svg+xml",
        contents: include_bytes!("../../page/dist/icon.svg"),
        tag: OnceLock::new(),
    },
];

/// Only the page's own files run and are shown, it talks to its own server only, and no other page can frame it. So a
/// text of a run could do nothing even if it became markup.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'";

/// Whether it is the page, which holds nothing until its user is let in.
pub(super) fn has(path: &str) -> bool {
    FILES.iter().any(|file| file.path == path)
}

pub(super) fn routes(router: Router<Api>) -> Router<Api> {
    FILES.iter().fold(router, |router, file| {
        router.route(
            file.path,
            get(async |State(api): State<Api>, extensions: Extensions, headers: HeaderMap| {
                let mut answer = file.answer(&headers);
                if file.path == PAGE
                    && let Some(cookie) = session::unasked(&api, &extensions, headers).await
                    && let Ok(cookie) = HeaderValue::try_from(cookie)
                {
                    answer.headers_mut().insert(SET_COOKIE, cookie);
                }
                answer
            }),
        )
    })
}

impl File {
    fn tag(&self) -> HeaderValue {
        let make = || {
            let tag = format!("\"{:08x}-{:x}\"", crc32c::crc32c(self.contents), self.contents.len());
            // Without a tag a browser reads the file anew.
            HeaderValue::try_from(tag).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
        };
        self.tag.get_or_init(make).clone()
    }

    fn answer(&self, asked: &HeaderMap) -> Response {
        let tag = self.tag();
        let is_known = asked.get(IF_NONE_MATCH).is_some_and(|known| *known == tag);
        let headers = [
            (CONTENT_TYPE, HeaderValue::from_static(self.media_type)),
            (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
            (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            // Another version of the server may answer next time.
            (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            (ETAG, tag),
        ];
        if is_known {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        (headers, self.contents).into_response()
    }
}
