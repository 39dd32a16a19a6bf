//! Contract: partner-center-catalog.md.

use serde_json::{Value, json};

use super::{Case, Page, case, check, get, post, text_at};
use crate::support::items::licence;
use crate::support::{LARKSPUR, LARKSPUR_AZURE, Mock};

pub const PAGE: Page = Page { name: "catalog", shapes: SHAPES, cases: CASES };

#[test]
fn the_catalogue_is_as_documented() {
    check(&PAGE);
}

const AZURE_PLAN: &str = "DZH318Z0BPS6";
const BUSINESS_BASIC: &str = "CFQ7TTC0LH18";

const SHAPES: &[(&str, &str)] = &[
    (
        "Product",
        "id,title,description:text productType:ProductType isMicrosoftProduct:bool \
        publisherName:text links.skus,links.self:link",
    ),
    ("ProductType", "id,displayName:text subType?:SubType"),
    ("SubType", "id,displayName:text"),
    (
        "Sku",
        "id,productId,title,description:text minimumQuantity,maximumQuantity:int isTrial:bool \
        termsOfUseUri??:text \
        supportedBillingCycles[]:enum(monthly|annual|none|one_time|triennial|biennial) \
        purchasePrerequisites?[]:enum(AzureSubscriptionRegistration|InventoryCheck|MicrosoftCustomerAgreement|MicrosoftCloudAgreement) \
        inventoryVariables?[]:enum(CustomerId|AzureSubscriptionId|ArmRegionName) \
        provisioningVariables?[]:enum(Scope|SubscriptionId|Duration) actions??[]:text \
        constraints??[]:Constraint attestationProperties??:Attestation consumptionType??:text \
        specializedOfferProperties??:object dynamicAttributes?:object \
        links.availabilities,links.self:link",
    ),
    ("Constraint", "constraintName:text constraintValue:decimal constraintType:text"),
    ("Attestation", "enforceAttestation:bool attestationType:text"),
    (
        "ReservationSku",
        ":Sku supportedBillingCycles[]:=one_time purchasePrerequisites[]:text \
        inventoryVariables[]:text provisioningVariables[]:text isTrial:=false \
        dynamicAttributes:ReservationAttributes",
    ),
    (
        "ReservationAttributes",
        ":map armSkuName,cores,ram,skuDisplayName,category,armRegionName:text \
        duration:enum(1Year|3Years) region,diskType:text",
    ),
    (
        "Availability",
        "id,productId,skuId,catalogItemId:text defaultCurrency.code:text \
        defaultCurrency.symbol:text segment:enum(commercial|education|government|nonprofit) \
        country:text isPurchasable,isRenewable:bool renewalInstructions??[]:RenewalInstruction \
        terms?[]:Term includedQuantityOptions??[]:IncludedQuantity product:Product sku:Sku \
        links.self:link",
    ),
    (
        "RenewalInstruction",
        "applicableTermIds[]:text renewalOptions[].renewToId:text \
        renewalOptions[].isAutoRenewable:bool",
    ),
    (
        "Term",
        "id??:text duration,description:text billingCycle??:text \
        renewalOptions??[].termDuration:text renewalOptions??[].description:text \
        cancellationPolicies??[].refundOptions[]:RefundOption",
    ),
    ("RefundOption", "sequenceId:int type:text expiresAfter??:text"),
    ("IncludedQuantity", "units,description:text"),
    (
        "ReservationAvailability",
        ":Availability terms[].duration:enum(P1Y|P3Y) \
        isPurchasable:=true isRenewable:=false sku:ReservationSku product.productType.subType:SubType",
    ),
    ("InventoryItem", "productId,skuId:text isRestricted:bool restrictions[*]:Restriction"),
    ("Restriction", "reasonCode,description:text properties:map"),
    (
        "PromotionEligibilities",
        "id:int catalogItemId:text quantity:int billingCycle,termDuration:text \
        eligibilities[]:PromotionEligibility",
    ),
    ("PromotionEligibility", "promotionId??:text isEligible:bool errors??[]:PromotionError"),
    (
        "PromotionError",
        "type:enum(InvalidCatalogItemId|InvalidPromotion|PrerequisiteProductOwnership|RedemptionLimit|SeatCount|OfferPurchasedPreviously|Term|NoPromotionsAvailable) \
        description:text",
    ),
];

const PRODUCTS: &str = ":Collection items[]:Product";
const RESERVED_PRODUCTS: &str = ":Collection items[]:Product items[].productType.id:=Azure \
    items[].productType.subType:SubType";
