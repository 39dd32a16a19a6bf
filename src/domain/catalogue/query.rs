//! What a catalogue query may narrow by: target view, segment, reservation scope. Whether a partner
//! may use a view or segment at all is decided by the caller.

/// `targetView` of a product list (partner-center-catalog, Query values).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetView {
    /// All Azure items.
    Azure,
    /// All reservations.
    AzureReservations,
    /// Virtual machine reservations.
    AzureReservationsVM,
    /// SQL Database reservations.
    AzureReservationsSQL,
    /// Cosmos DB reservations.
    AzureReservationsCosmosDb,
    /// MS-AZR-0145P and the Azure plan.
    MicrosoftAzure,
    /// Online services including the commercial marketplace.
    OnlineServices,
    /// New-commerce licences only \[?\].
    OnlineServicesNCE,
    /// All software.
    Software,
    /// SUSE Linux subscriptions.
    SoftwareSUSELinux,
    /// Perpetual software.
    SoftwarePerpetual,
    /// Software subscriptions, SUSE included.
    SoftwareSubscriptions,
    /// Commercial marketplace `SaaS` \[?\].
    MarketplaceSaaS,
}

impl TargetView {
    /// Every view.
    pub const ALL: [Self; 13] = [
        Self::Azure,
        Self::AzureReservations,
        Self::AzureReservationsVM,
        Self::AzureReservationsSQL,
        Self::AzureReservationsCosmosDb,
        Self::MicrosoftAzure,
        Self::OnlineServices,
        Self::OnlineServicesNCE,
        Self::Software,
        Self::SoftwareSUSELinux,
        Self::SoftwarePerpetual,
        Self::SoftwareSubscriptions,
        Self::MarketplaceSaaS,
    ];

    /// The documented spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Azure => "Azure",
            Self::AzureReservations => "AzureReservations",
            Self::AzureReservationsVM => "AzureReservationsVM",
            Self::AzureReservationsSQL => "AzureReservationsSQL",
            Self::AzureReservationsCosmosDb => "AzureReservationsCosmosDb",
            Self::MicrosoftAzure => "MicrosoftAzure",
            Self::OnlineServices => "OnlineServices",
            Self::OnlineServicesNCE => "OnlineServicesNCE",
            Self::Software => "Software",
            Self::SoftwareSUSELinux => "SoftwareSUSELinux",
            Self::SoftwarePerpetual => "SoftwarePerpetual",
            Self::SoftwareSubscriptions => "SoftwareSubscriptions",
            Self::MarketplaceSaaS => "MarketplaceSaaS",
        }
    }

    /// Reads a query value in any casing. `AzureAzureReservationsVM`, a slip of two documented
    /// requests, counts as `AzureReservationsVM` \[choice\].
    pub fn from_name(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("AzureAzureReservationsVM") {
            return Some(Self::AzureReservationsVM);
        }
        Self::ALL.into_iter().find(|view| text.eq_ignore_ascii_case(view.as_str()))
    }
}

/// `targetSegment`: the kind of customer an availability is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// Businesses.
    Commercial,
    /// Schools and universities.
    Education,
    /// Public bodies.
    Government,
    /// Charities.
    Nonprofit,
}

impl Segment {
    /// Every segment, in the order availabilities are listed.
    pub const ALL: [Self; 4] =
        [Self::Commercial, Self::Education, Self::Government, Self::Nonprofit];

    /// The lower-case word the service writes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Commercial => "commercial",
            Self::Education => "education",
            Self::Government => "government",
            Self::Nonprofit => "nonprofit",
        }
    }

    /// Reads a query value in any casing.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|segment| text.eq_ignore_ascii_case(segment.as_str()))
    }
}

/// The segments a product is sold to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SegmentSet(u8);

impl SegmentSet {
    /// Whether the segment is in the set.
    pub const fn contains(self, segment: Segment) -> bool {
        self.0 & (1 << segment as u8) != 0
    }

    /// The segments of the set.
    pub fn iter(self) -> impl Iterator<Item = Segment> {
        Segment::ALL.into_iter().filter(move |segment| self.contains(*segment))
    }

    /// Whether nobody is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Segment> for SegmentSet {
    fn from_iter<I: IntoIterator<Item = Segment>>(segments: I) -> Self {
        Self(segments.into_iter().fold(0, |bits, segment| bits | 1 << segment as u8))
    }
}

/// `reservationScope`: the kind of Azure subscription a reservation is bought for. The same SKU has
/// different availabilities for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReservationScope {
    /// Microsoft Azure (MS-AZR-0145P): the parameter is absent.
    #[default]
    MicrosoftAzure,
    /// An Azure plan: `reservationScope=AzurePlan`.
    AzurePlan,
}

impl ReservationScope {
    /// Both scopes.
    pub const ALL: [Self; 2] = [Self::MicrosoftAzure, Self::AzurePlan];

    /// The name of the scope; the query knows only `AzurePlan`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MicrosoftAzure => "MicrosoftAzure",
            Self::AzurePlan => "AzurePlan",
        }
    }

    /// Reads the query value in any casing; only `AzurePlan` is one.
    pub fn from_query(text: &str) -> Option<Self> {
        text.eq_ignore_ascii_case(Self::AzurePlan.as_str()).then_some(Self::AzurePlan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_in_any_casing() {
        for (text, expected) in [
            ("azure", Some(TargetView::Azure)),
            ("AZURERESERVATIONSVM", Some(TargetView::AzureReservationsVM)),
            ("AzureAzureReservationsVM", Some(TargetView::AzureReservationsVM)),
            ("softwaresuselinux", Some(TargetView::SoftwareSUSELinux)),
            ("", None),
            ("Azure ", None),
            ("Ａzure", None),
        ] {
            assert_eq!(TargetView::from_name(text), expected, "{text:?}");
        }
        for view in TargetView::ALL {
            assert_eq!(TargetView::from_name(view.as_str()), Some(view));
        }
    }

    #[test]
    fn segments_and_scopes() {
        assert_eq!(Segment::from_name("Commercial"), Some(Segment::Commercial));
        assert_eq!(Segment::from_name("retail"), None);
        assert_eq!(ReservationScope::from_query("azureplan"), Some(ReservationScope::AzurePlan));
        assert_eq!(ReservationScope::from_query("MicrosoftAzure"), None);
        let set: SegmentSet = [Segment::Nonprofit, Segment::Education].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [Segment::Education, Segment::Nonprofit]);
        assert!(SegmentSet::default().is_empty());
    }
}
