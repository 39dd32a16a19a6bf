//! What can go wrong: a look-up that finds nothing, a source that cannot be read.

use thiserror::Error;

/// Longest identifier an error repeats, in characters.
const EXCERPT: usize = 80;

/// Nothing in the catalogue answers to an identifier. The identifiers are those the caller sent,
/// cut to a bounded length.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LookupError {
    /// Not a country the catalogue knows.
    #[error("country '{country}' is not known")]
    Country {
        /// As sent.
        country: String,
    },
    /// No such product (Partner Center 400013).
    #[error("product '{product_id}' is not in the catalogue")]
    Product {
        /// As sent.
        product_id: String,
    },
    /// The product exists, the SKU does not (Partner Center 400018).
    #[error("product '{product_id}' has no SKU '{sku_id}'")]
    Sku {
        /// As sent.
        product_id: String,
        /// As sent.
        sku_id: String,
    },
    /// Product and SKU exist, the availability does not (Partner Center 400019).
    #[error("SKU '{product_id}:{sku_id}' has no availability '{availability_id}'")]
    Availability {
        /// As sent.
        product_id: String,
        /// As sent.
        sku_id: String,
        /// As sent.
        availability_id: String,
    },
    /// Neither `product:sku:availability` nor the id of an offer.
    #[error("'{catalog_item_id}' is not a catalog item id")]
    CatalogItem {
        /// As sent.
        catalog_item_id: String,
    },
    /// The item exists, but for countries with another currency, or is not sold in this one.
    #[error("catalog item '{catalog_item_id}' is not available in country '{country}'")]
    OtherMarket {
        /// As sent.
        catalog_item_id: String,
        /// Upper-case ISO code.
        country: String,
    },
}

/// An identifier as an error shows it: bounded, whatever was sent.
pub(super) fn excerpt(text: &str) -> String {
    text.chars().take(EXCERPT).collect()
}

/// A catalogue source was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}: {path}: {reason}")]
pub struct CatalogueError {
    /// The source as it was named by the caller.
    pub file: String,
    /// Where in the source, as `products[3].skus[0].id` or a line and column.
    pub path: String,
    /// What is wrong and what would be right.
    pub reason: String,
}