const RESERVED_SKUS: &str = ":Collection items[]:ReservationSku";
const RESERVED_AVAILABILITIES: &str = ":Collection items[]:ReservationAvailability";

/// A reserved product and one of its SKUs that is asked about stock.
fn reserved(mock: &Mock) -> (String, String) {
    let products = mock.get("/v1/products?country=US&targetView=AzureReservationsVM");
    let product = text_at(&products, "/items/0/id");
    let skus = mock.get(&format!("/v1/products/{product}/skus?country=US"));
    (product, text_at(&skus, "/items/0/id"))
}

fn availability(mock: &Mock) -> String {
    let (product, sku) = reserved(mock);
    let path = format!("/products/{product}/skus/{sku}/availabilities");
    let found = mock.get(&format!("/v1{path}?country=US"));
    format!("{path}/{}", text_at(&found, "/items/0/id"))
}

fn of(rest: &str) -> String {
    format!("/v1/customers/{LARKSPUR}{rest}")
}

const CASES: &[Case] = &[
    case("listProducts", 200, PRODUCTS, |_| {
        get("/v1/products?country=US&targetView=Azure&targetSegment=commercial")
    }),
    case("listProducts", 200, PRODUCTS, |_| {
        get("/v1/products?country=us&targetView=MicrosoftAzure")
    }),
    case("listProducts", 200, PRODUCTS, |_| {
        get("/v1/products?country=US&targetView=OnlineServices")
    }),
    case("listProducts", 200, PRODUCTS, |_| get("/v1/products?country=US&targetView=Software")),
    case("listProducts", 200, PRODUCTS, |_| {
        get("/v1/products?country=US&targetView=SoftwareSUSELinux")
    }),
    case("listProducts", 200, PRODUCTS, |_| {
        get("/v1/products?country=US&targetView=SoftwarePerpetual")
    }),
    case("listProducts", 200, PRODUCTS, |_| {
        get("/v1/products?country=US&targetView=SoftwareSubscriptions")
    }),
    case("listProducts", 200, RESERVED_PRODUCTS, |_| {
        get("/v1/products?country=US&targetView=AzureReservations")
    }),
    case("listProducts", 200, RESERVED_PRODUCTS, |_| {
        get(
            "/v1/products?country=US&targetView=AzureAzureReservationsVM&reservationScope=AzurePlan",
        )
    }),
    case("listProducts", 200, RESERVED_PRODUCTS, |_| {
        get("/v1/products?country=US&targetView=AzureReservationsSQL")
    }),
    case("listProducts", 200, RESERVED_PRODUCTS, |_| {
        get("/v1/products?country=US&targetView=AzureReservationsCosmosDb")
    }),
    case("getProduct", 200, ":Product", |_| get(format!("/v1/products/{AZURE_PLAN}?country=US"))),
    case("getProduct", 200, ":Product", |at| {
        get(format!("/v1/products/{}?country=US&reservationScope=AzurePlan", reserved(at).0))
    }),
    case("listCustomerProducts", 200, PRODUCTS, |_| {
        get(of("/products?targetView=MicrosoftAzure&targetSegment=commercial"))
    }),
    case("listCustomerProducts", 200, RESERVED_PRODUCTS, |_| {
        get(of("/products?targetView=AzureReservationsVM&reservationScope=AzurePlan"))
    }),
    case("getCustomerProduct", 200, ":Product", |at| {
        get(of(&format!("/products/{}?reservationScope=AzurePlan", reserved(at).0)))
    }),
    case("listSkus", 200, RESERVED_SKUS, |at| {
        let product = reserved(at).0;
        get(format!(
            "/v1/products/{product}/skus?country=US&targetSegment=commercial&reservationScope=AzurePlan"
        ))
    }),
    case("listSkus", 200, ":Collection items[]:Sku", |_| {
        get(format!("/v1/products/{BUSINESS_BASIC}/skus?country=US"))
    }),
    case("listSkus", 200, ":Collection items[]:Sku", |_| {
        get("/v1/products/9DEA7946-EC2C-441E-9FFD-E3B275F7E838/skus?country=US")
    }),
    case("getSku", 200, ":ReservationSku", |at| {
        let (product, sku) = reserved(at);
        get(format!("/v1/products/{product}/skus/{sku}?country=US"))
    }),
    case(
        "getSku",
        200,
        ":Sku supportedBillingCycles[]:=one_time minimumQuantity:=1 maximumQuantity:=1 \
        purchasePrerequisites[]:=MicrosoftCustomerAgreement dynamicAttributes.isMicrosoftProduct:bool \
        dynamicAttributes.pilotProgram:=modernazurepilot",
        |_| get(format!("/v1/products/{AZURE_PLAN}/skus/0001?country=US")),
    ),
    case("listCustomerSkus", 200, RESERVED_SKUS, |at| {
        let product = reserved(at).0;
        get(of(&format!(
            "/products/{product}/skus?targetSegment=commercial&reservationScope=AzurePlan"
        )))
    }),
    case("getCustomerSku", 200, ":ReservationSku", |at| {
        let (product, sku) = reserved(at);
        get(of(&format!("/products/{product}/skus/{sku}?reservationScope=AzurePlan")))
    }),
    case("listAvailabilities", 200, RESERVED_AVAILABILITIES, |at| {
        let (product, sku) = reserved(at);
        get(format!(
            "/v1/products/{product}/skus/{sku}/availabilities?country=US&targetSegment=commercial&reservationScope=AzurePlan"
        ))
    }),
    case(
        "listAvailabilities",
        200,
        ":Collection items[]:Availability items[].terms[].duration:enum(P1M|P1Y|P3Y)",
        |_| get(format!("/v1/products/{BUSINESS_BASIC}/skus/0001/availabilities?country=US")),
    ),
    case("getAvailability", 200, ":ReservationAvailability", |at| {
        get(format!("/v1{}?country=US", availability(at)))
    }),
    case("listCustomerAvailabilities", 200, RESERVED_AVAILABILITIES, |at| {
        let (product, sku) = reserved(at);
        get(of(&format!(
            "/products/{product}/skus/{sku}/availabilities?targetSegment=commercial&reservationScope=AzurePlan"
        )))
    }),
    case("getCustomerAvailability", 200, ":ReservationAvailability", |at| {
        get(of(&availability(at)))
    }),
    case("checkInventory", 200, "[]:InventoryItem [].restrictions[]:Restriction", |at| {
        let (product, sku) = restricted(at);
        post(
            "/v1/extensions/product/checkinventory?country=us",
            &json!({
                "TargetItems": [{ "ProductId": product, "SkuId": sku, "IsRestricted": false }],
                "InventoryContext": {
                    "customerId": LARKSPUR,
                    "azureSubscriptionId": LARKSPUR_AZURE.to_uppercase(),
                    "armRegionName": "uksouth",
                },
            }),
        )
    }),
    case("checkInventory", 200, "[]:InventoryItem", |at| {
        post(
            "/v1/extensions/product/checkInventory?country=us",
            &json!({
                "targetItems": [{ "productId": reserved(at).0, "SkuId": null }],
                "inventoryContext": {
                    "customerId": LARKSPUR, "azureSubscriptionId": LARKSPUR_AZURE,
                    "armRegionName": "eastus",
                },
            }),
        )
    }),
    // The mock's catalogue has no promotion, so that no item can be shown.
    case("listProductPromotions", 200, ":Collection items[*]:object", |_| {
        get("/v1/productpromotions?country=US&segment=commercial")
    }),
    case("checkPromotionEligibilities", 200, ":Collection items[]:PromotionEligibilities", |_| {
        post(of("/promotionEligibilities"), &promoted(5, "annual"))
    }),
    case(
        "checkPromotionEligibilities",
        200,
        ":Collection items[]:PromotionEligibilities \
        items[].eligibilities[].errors[]:PromotionError",
        |_| post(of("/promotionEligibilities"), &promoted(5, "monthly")),
    ),
];

fn promoted(quantity: i64, cycle: &str) -> Value {
    json!({ "items": [{
        "id": 0, "catalogItemId": licence(), "quantity": quantity, "billingCycle": cycle,
        "termDuration": "P1Y", "promotionId": null,
    }] })
}

/// A reserved SKU that is not to be had where it is asked for.
fn restricted(mock: &Mock) -> (String, String) {
    let product = "DZH318Z0BSV1";
    let all = json!({
        "targetItems": [{ "productId": product }],
        "inventoryContext": {
            "customerId": LARKSPUR, "azureSubscriptionId": LARKSPUR_AZURE,
            "armRegionName": "uksouth",
        },
    });
    let found = mock.post(200, "/v1/extensions/product/checkinventory?country=US", &all);
    let item = found.as_array().unwrap().iter().find(|it| it["isRestricted"] == true).unwrap();
    (product.to_owned(), text_at(item, "/skuId"))
}
