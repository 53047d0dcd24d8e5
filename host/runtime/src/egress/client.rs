//! One exchange over the network: names to public addresses, TLS, limits, decompression.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::address::{PrivateAddress, judge};
use super::policy::NetworkPolicy;
use crate::http::HttpResponse;

/// Headers of one answer, all together.
const MAX_HEADER_BYTES: usize = 64 * 1024;

/// How names become addresses.
#[derive(Debug, Clone, Default)]
pub enum Names {
    /// As the machine does it.
    #[default]
    System,
    /// From this table alone; other names are not found. For tests.
    Fixed(BTreeMap<String, Vec<IpAddr>>),
}

/// One exchange as it goes over the wire.
pub(crate) struct Outgoing<'a> {
    pub(crate) method: &'a str,
    pub(crate) url: &'a Url,
    pub(crate) headers: &'a [(String, String)],
    pub(crate) body: Option<&'a [u8]>,
    /// The operator's own target: its address is not judged.
    pub(crate) trusted: bool,
    pub(crate) max_body: u64,
    /// Keep the beginning of a body that is too large, instead of refusing it.
    pub(crate) cut: bool,
}

/// Why an exchange came to nothing.
#[derive(Debug)]
pub(crate) enum WireError {
    /// The name leads to an address that is not public.
    Private(PrivateAddress),
    /// Nothing was sent: name not found, refused, TLS failed.
    Unreached(String),
    /// Broke off after something was sent.
    Broken(String),
    /// The answer is larger than allowed.
    TooLarge,
    /// The request cannot be written.
    Unwritable(String),
}

/// What sends requests: the network, or a test's script.
pub(crate) trait Wire: Send + Sync {
    /// Sends and reads the whole answer. Does not bound time: the caller drops it.
    fn send<'a>(&'a self, outgoing: Outgoing<'a>) -> BoxFuture<'a, Result<HttpResponse, WireError>>;
}

/// The network.
pub(crate) struct Client {
    policy: Arc<NetworkPolicy>,
    // Made when first needed: reading the machine's certificates takes longer than `vigie check` may.
    judged: OnceLock<Result<reqwest::Client, String>>,
    trusted: OnceLock<Result<reqwest::Client, String>>,
}

impl Client {
    pub(crate) fn new(policy: Arc<NetworkPolicy>) -> Self {
        Self { policy, judged: OnceLock::new(), trusted: OnceLock::new() }
    }

    fn build(&self, trusted: bool) -> Result<reqwest::Client, String> {
        // Whoever was first has installed the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            reqwest::Client::builder()
                .user_agent(self.policy.agent())
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                // A proxy of the environment would resolve names itself, past every check.
                .no_proxy()
                .connect_timeout(self.policy.connect_timeout)
                .pool_idle_timeout(std::time::Duration::from_secs(30))
                .pool_max_idle_per_host(8)
                .dns_resolver(Arc::new(Resolver { policy: self.policy.clone(), trusted }))
        };
        // A machine without certificates can still speak in the clear, to a gateway of its own for instance.
        builder().build().or_else(|_| builder().tls_certs_only([]).build()).map_err(|error| causes(&error))
    }

    async fn exchange(&self, outgoing: Outgoing<'_>) -> Result<HttpResponse, WireError> {
        let Outgoing { method, url, headers, body, trusted, max_body, cut } = outgoing;
        if !trusted {
            self.judge_literal(url)?;
        }
        let cell = if trusted { &self.trusted } else { &self.judged };
        let client = cell.get_or_init(|| self.build(trusted)).as_ref().map_err(|error| WireError::Unreached(error.clone()))?;
        let method =
            reqwest::Method::from_bytes(method.as_bytes()).map_err(|_| WireError::Unwritable("the method".to_owned()))?;
        let mut request = client.request(method, url.clone()).headers(header_map(headers)?);
        if let Some(body) = body {
            request = request.body(body.to_vec());
        }
        let mut answer = request.send().await.map_err(|error| sort(&error, false))?;
        if !trusted && let Some(peer) = answer.remote_addr() {
            // The names were judged before connecting; this holds whatever a library does between.
            judge(url.host_str().unwrap_or_default(), peer.ip(), &self.policy.allow_private).map_err(WireError::Private)?;
        }
        if !cut && answer.content_length().is_some_and(|length| length > max_body) {
            return Err(WireError::TooLarge);
        }
        let (status, headers) = (answer.status().as_u16(), header_list(answer.headers())?);
        let mut body: Vec<u8> = Vec::new();
        // Counted as it is unpacked, a chunk at a time: a bomb costs no more memory than the limit.
        while let Some(chunk) = answer.chunk().await.map_err(|error| sort(&error, true))? {
            let room = usize::try_from(max_body).unwrap_or(usize::MAX).saturating_sub(body.len());
            if chunk.len() > room {
                if !cut {
                    return Err(WireError::TooLarge);
                }
                body.extend_from_slice(&chunk[..room]);
                break;
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpResponse { status, url: String::new(), headers, body })
    }

    /// An address written out in the URL never passes the resolver.
    fn judge_literal(&self, url: &Url) -> Result<(), WireError> {
        let (host, address) = match url.host() {
            Some(url::Host::Ipv4(address)) => (address.to_string(), IpAddr::V4(address)),
            Some(url::Host::Ipv6(address)) => (format!("[{address}]"), IpAddr::V6(address)),
            _ => return Ok(()),
        };
        judge(&host, address, &self.policy.allow_private).map_err(WireError::Private)
    }
}

