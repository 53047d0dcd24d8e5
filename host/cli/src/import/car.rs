//! Repositories of Bluesky: blocks of DAG-CBOR in a CAR file.
//!
//! A record does not hold its own key; the tree of the repository does. So the file is read twice: once for the tree, of which a few
//! dozen bytes a record stay in memory, once for the records.
//!
//! # Source
//! AT Protocol, "Repository" (commit, Merkle search tree); IPLD, "CARv1" and "DAG-CBOR".

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use ciborium::Value as Cbor;
use serde_json::{Map, Value as Json};

use super::rows::Place;

/// Longest block that is read; the protocol allows one million bytes a record.
const LONGEST_BLOCK: u64 = 4 << 20;
/// The tag of a link to another block.
const LINK: u64 = 42;
const POSTS: &str = "app.bsky.feed.post/";

/// What identifies a block.
type Cid = Vec<u8>;

/// A repository being read.
pub(crate) struct Repository {
    blocks: Blocks,
    did: String,
    keys: HashMap<Cid, String>,
    place: Place,
}

/// One post with its address, or why a block that should be one is none; and where it ends.
pub(crate) type Post = (Place, Result<(String, Json), String>);

impl Repository {
    /// Reads the tree, then goes behind `place`.
    pub(crate) fn open(path: &Path, place: Place) -> io::Result<Self> {
        let mut blocks = Blocks::open(path)?;
        let (mut did, mut keys) = (None, HashMap::new());
        while let Some((_, bytes)) = blocks.next()? {
            let Ok(block) = ciborium::from_reader::<Cbor, _>(bytes.as_slice()) else { continue };
            if let (Some(name), Some(_)) = (text(&block, "did"), field(&block, "data")) {
                did = Some(name);
            } else if let Some(Cbor::Array(entries)) = field(&block, "e") {
                leaves(entries, &mut keys);
            }
        }
        let did =
            did.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it has no commit that names whose repository it is"))?;
        let mut blocks = Blocks::open(path)?;
        while blocks.byte < place.byte && blocks.next()?.is_some() {}
        Ok(Self { blocks, did, keys, place })
    }

    /// The next post; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Post>> {
        while let Some((cid, bytes)) = self.blocks.next()? {
            let Some(key) = self.keys.get(&cid) else { continue };
            self.place = Place { byte: self.blocks.byte, row: self.place.row + 1 };
            let content = ciborium::from_reader::<Cbor, _>(bytes.as_slice()).map_err(|error| format!("is no DAG-CBOR: {error}"));
            let post = content.map(|content| (format!("at://{}/{POSTS}{key}", self.did), json(content)));
            return Ok(Some((self.place, post)));
        }
        Ok(None)
    }
}

/// The posts among the entries of a node: each key repeats the beginning of the one before.
fn leaves(entries: &[Cbor], keys: &mut HashMap<Cid, String>) {
    let mut last: Vec<u8> = Vec::new();
    for entry in entries {
        let shared = field(entry, "p").and_then(Cbor::as_integer).and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
        let Some(rest) = field(entry, "k").and_then(Cbor::as_bytes) else { continue };
        last.truncate(shared);
        last.extend_from_slice(rest);
        let Some(Cbor::Tag(LINK, link)) = field(entry, "v") else { continue };
        let Some(link) = link.as_bytes() else { continue };
        if let Some(key) = std::str::from_utf8(&last).ok().and_then(|key| key.strip_prefix(POSTS)) {
            // A link begins with a zero byte that the block's own name lacks.
            keys.insert(link.strip_prefix(&[0]).unwrap_or(link).to_vec(), key.to_owned());
        }
    }
}

fn field<'a>(map: &'a Cbor, name: &str) -> Option<&'a Cbor> {
    map.as_map()?.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value)
}

fn text(map: &Cbor, name: &str) -> Option<String> {
    field(map, name)?.as_text().map(str::to_owned)
}

/// What a post holds, as JSON: links and bytes of media are left out, nobody reads them here.
fn json(value: Cbor) -> Json {
    match value {
        Cbor::Text(text) => Json::String(text),
        Cbor::Bool(flag) => Json::Bool(flag),
        Cbor::Integer(number) => i64::try_from(number).map_or(Json::Null, Json::from),
        Cbor::Float(number) => Json::from(number),
        Cbor::Array(list) => Json::Array(list.into_iter().map(json).collect()),
        Cbor::Map(map) => {
            let pairs = map.into_iter().filter_map(|(key, value)| Some((key.into_text().ok()?, json(value))));
            Json::Object(pairs.collect::<Map<_, _>>())
        }
        _ => Json::Null,
    }
}

/// The blocks of a file.
struct Blocks {
    reader: BufReader<File>,
    byte: u64,
}

impl Blocks {
    fn open(path: &Path) -> io::Result<Self> {
        let mut blocks = Self { reader: BufReader::with_capacity(1 << 16, File::open(path)?), byte: 0 };
        let heading = blocks.varint()?.ok_or_else(broken)?;
        blocks.take(heading)?;
        Ok(blocks)
    }

