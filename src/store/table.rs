//! The persistent ordered map behind every kind of row. The library behind it appears in this file
//! only.

use std::fmt;
use std::ops::RangeBounds;
use std::sync::Arc;

use imbl::OrdMap;
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Row;
use super::shared::{Entry, ReadEntry};

/// An ordered map of shared rows. Cloning costs nanoseconds at any size; a clone never sees later
/// writes.
pub struct Table<K, V> {
    rows: OrdMap<K, Arc<Row<V>>>,
}

impl<K: Ord + Clone + fmt::Debug, V: fmt::Debug> fmt::Debug for Table<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K, V> Clone for Table<K, V> {
    fn clone(&self) -> Self {
        Self { rows: self.rows.clone() }
    }
}

impl<K: Ord + Clone, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { rows: OrdMap::new() }
    }
}

impl<K: Ord + Clone, V> Table<K, V> {
    /// The row at `key`.
    pub fn get(&self, key: &K) -> Option<&Arc<Row<V>>> {
        self.rows.get(key)
    }

    /// Whether a row stands at `key`.
    pub fn contains(&self, key: &K) -> bool {
        self.rows.contains_key(key)
    }

    /// Writes a row and raises its revision.
    pub fn put(&mut self, key: K, value: V) -> Arc<Row<V>> {
        let revision = self.rows.get(&key).map_or(1, |row| row.revision() + 1);
        let row = Arc::new(Row::new(revision, value));
        self.rows.insert(key, Arc::clone(&row));
        row
    }

    /// Whether this and `other` are one and the same version: nothing was written between.
    pub fn is_same(&self, other: &Self) -> bool {
        self.rows.ptr_eq(&other.rows)
    }

    /// Takes a row out.
    pub fn remove(&mut self, key: &K) -> Option<Arc<Row<V>>> {
        self.rows.remove(key)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row with the smallest key.
    pub fn first(&self) -> Option<(&K, &Arc<Row<V>>)> {
        self.rows.get_min().map(|(key, row)| (key, row))
    }

    /// The row with the greatest key.
    pub fn last(&self) -> Option<(&K, &Arc<Row<V>>)> {
        self.rows.get_max().map(|(key, row)| (key, row))
    }

    /// All rows in the order of their keys.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &Arc<Row<V>>)> {
        self.rows.iter()
    }

    /// The rows whose keys lie in `range`, in order; its cost is its own length.
    pub fn range<R: RangeBounds<K>>(
        &self,
        range: R,
    ) -> impl DoubleEndedIterator<Item = (&K, &Arc<Row<V>>)> {
        self.rows.range(range)
    }

    /// The keys that differ between this table and a later one, in order, each with the row before
    /// and after. Costs the changes only.
    pub fn changes<'a>(&'a self, later: &'a Self) -> Vec<Change<'a, K, V>> {
        use imbl::ordmap::DiffItem;
        self.rows
            .diff(&later.rows)
            .filter_map(|item| match item {
                DiffItem::Add(key, row) => Some(Change { key, before: None, after: Some(row) }),
                DiffItem::Remove(key, row) => Some(Change { key, before: Some(row), after: None }),
                DiffItem::Update { old: (key, old), new: (_, new) } => (!Arc::ptr_eq(old, new))
                    .then_some(Change { key, before: Some(old), after: Some(new) }),
            })
            .collect()
    }
}

/// What leads from one version of a table to a later one, to be written down.
struct Changes<'a, K, V>(Vec<Change<'a, K, V>>);

impl<K: Serialize, V: Serialize> Serialize for Changes<'_, K, V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written<'a, K, V> {
            put: Vec<Entry<'a, K, V>>,
            removed: Vec<&'a K>,
        }
        let put = self.0.iter().filter_map(|it| it.after.map(|row| Entry(it.key, row))).collect();
        let removed = self.0.iter().filter(|it| it.after.is_none()).map(|it| it.key).collect();
        Written { put, removed }.serialize(to)
    }
}

/// The rows as an array of key, revision and row, in the order of the keys.
impl<K: Ord + Clone + Serialize, V: Serialize> Serialize for Table<K, V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter().map(|(key, row)| Entry(key, row)))
    }
}

impl<'de, K, V> Deserialize<'de> for Table<K, V>
where
    K: Ord + Clone + Deserialize<'de>,
    V: Deserialize<'de> + Send + Sync + 'static,
{
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut table = Self::default();
        from.deserialize_seq(Rows(&mut table))?;
        Ok(table)
    }
}

impl<K: Ord + Clone, V> Table<K, V> {
    /// What leads from this table to `later`, as `put` and `removed`, for [`Self::read_changes`].
    pub fn written_changes<'a>(&'a self, later: &'a Self) -> impl Serialize + 'a
    where
        K: Serialize,
        V: Serialize,
    {
        Changes(self.changes(later))
    }

    /// Makes the changes that [`Self::written_changes`] wrote.
    pub fn read_changes<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error>
    where
        K: Deserialize<'de>,
        V: Deserialize<'de> + Send + Sync + 'static,
    {
        #[derive(Deserialize)]
        #[serde(
            deny_unknown_fields,
            bound = "K: Deserialize<'de>, V: Deserialize<'de> + Send + Sync + 'static"
        )]
        struct Read<K: Ord + Clone, V> {
            put: Table<K, V>,
            removed: Vec<K>,
        }
        let Read { put, removed } = Read::deserialize(from)?;
        for key in &removed {
            self.rows
                .remove(key)
                .ok_or_else(|| D::Error::custom("a removed row does not exist"))?;
        }
        for (key, row) in put.rows {
            self.rows.insert(key, row);
        }
        Ok(())
    }
}

/// Reads entries into a table.
struct Rows<'a, K, V>(&'a mut Table<K, V>);

impl<'de, K, V> Visitor<'de> for Rows<'_, K, V>
where
    K: Ord + Clone + Deserialize<'de>,
    V: Deserialize<'de> + Send + Sync + 'static,
{
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        // The reader is past a row when the row turns out to be wrong, so the row is named.
        let mut index = 0;
        while let Some(read) = entries.next_element::<ReadEntry<K, V>>()? {
            let refuse = |reason: String| A::Error::custom(format!("[{index}]: {reason}"));
            let (key, row) = read.row().map_err(refuse)?;
            if self.0.rows.insert(key, row).is_some() {
                return Err(refuse("a row stands under the same key before".to_owned()));
            }
            index += 1;
        }
        Ok(())
    }
}

/// One difference between two versions of a table.
#[derive(Debug)]
pub struct Change<'a, K, V> {
    /// The key of the row.
    pub key: &'a K,
    /// The row in the earlier version.
    pub before: Option<&'a Arc<Row<V>>>,
    /// The row in the later version.
    pub after: Option<&'a Arc<Row<V>>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_never_sees_later_writes() {
        let mut table = Table::default();
        table.put(1, "one");
        let kept = table.clone();
        table.put(1, "uno");
        table.put(2, "two");
        assert_eq!(***kept.get(&1).unwrap(), "one");
        assert_eq!(kept.len(), 1);
        assert_eq!(table.get(&1).unwrap().revision(), 2);
    }

    #[test]
    fn changes_name_what_was_added_changed_and_removed() {
        let mut before = Table::default();
        for key in 0..1000 {
            before.put(key, key);
        }
        let mut after = before.clone();
        after.put(5, 50);
        after.put(2000, 1);
        after.remove(&7);
        let keys: Vec<i32> = before.changes(&after).iter().map(|c| *c.key).collect();
        assert_eq!(keys, [5, 7, 2000]);
    }
}