impl Wire for Client {
    fn send<'a>(&'a self, outgoing: Outgoing<'a>) -> BoxFuture<'a, Result<HttpResponse, WireError>> {
        Box::pin(self.exchange(outgoing))
    }
}

fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, WireError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        // The value may hold a secret, so only the name is shown.
        let unwritable = || WireError::Unwritable(format!("the header `{}`", name.escape_debug()));
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unwritable())?;
        map.append(key, HeaderValue::from_str(value).map_err(|_| unwritable())?);
    }
    Ok(map)
}

fn header_list(map: &HeaderMap) -> Result<Vec<(String, String)>, WireError> {
    let size: usize = map.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if size > MAX_HEADER_BYTES {
        return Err(WireError::TooLarge);
    }
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Ok(map.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect())
}

/// Turns names into addresses and lets only the permitted ones through, so that what is judged is what is connected to.
struct Resolver {
    policy: Arc<NetworkPolicy>,
    trusted: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (policy, trusted, host) = (self.policy.clone(), self.trusted, name.as_str().to_owned());
        Box::pin(async move {
            let found = lookup(&policy.names, &host).await?;
            if trusted {
                return Ok(Box::new(found.into_iter()) as Addrs);
            }
            let mut refused = None;
            let mut good = Vec::new();
            for address in found {
                match judge(&host, address.ip(), &policy.allow_private) {
                    Ok(()) => good.push(address),
                    Err(private) => refused = Some(private),
                }
            }
            match refused {
                Some(private) if good.is_empty() => Err(private.into()),
                _ => Ok(Box::new(good.into_iter()) as Addrs),
            }
        })
    }
}

#[derive(Debug)]
struct NotFound(String);

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the name {} is not found", self.0)
    }
}

impl Error for NotFound {}

async fn lookup(names: &Names, host: &str) -> Result<Vec<SocketAddr>, Box<dyn Error + Send + Sync>> {
    let found: Vec<_> = match names {
        Names::System => match tokio::net::lookup_host((host, 0)).await {
            Ok(found) => found.collect(),
            Err(_) => Vec::new(),
        },
        Names::Fixed(table) => table.get(host).into_iter().flatten().map(|ip| SocketAddr::new(*ip, 0)).collect(),
    };
    if found.is_empty() { Err(Box::new(NotFound(host.to_owned()))) } else { Ok(found) }
}

fn sort(error: &reqwest::Error, reading: bool) -> WireError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(this) = cause {
        if let Some(private) = this.downcast_ref::<PrivateAddress>() {
            return WireError::Private(private.clone());
        }
        cause = this.source();
    }
    if error.is_connect() {
        WireError::Unreached(if error.is_timeout() { "it did not answer in time".to_owned() } else { causes(error) })
    } else if reading && error.is_decode() && !error.is_timeout() {
        WireError::Broken(format!("the answer is damaged or broke off ({})", causes(error)))
    } else {
        WireError::Broken(causes(error))
    }
}

/// The innermost cause, which is the one that says something; the outer ones hold the address, which may hold a secret.
fn causes(error: &reqwest::Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(next) = innermost.source() {
        innermost = next;
    }
    if std::ptr::addr_eq(innermost, error) {
        // Without a cause the error has only its own words; its address is cut off.
        let text = error.to_string();
        return text.split(" for url").next().unwrap_or_default().to_owned();
    }
    innermost.to_string()
}
