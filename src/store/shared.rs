//! How rows are written down and read back. Rows are shared: an entry of a ledger holds the very row
//! of its order. What is shared within a [`Writing`] is written once, with a number, and referred to
//! by `same` from then on; a [`Reading`] makes one row of it again. Outside of both, every row is
//! written out where it stands.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use serde::de::{Error as _, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Row;

/// Most writes of one row; far from where counting on would overflow.
const MOST_REVISIONS: u64 = 1 << 53;

/// What is known of rows while something is written or read. It is kept beside the serialiser,
/// because serde hands nothing down to the parts of a value.
enum Context {
    /// Rows that stand in several places, by address, with the number they were written under.
    Writing { shared: HashMap<usize, Option<u64>>, written: u64 },
    /// Rows within rows are left out.
    Brief,
    /// Numbered rows that were read.
    Reading(HashMap<u64, Arc<dyn Any + Send + Sync>>),
}

thread_local! {
    static CONTEXT: RefCell<Option<Context>> = const { RefCell::new(None) };
}

/// Puts back what was there before.
struct Scope(Option<Context>, PhantomData<*const ()>);

impl Scope {
    fn enter(context: Context) -> Self {
        Self(CONTEXT.replace(Some(context)), PhantomData)
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        CONTEXT.set(self.0.take());
    }
}

/// Rows that will be written together.
#[derive(Debug, Default)]
pub struct Writing {
    shared: HashMap<usize, Option<u64>>,
}

impl Writing {
    /// Says that this row stands in another row. A row that was not announced is written out wherever
    /// it stands, which is right and only longer.
    pub fn share<V>(&mut self, row: &Arc<Row<V>>) {
        self.shared.insert(address(row), None);
    }

    /// Runs `write`, within which each announced row is written out once. The rows must outlive it.
    pub fn run<T>(self, write: impl FnOnce() -> T) -> T {
        let _scope = Scope::enter(Context::Writing { shared: self.shared, written: 0 });
        write()
    }
}

/// Runs `write`, within which a row that stands in another one is written as its revision alone.
pub fn briefly<T>(write: impl FnOnce() -> T) -> T {
    let _scope = Scope::enter(Context::Brief);
    write()
}

/// Runs `read`, within which numbers of rows are understood.
pub fn reading<T>(read: impl FnOnce() -> T) -> T {
    let _scope = Scope::enter(Context::Reading(HashMap::new()));
    read()
}

fn address<V>(row: &Arc<Row<V>>) -> usize {
    Arc::as_ptr(row).cast::<()>() as usize
}

/// How a row is to be written here.
enum Form {
    Plain,
    Numbered(u64),
    Same(u64),
    Brief,
}

fn form<V>(row: &Arc<Row<V>>) -> Form {
    CONTEXT.with_borrow_mut(|context| match context {
        Some(Context::Writing { shared, written }) => match shared.get_mut(&address(row)) {
            None => Form::Plain,
            Some(Some(number)) => Form::Same(*number),
            Some(unwritten) => {
                *written += 1;
                *unwritten = Some(*written);
                Form::Numbered(*written)
            }
        },
        Some(Context::Brief) => Form::Brief,
        Some(Context::Reading(_)) | None => Form::Plain,
    })
}

fn keep<V: Send + Sync + 'static>(number: u64, row: &Arc<Row<V>>) {
    CONTEXT.with_borrow_mut(|context| {
        if let Some(Context::Reading(rows)) = context {
            rows.insert(number, Arc::clone(row) as Arc<dyn Any + Send + Sync>);
        }
    });
}

fn kept<V: Send + Sync + 'static>(number: u64) -> Option<Arc<Row<V>>> {
    let row = CONTEXT.with_borrow(|context| match context {
        Some(Context::Reading(rows)) => rows.get(&number).map(Arc::clone),
        _ => None,
    })?;
    row.downcast().ok()
}

/// A row as it is written, in a table with its key.
#[derive(Serialize)]
struct Written<'a, K, V> {
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a K>,
    #[serde(skip_serializing_if = "Option::is_none")]
    same: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<&'a V>,
}

/// A row as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound = "K: Deserialize<'de>, V: Deserialize<'de>")]
struct Read<K, V> {
    #[serde(default = "nothing")]
    key: Option<K>,
    same: Option<u64>,
    number: Option<u64>,
    revision: Option<u64>,
    #[serde(default = "nothing", deserialize_with = "present")]
    row: Option<V>,
}

fn nothing<T>() -> Option<T> {
    None
}

