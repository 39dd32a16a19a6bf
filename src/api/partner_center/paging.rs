//! Pages of long lists: the seek style with its tokens, and the offset style
//! (contract: partner-center-conventions.md §7).

use std::fmt::Display;
use std::ops::Bound;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

use super::codes::{Code, code};
use super::fault::{Fault, unknown_word};
use super::resource::{CollectionLinks, KeyValue, Link};
use crate::api::call::Call;
use crate::api::json;

/// What a token that does not fit is answered with.
pub const INVALID_TOKEN: Code = code(2000, 400);

/// Header, and for some clients query parameter, of a token.
pub const TOKEN: &str = "MS-ContinuationToken";

/// What is escaped in a link.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// How many items a page may have.
#[derive(Debug, Clone, Copy)]
pub struct PageSize {
    /// When the client does not say.
    pub default: usize,
    /// At most.
    pub max: usize,
}

impl PageSize {
    /// The size a call asks for; 0 means the default.
    pub fn of(self, call: &Call<'_>) -> Result<usize, Fault> {
        Ok(self.named(call, "size")?.unwrap_or(self.default))
    }

    /// The size that a call names; none when it leaves it to the list.
    fn named(self, call: &Call<'_>, name: &'static str) -> Result<Option<usize>, Fault> {
        let asked: Option<i64> = call.query_value(name)?;
        match asked {
            None | Some(0) => Ok(None),
            Some(size) => match usize::try_from(size) {
                Ok(size) if size <= self.max => Ok(Some(size)),
                _ => Err(Fault::invalid(name, &format!("must be 1 to {}", self.max))),
            },
        }
    }
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place<K> {
    First,
    Last,
    After(K),
    Before(K),
}

/// What a call asks of a list in the seek style. `K` is the key that orders the list.
#[derive(Debug, Clone)]
pub struct Seek<K> {
    size: usize,
    place: Place<K>,
    /// What the tokens of this list and filter carry, so that those of another are told apart.
    list: String,
    /// Query of a link to the same list, without operation.
    query: String,
    /// The filter of the list, which its tokens carry on.
    filter: String,
    sent: Option<(&'static str, String)>,
}

const OPERATIONS: [&str; 5] = ["next", "previous", "first", "last", "page_index"];

impl<K: Clone + Display + FromStr> Seek<K> {
    /// Reads size, operation, token and filter of a call.
    ///
    /// A token without operation means the next page [choice]. The token stands for a page, so that
    /// the same token leads on and back. A query of the SDKs that goes on by a token names neither
    /// size nor filter any more (real-clients.md §6): both are then those of the token.
    pub fn of(call: &Call<'_>, sizes: PageSize) -> Result<Self, Fault> {
        let filter = filter_text(call).unwrap_or_default();
        let mut list = name_of(call);
        list.push(' ');
        list.push_str(&filter);
        let mut query = String::new();
        if !filter.is_empty() {
            query.push_str("&filter=");
            query.extend(utf8_percent_encode(&filter, ESCAPED));
        }
        let mut seek = Self::in_list(call, (sizes, "size"), list, &query)?;
        seek.filter = filter;
        Ok(seek)
    }

