//! How the reader hands words, arrays and objects to `serde`: keys become the names of the target's
//! fields here, unknown ones are noted, and of equal keys the last one counts.

use std::borrow::Cow;

use serde::de::value::{StrDeserializer, StringDeserializer};
use serde::de::{
    self, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

use super::reader::{Context, Node, Place, ReadError};
use super::{Tree, same_word};

/// A word of an enum.
pub(super) struct Word(pub(super) &'static str);

impl<'de> EnumAccess<'de> for Word {
    type Error = ReadError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), ReadError> {
        let variant: StrDeserializer<'_, ReadError> = self.0.into_deserializer();
        Ok((seed.deserialize(variant)?, self))
    }
}

impl<'de> VariantAccess<'de> for Word {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, ReadError> {
        Err(de::Error::custom("must be a word"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, ReadError> {
        Err(de::Error::custom("must be a word"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, ReadError> {
        Err(de::Error::custom("must be a word"))
    }
}

/// Hands an array over.
pub(super) fn visit_array<'de, V: Visitor<'de>>(
    items: &'de [Tree<'de>],
    context: &Context,
    place: Place<'_>,
    visitor: V,
) -> Result<V::Value, ReadError> {
    visitor
        .visit_seq(Items { items: items.iter().enumerate(), context, place: &place })
        .map_err(|error| error.at(&place))
}

struct Items<'de, 'p> {
    #[allow(clippy::struct_field_names, reason = "they are what it is made of")]
    items: std::iter::Enumerate<std::slice::Iter<'de, Tree<'de>>>,
    context: &'p Context,
    place: &'p Place<'p>,
}

impl<'de> SeqAccess<'de> for Items<'de, '_> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ReadError> {
        let Some((index, value)) = self.items.next() else { return Ok(None) };
        let place = Place::Index(self.place, index);
        let node = Node { value, context: self.context, place };
        seed.deserialize(node).map(Some).map_err(|error| error.at(&place))
    }
}

/// Hands an object over; its keys are those of `fields` when these are known.
pub(super) fn visit_object<'de, V: Visitor<'de>>(
    members: &'de [(Cow<'de, str>, Tree<'de>)],
    fields: Option<&'static [&'static str]>,
    context: &Context,
    place: Place<'_>,
    visitor: V,
) -> Result<V::Value, ReadError> {
    let mut entries: Vec<(Name<'de>, &'de Tree<'de>)> = Vec::with_capacity(members.len());
    for (key, value) in members {
        let name = match fields {
            None => Name::Own(key),
            Some(fields) => match fields.iter().find(|field| same_key(field, key)) {
                // Unset and absent are the same to a type whose members are known.
                Some(_) if matches!(value, Tree::Null) => continue,
                Some(field) => Name::Field(field),
                None => {
                    if context.unknown.borrow().len() < 50 {
                        let path = Place::Key(&place, key).to_string();
                        context.unknown.borrow_mut().push(path);
                    }
                    continue;
                }
            },
        };
        // The same key in another casing: the last one counts [choice].
        match entries.iter_mut().find(|(known, _)| known.is_same_field(&name)) {
            Some(entry) => entry.1 = value,
            None => entries.push((name, value)),
        }
    }
    visitor
        .visit_map(Members { entries: entries.into_iter(), value: None, context, place: &place })
        .map_err(|error| error.at(&place))
}

/// Whether a key means a field: casing and `_` aside, as old documents write `company_name`.
fn same_key(field: &str, key: &str) -> bool {
    field.eq_ignore_ascii_case(key) || (key.contains('_') && same_word(field, key))
}

#[derive(Clone, Copy)]
enum Name<'de> {
    Field(&'static str),
    Own(&'de str),
}

impl Name<'_> {
    #[allow(clippy::match_same_arms, reason = "their lifetimes differ")]
    fn text(&self) -> &str {
        match self {
            Self::Field(name) => name,
            Self::Own(name) => name,
        }
    }

    fn is_same_field(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Field(a), Self::Field(b)) if a == b)
    }
}

struct Members<'de, 'p> {
    entries: std::vec::IntoIter<(Name<'de>, &'de Tree<'de>)>,
    value: Option<(Name<'de>, &'de Tree<'de>)>,
    context: &'p Context,
    place: &'p Place<'p>,
}

impl<'de> MapAccess<'de> for Members<'de, '_> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ReadError> {
        let Some((name, value)) = self.entries.next() else { return Ok(None) };
        self.value = Some((name, value));
        match name {
            Name::Field(field) => {
                let key: StrDeserializer<'_, ReadError> = field.into_deserializer();
                seed.deserialize(key)
            }
            Name::Own(key) => {
                let key: StringDeserializer<ReadError> = key.to_owned().into_deserializer();
                seed.deserialize(key)
            }
        }
        .map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        let Some((name, value)) = self.value.take() else {
            return Err(de::Error::custom("a member without a value"));
        };
        let place = Place::Key(self.place, name.text());
        let node = Node { value, context: self.context, place };
        seed.deserialize(node).map_err(|error| error.at(&place))
    }
}
