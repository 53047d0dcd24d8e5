//! The miniature internet over real connections: routes, faults, limits, the control interface, the program.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use vigie_internet::fault::{Answer, Fault, RetryAfter};
use vigie_internet::limit::Limit;
use vigie_internet::{ControlError, Options, start};

/// Sends one request and reads until the server closes; gives head and body.
fn talk(addr: SocketAddr, method: &str, target: &str, body: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(addr).expect("the server listens");
    let length = body.len();
    write!(
        stream,
        "{method} {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .expect("the server reads");
    let mut all = Vec::new();
    // A connection that is broken off is one of the faults, so what came until then is the answer.
    let _ = stream.read_to_end(&mut all);
    let end = all.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    (String::from_utf8_lossy(&all[..end]).into_owned(), all[end + 4..].to_vec())
}

fn status(head: &str) -> u16 {
    head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status line")
}

fn get(addr: SocketAddr, target: &str) -> (u16, Vec<u8>) {
    let (head, body) = talk(addr, "GET", target, "");
    (status(&head), body)
}

const SEARCH: &str = "/hn.algolia.com/api/v1/search_by_date?query=lumio&hitsPerPage=2";

#[test]
fn services_stand_under_the_hosts_of_their_origins() {
    let internet = start(Options::default()).expect("loopback is free");
    let (status, body) = get(internet.addr(), SEARCH);
    assert_eq!(status, 200);
    assert!(String::from_utf8_lossy(&body).contains("\"hits\""));
    assert_eq!(get(internet.addr(), "/nobody.example/x").0, 404);
    let seen = internet.requests();
    assert_eq!((seen[0].host.as_str(), seen[0].status, seen[1].status), ("hn.algolia.com", 200, 404));
    assert_eq!(seen[0].target, "/api/v1/search_by_date?query=lumio&hitsPerPage=2");
    internet.shutdown();
}

#[test]
fn faults_strike_the_request_they_were_meant_for() {
    let internet = start(Options::default()).expect("loopback is free");
    let addr = internet.addr();
    internet.fault(Fault::on("hn.algolia.com").nth(2).times(2).answer(Answer::Status(503)));
    internet.fault(Fault::on("forum.phones.example").path("/posts.json").answer(Answer::TooMany(RetryAfter::Date(60))));
    assert_eq!([get(addr, SEARCH).0, get(addr, SEARCH).0, get(addr, SEARCH).0, get(addr, SEARCH).0], [200, 503, 503, 200]);
    let (head, _) = talk(addr, "GET", "/forum.phones.example/posts.json", "");
    assert_eq!(status(&head), 429);
    assert!(head.contains("retry-after: Sun, 22 Nov 2026 08:01:00 GMT"), "{head}");
    assert_eq!(get(addr, "/forum.phones.example/latest.json").0, 200);
    internet.clear_faults();
    assert_eq!(get(addr, "/forum.phones.example/posts.json").0, 200);
}

#[test]
fn a_redirect_loop_names_the_real_origin() {
    let internet = start(Options::default()).expect("loopback is free");
    internet.fault(Fault::on("hn.algolia.com").answer(Answer::RedirectLoop));
    let (head, _) = talk(internet.addr(), "GET", SEARCH, "");
    assert_eq!(status(&head), 302);
    assert!(head.contains("location: https://hn.algolia.com/api/v1/search_by_date?query=lumio&hitsPerPage=2"), "{head}");
}

#[test]
fn a_bomb_is_small_on_the_wire_and_large_when_opened() {
    let internet = start(Options::default()).expect("loopback is free");
    internet.fault(Fault::on("hn.algolia.com").answer(Answer::GzipBomb { mebibytes: 40 }));
    let (head, body) = talk(internet.addr(), "GET", SEARCH, "");
    assert!(head.contains("content-encoding: gzip"));
    assert!(body.len() < 200_000, "{} bytes on the wire", body.len());
    // The body is chunked; each chunk has its size in a line before it.
    let mut packed = Vec::new();
    let mut rest = body.as_slice();
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).expect("digits"), 16).expect("a size");
        packed.extend(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
        if size == 0 {
            break;
        }
    }
    let mut opened = 0;
    let mut decoder = flate2::read::GzDecoder::new(packed.as_slice());
    let mut buffer = vec![0; 1 << 16];
    while let Ok(read @ 1..) = decoder.read(&mut buffer) {
        opened += read;
    }
    assert_eq!(opened, 40 << 20);
}

#[test]
fn a_broken_connection_brings_nothing_and_a_cut_one_less_than_it_promised() {
    let internet = start(Options::default()).expect("loopback is free");
    internet.fault(Fault::on("hn.algolia.com").nth(1).answer(Answer::Reset));
    internet.fault(Fault::on("hn.algolia.com").nth(2).answer(Answer::Cut));
    let mut stream = TcpStream::connect(internet.addr()).expect("the server listens");
    write!(stream, "GET {SEARCH} HTTP/1.1\r\nhost: x\r\n\r\n").expect("the server reads");
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all);
    assert!(all.is_empty(), "{}", String::from_utf8_lossy(&all));
    let (head, body) = talk(internet.addr(), "GET", SEARCH, "");
    let promised = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    assert_eq!(body.len(), promised.parse::<usize>().expect("digits") / 2);
    assert_eq!(internet.requests()[0].status, 0);
}

