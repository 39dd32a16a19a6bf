//! Add-ons: what they belong to, and buying one together with its base.

use chrono::{DateTime, Utc};

use super::judge::{excerpt, judge_item};
use super::{LineRequest, PricedLine, PurchaseFault};
use crate::domain::catalogue::{Availability, Product, ProductKind};
use crate::domain::customers::Customer;
use crate::domain::ids::SubscriptionId;
use crate::domain::state::State;
use crate::domain::subscriptions::SubscriptionStatus;

/// Judges an add-on that is bought together with `base`. It shares the order of its base, which is
/// billed one way (contract: partner-center-carts-orders.md §1, orderGroup rules).
pub fn judge_addon(
    state: &State,
    customer: &Customer,
    line: &LineRequest,
    base: &PricedLine,
    now: DateTime<Utc>,
) -> Result<PricedLine, PurchaseFault> {
    let addon = judge_item(state, customer, line, now)?;
    let base_sku = format!("{}:{}", base.product_id, base.sku_id);
    if !addon.base_skus.iter().any(|sku| sku.eq_ignore_ascii_case(&base_sku)) {
        return Err(PurchaseFault::AddOnParent(format!(
            "`{}` is no add-on of `{base_sku}`; order it apart",
            addon.catalog_item_id
        )));
    }
    if addon.billing_cycle != base.billing_cycle {
        return Err(PurchaseFault::BillingCycleNotSupported {
            given: addon.billing_cycle.as_str(),
            supported: format!("{}, that of its base", base.billing_cycle.as_str()),
        });
    }
    Ok(PricedLine { joins_base: addon.parent.is_none(), ..addon })
}

/// The subscription an add-on belongs to.
pub(super) fn parent(
    state: &State,
    customer: &Customer,
    line: &LineRequest,
    item: &Availability<'_>,
) -> Result<Option<SubscriptionId>, PurchaseFault> {
    let named =
        line.parent_subscription.as_deref().or_else(|| line.context("parentSubscriptionId"));
    let Some(named) = named else { return Ok(None) };
    if !item.sku().is_addon() {
        return Err(PurchaseFault::AddOnParent(
            "the item is no add-on; leave parentSubscriptionId out".to_owned(),
        ));
    }
    let unknown = || {
        let named = excerpt(named);
        PurchaseFault::AddOnParent(format!(
            "parentSubscriptionId `{named}` is not a subscription of the customer"
        ))
    };
    let id: SubscriptionId = named.parse().map_err(|_| unknown())?;
    let row = state.subscriptions.get(&(customer.id, id)).ok_or_else(unknown)?;
    if row.status != SubscriptionStatus::Active {
        return Err(PurchaseFault::AddOnParent(format!(
            "parentSubscriptionId `{id}` is not active"
        )));
    }
    let base = format!("{}:{}", row.product_id, row.sku_id);
    if !item.sku().prerequisite_skus().any(|sku| sku.eq_ignore_ascii_case(&base)) {
        return Err(PurchaseFault::AddOnParent(format!(
            "the add-on does not belong to what subscription {id} subscribes to"
        )));
    }
    Ok(Some(id))
}

/// Whether something is sold that adds to the item. Only licences have add-ons; looking no further
/// spares thousands of reservation SKUs.
pub(super) fn has_addons(state: &State, item: &Availability<'_>) -> bool {
    let is_licence = |product: &&Product| product.kind() == ProductKind::License;
    item.kind() == ProductKind::License
        && state
            .catalogue
            .all_products()
            .iter()
            .filter(is_licence)
            .flat_map(Product::skus)
            .any(|sku| sku.is_addon() && sku.prerequisite_skus().any(|base| names_sku(base, item)))
}

fn names_sku(base: &str, item: &Availability<'_>) -> bool {
    let sku = item.sku();
    base.split_once(':').is_some_and(|(product, id)| {
        product.eq_ignore_ascii_case(sku.product().id()) && id.eq_ignore_ascii_case(&sku.id())
    })
}
