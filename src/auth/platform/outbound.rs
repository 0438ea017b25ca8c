//! Calls to a platform by HTTP. Only the configured address is called: no proxy out of the environment, no redirect
//! that takes a secret along; and no more of an answer is read than it can have.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, Url, header};

use super::failure::Failure;

/// An answer with an account has some 200 bytes; whatever is much longer does not come from the platform.
pub(super) const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// The HTTP client of one platform.
#[derive(Debug)]
pub(super) struct Outbound {
    http: Client,
    /// Scheme, host and the path before those of the platform's calls.
    base: Url,
}

impl Outbound {
    /// Prepares the client; calls nothing.
    ///
    /// # Errors
    /// When `base_url` is not a URL, or the TLS roots of this machine cannot be loaded.
    pub fn new(base_url: &str, timeout: Duration) -> Result<Self, reqwest::Error> {
        let http = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(timeout)
            .build()?;
        let base = parse_url(&http, base_url)?;
        Ok(Self { http, base })
    }

    /// Reads the address of another part of the platform.
    ///
    /// # Errors
    /// When it is not a URL.
    pub fn parse_url(&self, url: &str) -> Result<Url, reqwest::Error> {
        parse_url(&self.http, url)
    }

    /// The platform's own address.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// A call by GET.
    pub fn get(&self, url: Url) -> RequestBuilder {
        self.http.get(url)
    }

    /// A call by POST.
    pub fn post(&self, url: Url) -> RequestBuilder {
        self.http.post(url)
    }

    /// A call by POST with a form.
    pub fn post_form(&self, url: Url, fields: &[(&str, &str)]) -> RequestBuilder {
        let mut form = form_urlencoded::Serializer::new(String::new());
        let kind = "application/x-www-form-urlencoded;charset=utf-8";
        self.http
            .post(url)
            .header(header::CONTENT_TYPE, kind)
            .body(form.extend_pairs(fields).finish())
    }

    /// The address of a call.
    pub fn endpoint(&self, path: &str) -> Url {
        below(&self.base, path)
    }
}

fn parse_url(http: &Client, url: &str) -> Result<Url, reqwest::Error> {
    Ok(http.get(url).build()?.url().clone())
}

/// The address of `path` below another one.
pub(super) fn below(base: &Url, path: &str) -> Url {
    let mut endpoint = base.clone();
    let base_path = endpoint.path().trim_end_matches('/');
    endpoint.set_path(&format!("{base_path}{path}"));
    endpoint
}

/// The body of the answer to a call, of at most so many bytes.
pub(super) async fn read(request: RequestBuilder, bytes_max: usize) -> Result<Vec<u8>, Failure> {
    let response = request.send().await?;
    if !response.status().is_success() {
        return Err(Failure::Status(response.status().as_u16()));
    }
    read_body(response, bytes_max).await
}

/// Makes a call whose answer says all by its status: nothing else of it is read.
pub(super) async fn deliver(request: RequestBuilder) -> Result<(), Failure> {
    let status = request.send().await?.status();
    if status.is_success() {
        Ok(())
    } else {
        Err(Failure::Status(status.as_u16()))
    }
}

/// The status and the body of the answer to a call, of at most so many bytes: for platforms that say in the body why
/// they refuse.
pub(super) async fn read_any(
    request: RequestBuilder,
    bytes_max: usize,
) -> Result<(u16, Vec<u8>), Failure> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    Ok((status, read_body(response, bytes_max).await?))
}

async fn read_body(mut response: Response, bytes_max: usize) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > bytes_max {
            return Err(Failure::AnswerTooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
