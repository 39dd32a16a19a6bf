//! Lists of the catalogue that are rendered once. The catalogue never changes and worlds share it,
//! so a list rendered for one request serves every later one that asks the same.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use actix_web::http::StatusCode;
use bytes::Bytes;
use serde::Serialize;

use super::Asked;
use crate::api::reply::Reply;
use crate::domain::catalogue::{Catalogue, CountryCode, ReservationScope, Segment, TargetView};

/// Most bytes that are kept. Beyond it the store begins anew, which costs no more than rendering.
const MOST_BYTES: usize = 32 << 20;

/// Which list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum List {
    /// The products of a view.
    Products(TargetView),
    /// The SKUs of a product, by the id that the catalogue writes.
    Skus(Box<str>),
}

/// Everything that a list depends on.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    /// Address of the catalogue, which [`Kept`] holds alive as long as the entry stands.
    catalogue: usize,
    list: List,
    country: CountryCode,
    segment: Option<Segment>,
    scope: ReservationScope,
    language: String,
}

#[derive(Debug)]
struct Kept {
    body: Bytes,
    _catalogue: Arc<Catalogue>,
}

#[derive(Debug, Default)]
struct Store {
    lists: HashMap<Key, Kept>,
    bytes: usize,
}

static STORE: LazyLock<RwLock<Store>> = LazyLock::new(RwLock::default);

/// 200 with the list, rendered by `make` when nobody asked for it before.
pub(super) fn answer<T: Serialize>(
    catalogue: &Arc<Catalogue>,
    list: List,
    asked: &Asked<'_>,
    make: impl FnOnce() -> T,
) -> Reply {
    let key = Key {
        catalogue: Arc::as_ptr(catalogue) as usize,
        list,
        country: asked.country(),
        segment: asked.segment,
        scope: asked.scope,
        language: asked.language.to_ascii_lowercase(),
    };
    let kept = STORE.read().unwrap_or_else(PoisonError::into_inner).body(&key);
    if let Some(body) = kept {
        return Reply::json_bytes(StatusCode::OK, body);
    }
    let reply = Reply::ok(&make());
    if reply.status == StatusCode::OK {
        let kept = Kept { body: reply.body.clone(), _catalogue: Arc::clone(catalogue) };
        STORE.write().unwrap_or_else(PoisonError::into_inner).keep(key, kept);
    }
    reply
}

impl Store {
    fn body(&self, key: &Key) -> Option<Bytes> {
        self.lists.get(key).map(|kept| kept.body.clone())
    }

    fn keep(&mut self, key: Key, kept: Kept) {
        // What an entry costs beyond its body.
        const OVERHEAD: usize = 256;
        let size = kept.body.len() + OVERHEAD;
        if self.bytes + size > MOST_BYTES {
            *self = Self::default();
        }
        if size <= MOST_BYTES && self.lists.insert(key, kept).is_none() {
            self.bytes += size;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(language: &str) -> Key {
        Key {
            catalogue: 0,
            list: List::Skus("DZH318Z0KQ41".into()),
            country: CountryCode::parse("US").unwrap(),
            segment: None,
            scope: ReservationScope::MicrosoftAzure,
            language: language.to_owned(),
        }
    }

    fn kept(size: usize) -> Kept {
        Kept { body: Bytes::from(vec![b' '; size]), _catalogue: Catalogue::embedded() }
    }

    #[test]
    fn never_keeps_more_than_its_bound() {
        let mut store = Store::default();
        for number in 0..100 {
            store.keep(key(&number.to_string()), kept(MOST_BYTES / 10));
            let held: usize = store.lists.values().map(|kept| kept.body.len()).sum();
            assert!(held <= MOST_BYTES, "{held} bytes after {number}");
            assert!(store.body(&key(&number.to_string())).is_some());
        }
        store.keep(key("huge"), kept(MOST_BYTES + 1));
        assert!(store.body(&key("huge")).is_none());
    }
}