/// A row may be `null`, which is not the same as none.
fn present<'de, D: Deserializer<'de>, V: Deserialize<'de>>(from: D) -> Result<Option<V>, D::Error> {
    V::deserialize(from).map(Some)
}

impl<K, V: Send + Sync + 'static> Read<K, V> {
    fn row(self) -> Result<(Option<K>, Arc<Row<V>>), String> {
        if let Some(number) = self.same {
            let row = kept(number).ok_or_else(|| {
                format!("`same` is {number}, but no row of that kind and number stands before it")
            })?;
            return Ok((self.key, row));
        }
        let revision = self.revision.ok_or("missing field `revision`")?;
        if !(1..=MOST_REVISIONS).contains(&revision) {
            return Err(format!("revision {revision} is not 1 to {MOST_REVISIONS}"));
        }
        let row = Arc::new(Row::new(revision, self.row.ok_or("missing field `row`")?));
        if let Some(number) = self.number {
            keep(number, &row);
        }
        Ok((self.key, row))
    }
}

/// An entry of a table, for writing.
pub(super) struct Entry<'a, K, V>(pub &'a K, pub &'a Arc<Row<V>>);

impl<K: Serialize, V: Serialize> Serialize for Entry<'_, K, V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self(key, row) = *self;
        let (same, number) = match form(row) {
            Form::Plain | Form::Brief => (None, None),
            Form::Numbered(number) => (None, Some(number)),
            Form::Same(same) => (Some(same), None),
        };
        let whole = same.is_none();
        let revision = whole.then(|| row.revision());
        Written { key: Some(key), same, number, revision, row: whole.then_some(&***row) }
            .serialize(to)
    }
}

/// An entry of a table, as read.
#[derive(Deserialize)]
#[serde(transparent, bound = "K: Deserialize<'de>, V: Deserialize<'de>")]
pub(super) struct ReadEntry<K, V>(Read<K, V>);

impl<K, V: Send + Sync + 'static> ReadEntry<K, V> {
    /// Key and row, or what is wrong with them.
    pub(super) fn row(self) -> Result<(K, Arc<Row<V>>), String> {
        let (key, row) = self.0.row()?;
        Ok((key.ok_or("missing field `key`")?, row))
    }
}

/// A row of one table that stands in a row of another.
#[derive(Debug)]
pub struct Shared<V>(pub Arc<Row<V>>);

impl<V> Clone for Shared<V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<V> Deref for Shared<V> {
    type Target = Arc<Row<V>>;

    fn deref(&self) -> &Arc<Row<V>> {
        &self.0
    }
}

impl<V: Serialize> Serialize for Shared<V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let row = &self.0;
        let whole = Some(row.revision());
        let value = Some(&***row);
        let none = None::<&()>;
        match form(row) {
            Form::Plain => {
                Written { key: none, same: None, number: None, revision: whole, row: value }
            }
            Form::Numbered(number) => {
                Written { key: none, same: None, number: Some(number), revision: whole, row: value }
            }
            Form::Same(same) => {
                Written { key: none, same: Some(same), number: None, revision: None, row: None }
            }
            Form::Brief => {
                Written { key: none, same: None, number: None, revision: whole, row: None }
            }
        }
        .serialize(to)
    }
}

impl<'de, V: Deserialize<'de> + Send + Sync + 'static> Deserialize<'de> for Shared<V> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (key, row) =
            Read::<IgnoredAny, V>::deserialize(from)?.row().map_err(D::Error::custom)?;
        if key.is_some() {
            return Err(D::Error::unknown_field("key", &["same", "number", "revision", "row"]));
        }
        Ok(Self(row))
    }
}

/// `#[serde(with = "crate::store::shared::maybe")]`, for fields of `Option<Arc<Row<V>>>`.
pub mod maybe {
    use super::{Arc, Deserialize, Deserializer, Row, Serialize, Serializer, Shared};

    /// Writes the row, if there is one.
    pub fn serialize<V: Serialize, S: Serializer>(
        row: &Option<Arc<Row<V>>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        row.as_ref().map(|row| Shared(Arc::clone(row))).serialize(to)
    }

    /// Reads the row, if there is one.
    pub fn deserialize<'de, V, D>(from: D) -> Result<Option<Arc<Row<V>>>, D::Error>
    where
        V: Deserialize<'de> + Send + Sync + 'static,
        D: Deserializer<'de>,
    {
        Ok(Option::<Shared<V>>::deserialize(from)?.map(|shared| shared.0))
    }
}