    /// The same for a list that the named parameters of the query choose; they go with every call.
    pub fn filtered(
        call: &Call<'_>,
        size: (PageSize, &'static str),
        names: &[&str],
    ) -> Result<Self, Fault> {
        let mut query = String::new();
        let mut list = name_of(call);
        for name in names {
            let value = call.query().get(name).unwrap_or("");
            list.push(' ');
            list.push_str(value);
            if !value.is_empty() {
                query.extend(["&", name, "="]);
                query.extend(utf8_percent_encode(value, ESCAPED));
            }
        }
        Self::in_list(call, size, list, &query)
    }

    /// The same for a list that goes by several addresses: `list` is what it is, `query` what links
    /// to it carry besides size and operation, each part with a leading `&`. The size is read from
    /// the parameter of that name.
    pub fn in_list(
        call: &Call<'_>,
        (sizes, size_name): (PageSize, &'static str),
        list: String,
        query: &str,
    ) -> Result<Self, Fault> {
        let asked = sizes.named(call, size_name)?;
        let token = sent_token(call);
        let operation = operation(call, token.is_some())?;
        let read = token.and_then(|token| Token::<K>::read(&list, token));
        let size = asked
            .or_else(|| read.as_ref().map(|token| token.size.clamp(1, sizes.max)))
            .unwrap_or(sizes.default);
        let query = format!("size={size}{query}");
        let page = || -> Result<Token<K>, Fault> {
            if token.is_none() {
                return Err(refuse(format!("seekOperation={operation} needs the header {TOKEN}")));
            }
            read.ok_or_else(|| {
                refuse(format!("{TOKEN} is not a token of this list and filter; begin again"))
            })
        };
        let (place, name) = match operation {
            "next" => (Place::After(page()?.last), "Next"),
            "previous" => (Place::Before(page()?.first), "Previous"),
            "last" => (Place::Last, "Last"),
            "page_index" => {
                let reason = "PageIndex is not possible here; use Next, Previous, First or Last";
                return Err(Fault::invalid("seekOperation", reason));
            }
            _ => (Place::First, "First"),
        };
        let sent = call
            .query()
            .get("seekOperation")
            .is_some()
            .then(|| (name, token.unwrap_or("").to_owned()));
        Ok(Self { size, place, list, query, filter: String::new(), sent })
    }

    /// The range of keys in which the page lies.
    pub fn bounds(&self) -> (Bound<K>, Bound<K>) {
        match &self.place {
            Place::First | Place::Last => (Bound::Unbounded, Bound::Unbounded),
            Place::After(key) => (Bound::Excluded(key.clone()), Bound::Unbounded),
            Place::Before(key) => (Bound::Unbounded, Bound::Excluded(key.clone())),
        }
    }

    /// Takes the page out of the rows within [`Self::bounds`], ascending. Looks at no more rows than
    /// it takes to fill the page and to see whether another follows.
    pub fn take<T>(
        &self,
        mut rows: impl DoubleEndedIterator<Item = (K, T)>,
    ) -> Result<SeekPage<'_, K, T>, Fault> {
        let backwards = matches!(self.place, Place::Last | Place::Before(_));
        let mut next_row = || if backwards { rows.next_back() } else { rows.next() };
        let mut items = Vec::with_capacity(self.size.min(1024));
        while items.len() < self.size {
            let Some(row) = next_row() else { break };
            items.push(row);
        }
        let more = items.len() == self.size && next_row().is_some();
        if backwards {
            items.reverse();
        }
        let (previous, next) = match self.place {
            Place::First => (false, more),
            Place::After(_) => (true, more),
            Place::Last => (more, false),
            Place::Before(_) => (more, true),
        };
        if items.is_empty() && (previous || next) {
            return Err(refuse(format!("the {TOKEN} has led to the end; there is no such page")));
        }
        let mut keys = items.iter().map(|(key, _)| key.clone());
        let ends = keys.next().map(|first| (first.clone(), keys.next_back().unwrap_or(first)));
        let items = items.into_iter().map(|(_, item)| item).collect();
        Ok(SeekPage { seek: self, items, ends, previous, next })
    }
}

/// A page in the seek style.
#[derive(Debug)]
pub struct SeekPage<'s, K, T> {
    seek: &'s Seek<K>,
    /// Its items, ascending.
    pub items: Vec<T>,
    ends: Option<(K, K)>,
    previous: bool,
    next: bool,
}

impl<K: Display, T> SeekPage<'_, K, T> {
    /// The token that leads on; absent on the last page.
    pub fn continuation_token(&self) -> Option<String> {
        if self.next { self.token() } else { None }
    }

    /// Links to this and the neighbouring pages of the list at `uri`, which has no query.
    pub fn links(&self, uri: &str) -> CollectionLinks {
        let query = &self.seek.query;
        let link = |operation: &str, token: String| Link {
            uri: format!("{uri}?{query}&seekOperation={operation}"),
            method: "GET",
            headers: vec![KeyValue { key: TOKEN.to_owned(), value: token }],
        };
        let neighbour = |there: bool, operation| {
            self.token().filter(|_| there).map(|token| link(operation, token))
        };
        let self_link = match &self.seek.sent {
            Some((operation, token)) if !token.is_empty() => link(operation, token.clone()),
            Some((operation, _)) => Link::get(format!("{uri}?{query}&seekOperation={operation}")),
            None => Link::get(format!("{uri}?{query}")),
        };
        CollectionLinks {
            self_link: Some(self_link),
            next: neighbour(self.next, "Next"),
            previous: neighbour(self.previous, "Previous"),
        }
    }