    /// The next block's name and content.
    fn next(&mut self) -> io::Result<Option<(Cid, Vec<u8>)>> {
        let Some(length) = self.varint()? else { return Ok(None) };
        let bytes = self.take(length)?;
        // Version 1, codec, hash and its length are a byte each in every repository; the hash itself has 32.
        const CID_BYTES: usize = 36;
        if bytes.len() < CID_BYTES || bytes[0] != 1 {
            return Err(broken());
        }
        let (cid, content) = bytes.split_at(CID_BYTES);
        Ok(Some((cid.to_vec(), content.to_vec())))
    }

    fn take(&mut self, length: u64) -> io::Result<Vec<u8>> {
        if length > LONGEST_BLOCK {
            return Err(broken());
        }
        let mut bytes = Vec::new();
        let read = Read::take(&mut self.reader, length).read_to_end(&mut bytes)?;
        if read as u64 != length {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the repository ends in the middle of a block"));
        }
        self.byte += length;
        Ok(bytes)
    }

    /// A length; `None` at the end of the file.
    fn varint(&mut self) -> io::Result<Option<u64>> {
        let mut number = 0_u64;
        for shift in (0..63).step_by(7) {
            let mut byte = [0];
            if self.reader.read(&mut byte)? == 0 {
                return if shift == 0 { Ok(None) } else { Err(broken()) };
            }
            self.byte += 1;
            number |= u64::from(byte[0] & 0x7f) << shift;
            if byte[0] & 0x80 == 0 {
                return Ok(Some(number));
            }
        }
        Err(broken())
    }
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it is no repository: a block is broken")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn pair(name: &str, value: Cbor) -> (Cbor, Cbor) {
        (Cbor::Text(name.to_owned()), value)
    }

    fn cid(number: u8) -> Cid {
        [&[1, 0x71, 0x12, 32][..], &[number; 32]].concat()
    }

    fn link(number: u8) -> Cbor {
        Cbor::Tag(LINK, Box::new(Cbor::Bytes([&[0][..], &cid(number)].concat())))
    }

    fn block(into: &mut Vec<u8>, number: u8, content: &Cbor) {
        let mut bytes = cid(number);
        ciborium::into_writer(content, &mut bytes).expect("written");
        assert!(bytes.len() < 1 << 14);
        into.extend([(bytes.len() & 0x7f) as u8 | 0x80, (bytes.len() >> 7) as u8]);
        into.extend(bytes);
    }

    fn repository() -> Vec<u8> {
        let post = |text: &str| {
            Cbor::Map(vec![pair("$type", Cbor::Text("app.bsky.feed.post".into())), pair("text", Cbor::Text(text.into()))])
        };
        let entry = |p: u8, k: &str, v: u8| {
            Cbor::Map(vec![pair("p", Cbor::Integer(p.into())), pair("k", Cbor::Bytes(k.into())), pair("v", link(v))])
        };
        let mut heading = Vec::new();
        ciborium::into_writer(
            &Cbor::Map(vec![pair("roots", Cbor::Array(vec![link(9)])), pair("version", Cbor::Integer(1.into()))]),
            &mut heading,
        )
        .expect("written");
        let mut file = vec![heading.len() as u8];
        file.extend(heading);
        block(&mut file, 9, &Cbor::Map(vec![pair("did", Cbor::Text("did:plc:a".into())), pair("data", link(8))]));
        let nodes = vec![entry(0, "app.bsky.feed.like/1", 3), entry(14, "post/3kaa", 1), entry(22, "b", 2)];
        block(&mut file, 8, &Cbor::Map(vec![pair("e", Cbor::Array(nodes)), pair("l", Cbor::Null)]));
        block(&mut file, 1, &post("one"));
        block(&mut file, 3, &Cbor::Map(vec![pair("$type", Cbor::Text("app.bsky.feed.like".into()))]));
        block(&mut file, 2, &post("two"));
        file
    }

    fn read(bytes: &[u8], place: Place) -> io::Result<Vec<Post>> {
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(bytes)?;
        let mut repository = Repository::open(file.path(), place)?;
        std::iter::from_fn(|| repository.next().transpose()).collect()
    }

    #[test]
    fn posts_are_found_with_their_keys_and_from_every_place_on() {
        let posts = read(&repository(), Place::default()).expect("readable");
        let told: Vec<_> =
            posts.iter().map(|(_, post)| post.as_ref().map(|(uri, content)| (uri.as_str(), content["text"].as_str()))).collect();
        assert_eq!(
            told,
            [
                Ok(("at://did:plc:a/app.bsky.feed.post/3kaa", Some("one"))),
                Ok(("at://did:plc:a/app.bsky.feed.post/3kab", Some("two"))),
            ]
        );
        assert_eq!(read(&repository(), posts[0].0).expect("readable"), posts[1..]);
        assert_eq!(read(&repository(), posts[1].0).expect("readable"), []);
    }

    #[test]
    fn a_broken_repository_is_an_error_wherever_it_breaks() {
        let whole = repository();
        for end in 0..whole.len() {
            // Cut between two blocks it is a shorter one; nowhere may it panic.
            let _ = read(&whole[..end], Place::default());
        }
        assert!(read(b"", Place::default()).is_err());
        assert!(read(&[0xff; 40], Place::default()).is_err());
        assert!(read(&whole[..whole.len() - 3], Place::default()).is_err());
    }
}