#[test]
fn a_slow_body_is_whole_in_the_end() {
    let internet = start(Options::default()).expect("loopback is free");
    let right = get(internet.addr(), SEARCH).1;
    internet.fault(Fault::on("hn.algolia.com").answer(Answer::SlowBody { pause_ms: 1, pieces: 4 }));
    let (_, body) = get(internet.addr(), SEARCH);
    let text = String::from_utf8_lossy(&body);
    assert!(text.contains("\"processingTimeMS\"") && body.len() > right.len(), "chunk sizes come on top of the same bytes");
}

#[test]
fn a_forum_over_its_limit_refuses_in_plain_text() {
    let internet = start(Options::default()).expect("loopback is free");
    internet.limit("forum.phones.example", Limit { every: 1, refusals: 1, retry_after_secs: 3 });
    assert_eq!(get(internet.addr(), "/forum.phones.example/latest.json").0, 200);
    let (head, body) = talk(internet.addr(), "GET", "/forum.phones.example/latest.json", "");
    assert_eq!(status(&head), 429);
    for part in ["content-type: text/plain", "retry-after: 3", "discourse-rate-limit-error-code: ip_10_secs_limit"] {
        assert!(head.contains(part), "{part} is missing in {head}");
    }
    assert!(String::from_utf8_lossy(&body).starts_with("Slow down"));
    assert_eq!(get(internet.addr(), "/forum.phones.example/latest.json").0, 200);
}

#[test]
fn time_edits_and_removals_show_at_once() {
    let internet = start(Options::default()).expect("loopback is free");
    let before = internet.visible();
    let later = internet.now() + std::time::Duration::from_secs(2 * 86_400);
    internet.advance_to(later);
    let after = internet.visible();
    assert!(before.iter().all(|(name, count)| after[name] >= *count));
    assert!(after.values().sum::<usize>() > before.values().sum::<usize>() + 40);

    let newest = |addr| -> Value {
        let (_, body) = get(addr, "/forum.phones.example/posts.json");
        serde_json::from_slice::<Value>(&body).expect("JSON")["latest_posts"][0].clone()
    };
    let post = newest(internet.addr());
    let path = format!("forum.phones.example/{}", post["id"]);
    internet.edit(&path, "Changed my mind.").expect("the post is there");
    let edited = newest(internet.addr());
    assert_eq!((edited["id"].clone(), edited["cooked"].as_str()), (post["id"].clone(), Some("<p>Changed my mind.</p>")));
    assert!(edited["version"].as_u64() > post["version"].as_u64());
    internet.delete(&path).expect("the post is there");
    assert_ne!(newest(internet.addr())["id"], post["id"]);
    assert!(matches!(internet.delete("hackernews/1"), Err(ControlError::NoItem { .. })));
    assert!(matches!(internet.delete("myspace/1"), Err(ControlError::NoService { .. })));
    assert!(matches!(internet.delete("1"), Err(ControlError::NoPath(_))));
}

#[test]
fn scripts_control_the_program_and_end_it() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_vigie-internet"))
        .args(["--now", "2026-11-22T08:00:00Z", "--for", "60", "--no-limits"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut lines = BufReader::new(program.stdout.take().expect("its output is ours")).lines();
    let address = lines.next().expect("a first line").expect("readable");
    let addr: SocketAddr = address.strip_prefix("http://").expect("an address").parse().expect("an address");
    let (head, body) = talk(addr, "POST", "/_control/advance", &json!({ "to": "2026-11-25T08:00:00Z" }).to_string());
    assert_eq!(status(&head), 200);
    assert!(String::from_utf8_lossy(&body).contains("2026-11-25T08:00:00Z"));
    let fault = json!({ "host": "hn.algolia.com", "answer": { "status": 410 } });
    assert_eq!(status(&talk(addr, "POST", "/_control/fault", &fault.to_string()).0), 200);
    assert_eq!(get(addr, SEARCH).0, 410);
    assert_eq!(status(&talk(addr, "POST", "/_control/delete", &json!({ "id": "hackernews/1" }).to_string()).0), 404);
    assert_eq!(status(&talk(addr, "POST", "/_control/advance", "{}").0), 422);
    assert_eq!(status(&talk(addr, "POST", "/_control/shutdown", "").0), 200);
    assert!(program.wait().expect("it ends").success());
    let rest: Vec<_> = lines.map(|line| line.expect("readable")).collect();
    assert!(rest.iter().any(|line| line == "[network.reroute]"));
    assert!(rest.contains(&format!("\"https://hn.algolia.com\" = \"{address}/hn.algolia.com\"")));
}