    fn token(&self) -> Option<String> {
        let (first, last) = self.ends.as_ref()?;
        let Seek { list, filter, size, .. } = self.seek;
        Some(Token { first, last, size: *size, filter: filter.clone() }.write(list))
    }
}

fn operation(call: &Call<'_>, has_token: bool) -> Result<&'static str, Fault> {
    let words: &'static [&'static str] = &OPERATIONS;
    match call.query().get("seekOperation") {
        None if has_token => Ok("next"),
        None => Ok("first"),
        Some(given) => json::find_word(words, given)
            .ok_or_else(|| unknown_word("seekOperation", given, "Next, Previous, First, Last")),
    }
}

fn refuse(reason: String) -> Fault {
    Fault::new(INVALID_TOKEN).because(reason)
}

const CHECKSUM: usize = 8;

fn checksum(list: &str, keys: &[u8]) -> [u8; CHECKSUM] {
    let list = Uuid::new_v5(&Uuid::NAMESPACE_URL, list.as_bytes());
    let hash = Uuid::new_v5(&list, keys);
    let mut checksum = [0; CHECKSUM];
    checksum.copy_from_slice(&hash.as_bytes()[..CHECKSUM]);
    checksum
}

/// The longest filter that a token carries; with a longer one, each call must name it.
const LONGEST_CARRIED: usize = 1024;

/// What a token says.
#[derive(Debug, PartialEq, Eq)]
struct Token<K> {
    /// Key of the first item of its page.
    first: K,
    /// Key of the last.
    last: K,
    /// Items of a page.
    size: usize,
    /// Filter of the list; empty when it has none.
    filter: String,
}

impl<K: Display> Token<K> {
    /// Checksum, then the parts, parted by zeros.
    fn write(&self, list: &str) -> String {
        let Self { first, last, size, filter } = self;
        let carried = if filter.len() <= LONGEST_CARRIED { filter.as_str() } else { "" };
        let said = format!("{first}\0{last}\0{size}\0{carried}");
        let mut bytes = checksum(list, said.as_bytes()).to_vec();
        bytes.extend_from_slice(said.as_bytes());
        STANDARD.encode(bytes)
    }
}

impl<K: FromStr> Token<K> {
    /// None when it is not a token of that list.
    fn read(list: &str, token: &str) -> Option<Self> {
        let (sum, said) = opened(token)?;
        if sum != checksum(list, said.as_bytes()) {
            return None;
        }
        let mut parts = said.splitn(4, '\0');
        Some(Self {
            first: parts.next()?.parse().ok()?,
            last: parts.next()?.parse().ok()?,
            size: parts.next()?.parse().ok()?,
            filter: parts.next()?.to_owned(),
        })
    }
}

/// Checksum and text of what looks like a token.
fn opened(token: &str) -> Option<([u8; CHECKSUM], String)> {
    const LONGEST: usize = 4096;
    if token.len() > LONGEST {
        return None;
    }
    let bytes = STANDARD.decode(token.trim()).ok()?;
    let (sum, said) = bytes.split_first_chunk::<CHECKSUM>()?;
    Some((*sum, std::str::from_utf8(said).ok()?.to_owned()))
}

/// The token of a call.
fn sent_token<'c>(call: &'c Call<'_>) -> Option<&'c str> {
    let header = call.request.header("ms-continuationtoken").filter(|token| !token.is_empty());
    header.or_else(|| call.query().get(TOKEN))
}

/// The filter of a call to a list: that of its query, else that of its token.
pub fn filter_text(call: &Call<'_>) -> Option<String> {
    if let Some(filter) = call.query().get("filter") {
        return Some(filter.to_owned());
    }
    let (_, said) = opened(sent_token(call)?)?;
    said.splitn(4, '\0').nth(3).filter(|filter| !filter.is_empty()).map(str::to_owned)
}

/// What stands for the list of a call in its tokens, however the path was written.
fn name_of(call: &Call<'_>) -> String {
    let mut name = call.operation.id.to_owned();
    for segment in call.request.path.split('/').filter(|segment| !segment.is_empty()) {
        name.push('/');
        name.push_str(&segment.to_ascii_lowercase());
    }
    name
}

/// What a call asks of a list in the offset style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OffsetPage {
    /// Items at most.
    pub size: usize,
    /// Items to leave out first.
    pub offset: usize,
}

