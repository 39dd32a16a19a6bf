//! Pages of a list kept as long as their table stands: who asks for the same page again gets the same
//! bytes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use crate::store::Table;

/// Most pages kept of one list.
const MOST_KEPT: usize = 64;

/// The pages of one list in one world. It belongs to the world as an attachment.
pub struct Pages<K, V> {
    kept: Mutex<Kept<K, V>>,
}

struct Kept<K, V> {
    /// The version of the table that the pages show.
    table: Option<Table<K, V>>,
    pages: HashMap<String, Bytes>,
}

impl<K, V> Default for Pages<K, V> {
    fn default() -> Self {
        Self { kept: Mutex::new(Kept { table: None, pages: HashMap::new() }) }
    }
}

impl<K: Ord + Clone, V> Pages<K, V> {
    /// The page of `table` that `key` stands for, made by `make` unless it is kept.
    pub fn page<E>(
        &self,
        table: &Table<K, V>,
        key: String,
        make: impl FnOnce() -> Result<Bytes, E>,
    ) -> Result<Bytes, E> {
        let is_same =
            |known: &Option<Table<K, V>>| known.as_ref().is_some_and(|t| t.is_same(table));
        {
            let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if is_same(&kept.table)
                && let Some(page) = kept.pages.get(&key)
            {
                return Ok(page.clone());
            }
        }
        let page = make()?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_same(&kept.table) || kept.pages.len() >= MOST_KEPT {
            kept.pages.clear();
            kept.table = Some(table.clone());
        }
        kept.pages.insert(key, page.clone());
        Ok(page)
    }
}
