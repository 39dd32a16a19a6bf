//! The services and their problem classifications. Ids marked real are Microsoft's; all others are
//! made up [choice].

use uuid::uuid;

use super::{Category, Classification, ConsentAsked, Service};

/// What an engineer may be allowed to copy.
const MEMORY_DUMP: ConsentAsked = ConsentAsked {
    kind: "VirtualMachineMemoryDump",
    description: "Support may take a copy of the memory of the virtual machine.",
};

/// Every service.
pub const SERVICES: &[Service] = &[
    Service {
        // Real.
        id: uuid!("517f2da6-78fd-0498-4e22-ad26996b1dfc"),
        name: "Billing",
        category: Category::Billing,
        resource_types: &[],
        classifications: &[
            Classification {
                id: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a604"),
                name: "Reservation management / Exchanges and refunds",
                topic: "32870040",
                consents: &[],
            },
            Classification {
                id: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a605"),
                name: "Reservation management / Purchase reservations",
                topic: "32870045",
                consents: &[],
            },
            Classification {
                id: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a606"),
                name: "Reservation management / Change scope, split or merge",
                topic: "32870046",
                consents: &[],
            },
            Classification {
                id: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a607"),
                name: "Reservation management / Discount and utilization",
                topic: "32870045",
                consents: &[],
            },
            Classification {
                id: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a608"),
                name: "Refund request",
                topic: "32870050",
                consents: &[],
            },
            Classification {
                // Real.
                id: uuid!("44114011-6a66-e902-c00f-e419b6b4509f"),
                name: "Cost Management / Access control issues",
                topic: "32870055",
                consents: &[],
            },
        ],
    },
    Service {
        // Real.
        id: uuid!("f3dc5421-79ef-1efa-41a5-42bf3cbb52c6"),
        name: "Subscription management",
        category: Category::Subscription,
        resource_types: &[],
        classifications: &[
            Classification {
                id: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a620"),
                name: "Transfer or cancel / Transfer a subscription to another partner",
                topic: "32870060",
                consents: &[],
            },
            Classification {
                id: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a621"),
                name: "Transfer or cancel / Cancel or reactivate a subscription",
                topic: "32870060",
                consents: &[],
            },
        ],
    },
    Service {
        // Real.
        id: uuid!("06bfd9d3-516b-d5c6-5802-169c800dec89"),
        name: "Service and subscription limits (quotas)",
        category: Category::Subscription,
        resource_types: &[],
        classifications: &[
            Classification {
                id: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a630"),
                name: "Compute-VM (cores-vCPUs) subscription limit increases",
                topic: "32870070",
                consents: &[],
            },
            Classification {
                id: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a631"),
                name: "Storage account limits",
                topic: "32870070",
                consents: &[],
            },
        ],
    },
    Service {
        id: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a640"),
        name: "Virtual Machine running Linux",
        category: Category::Technical,
        resource_types: &["MICROSOFT.COMPUTE/VIRTUALMACHINES"],
        classifications: &[
            Classification {
                id: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a641"),
                name: "Cannot connect to my VM / My configuration change impacted connectivity",
                topic: "32870080",
                consents: &[MEMORY_DUMP],
            },
            Classification {
                id: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a642"),
                name: "VM restarted or stopped unexpectedly / Find the root cause",
                topic: "32870080",
                consents: &[MEMORY_DUMP],
            },
        ],
    },
    Service {
        id: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a650"),
        name: "SQL Database",
        category: Category::Technical,
        resource_types: &["MICROSOFT.SQL/SERVERS", "MICROSOFT.SQL/SERVERS/DATABASES"],
        classifications: &[Classification {
            id: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a651"),
            name: "Performance and query execution / Slow queries",
            topic: "32870080",
            consents: &[],
        }],
    },
];