impl OffsetPage {
    /// Reads size and offset of a call.
    pub fn of(call: &Call<'_>, sizes: PageSize) -> Result<Self, Fault> {
        let size = sizes.of(call)?;
        let offset = call.query_value("offset")?.unwrap_or(0);
        Ok(Self { size, offset })
    }

    /// Links to this and the neighbouring pages of a list of `total` items at `uri`. `query` is what
    /// else the query holds, each part with a leading `&`.
    pub fn links(self, uri: &str, query: &str, total: usize) -> CollectionLinks {
        let link =
            |offset: usize| Link::get(format!("{uri}?size={}&offset={offset}{query}", self.size));
        let next = self.offset.saturating_add(self.size);
        CollectionLinks {
            self_link: Some(link(self.offset)),
            next: (next < total).then(|| link(next)),
            // From beyond the end the way back leads to the last page.
            previous: (self.offset > 0)
                .then(|| link(self.offset.min(total).saturating_sub(self.size))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seek(size: usize, place: Place<u32>) -> Seek<u32> {
        let (list, query) = ("list".to_owned(), format!("size={size}"));
        Seek { size, place, list, query, filter: String::new(), sent: None }
    }

    fn page(size: usize, place: Place<u32>, rows: u32) -> Option<(Vec<u32>, bool, bool)> {
        let seek = seek(size, place);
        let (from, to) = seek.bounds();
        let rows = (0..rows)
            .filter(move |key| std::ops::RangeBounds::contains(&(from, to), key))
            .collect::<Vec<_>>();
        let page = seek.take(rows.into_iter().map(|key| (key, key))).ok()?;
        let links = page.links("/rows");
        assert_eq!(page.continuation_token().is_some(), links.next.is_some());
        Some((page.items, links.previous.is_some(), links.next.is_some()))
    }

    #[test]
    fn pages_follow_one_another_in_both_directions() {
        for (place, rows, expected) in [
            (Place::First, 7, Some((vec![0, 1, 2], false, true))),
            (Place::First, 3, Some((vec![0, 1, 2], false, false))),
            (Place::First, 0, Some((vec![], false, false))),
            (Place::After(2), 7, Some((vec![3, 4, 5], true, true))),
            (Place::After(5), 7, Some((vec![6], true, false))),
            (Place::After(6), 7, None),
            (Place::Before(6), 7, Some((vec![3, 4, 5], true, true))),
            (Place::Before(2), 7, Some((vec![0, 1], false, true))),
            (Place::Before(0), 7, None),
            (Place::Last, 7, Some((vec![4, 5, 6], true, false))),
            (Place::Last, 2, Some((vec![0, 1], false, false))),
        ] {
            assert_eq!(page(3, place.clone(), rows), expected, "{place:?} of {rows}");
        }
    }

    #[test]
    fn a_token_belongs_to_its_list_and_cannot_be_altered() {
        let page = Token { first: 1, last: 20, size: 20, filter: "a".to_owned() };
        let token = page.write("customers a");
        assert_eq!(Token::<u32>::read("customers a", &token), Some(page));
        assert_eq!(Token::<u32>::read("customers b", &token), None);
        let altered = STANDARD.encode({
            let mut bytes = STANDARD.decode(&token).unwrap();
            *bytes.last_mut().unwrap() = b'b';
            bytes
        });
        for wrong in ["", "x", "AAAA", altered.as_str(), &"A".repeat(5000)] {
            assert_eq!(Token::<u32>::read("customers a", wrong), None, "{wrong}");
        }
    }

    #[test]
    fn offsets_link_to_their_neighbours() {
        let links = |offset, total| {
            let links = OffsetPage { size: 10, offset }.links("/rows", "&a=b", total);
            (links.previous.map(|l| l.uri), links.next.map(|l| l.uri))
        };
        let uri = |offset: usize| Some(format!("/rows?size=10&offset={offset}&a=b"));
        assert_eq!(links(0, 10), (None, None));
        assert_eq!(links(0, 11), (None, uri(10)));
        assert_eq!(links(15, 40), (uri(5), uri(25)));
        assert_eq!(links(5, 10), (uri(0), None));
        assert_eq!(links(usize::MAX, 25), (uri(15), None));
    }
}
