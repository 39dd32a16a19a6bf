//! What a case can be about: services and problem classifications of Azure, topics of Partner Center
//! (contract: azure-support.md §2, partner-center-service-requests.md). Every classification has a
//! topic and every topic a classification, so that a case can be shown on both surfaces.

mod services;
mod topics;

use uuid::Uuid;

use super::SupportFault;
pub use services::SERVICES;
pub use topics::{LANGUAGES, TOPICS};

/// What kind of trouble a service stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// Money.
    Billing,
    /// Subscriptions and their limits.
    Subscription,
    /// Technology; needs a support plan.
    Technical,
}

/// A service that cases are about.
#[derive(Debug)]
pub struct Service {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: &'static str,
    /// Kind of trouble.
    pub category: Category,
    /// Types of resources that it is about.
    pub resource_types: &'static [&'static str],
    /// What can be wrong with it.
    pub classifications: &'static [Classification],
}

/// What can be wrong with a service.
#[derive(Debug, PartialEq, Eq)]
pub struct Classification {
    /// Id.
    pub id: Uuid,
    /// Name: parent and child, parted by a slash.
    pub name: &'static str,
    /// Id of its topic in Partner Center.
    pub topic: &'static str,
    /// Further consents that it asks for.
    pub consents: &'static [ConsentAsked],
}

/// A further consent that is asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct ConsentAsked {
    /// Its kind.
    pub kind: &'static str,
    /// What it allows.
    pub description: &'static str,
}

/// A topic of Partner Center.
#[derive(Debug, PartialEq, Eq)]
pub struct Topic {
    /// Id: digits.
    pub id: &'static str,
    /// Id of its classification in Azure.
    pub classification: Uuid,
    /// Names, in the order of [`LANGUAGES`].
    names: [&'static str; LANGUAGES.len()],
    /// Descriptions, in the order of [`LANGUAGES`].
    descriptions: [&'static str; LANGUAGES.len()],
}

/// The classification that the support agent carries out (its id is a choice: the real one is not
/// known [choice]).
const EXCHANGES_AND_REFUNDS: Uuid = uuid::uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a604");

impl Classification {
    /// Whether it is about exchanges and refunds of reservations.
    pub fn concerns_refunds_or_exchanges(&self) -> bool {
        self.id == EXCHANGES_AND_REFUNDS
    }

    /// Its service.
    pub fn service(&self) -> &'static Service {
        let is_home =
            |service: &&Service| service.classifications.iter().any(|it| it.id == self.id);
        SERVICES.iter().find(is_home).unwrap_or(&SERVICES[0])
    }

    /// Its topic.
    pub fn topic(&self) -> &'static Topic {
        TOPICS.iter().find(|topic| topic.id == self.topic).unwrap_or(&TOPICS[0])
    }
}

impl Topic {
    /// Its name in the language of a locale such as `de-DE`, else in English.
    pub fn name(&self, locale: &str) -> &'static str {
        self.names[language(locale)]
    }

    /// What it is about in the language of a locale, else in English.
    pub fn description(&self, locale: &str) -> &'static str {
        self.descriptions[language(locale)]
    }
}

/// The place of a locale's language in [`LANGUAGES`]: that of the locale itself, else that of another
/// country, else English.
fn language(locale: &str) -> usize {
    let of = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    LANGUAGES
        .iter()
        .position(|known| known.eq_ignore_ascii_case(locale))
        .or_else(|| LANGUAGES.iter().position(|known| of(known) == of(locale)))
        .unwrap_or(0)
}

/// The service of that id.
pub fn service(id: Uuid) -> Result<&'static Service, SupportFault> {
    let unknown = || SupportFault::not_found("service", &id.to_string());
    SERVICES.iter().find(|service| service.id == id).ok_or_else(unknown)
}

/// The classification of that id.
pub fn classification(id: Uuid) -> Result<&'static Classification, SupportFault> {
    let unknown = || SupportFault::not_found("problem classification", &id.to_string());
    SERVICES.iter().flat_map(|it| it.classifications).find(|it| it.id == id).ok_or_else(unknown)
}

/// The topic of that id.
pub fn topic(id: &str) -> Result<&'static Topic, SupportFault> {
    let unknown = || SupportFault::not_found("support topic", id);
    TOPICS.iter().find(|topic| topic.id == id).ok_or_else(unknown)
}

/// `#[serde(with = "…")]`: a classification by its id.
pub mod classification_by_id {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use uuid::Uuid;

    use super::Classification;

    /// Writes the id.
    pub fn serialize<S: Serializer>(
        it: &&'static Classification,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        it.id.serialize(to)
    }

    /// Finds the classification of the id.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<&'static Classification, D::Error> {
        super::classification(Uuid::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// `#[serde(with = "…")]`: a topic by its id.
pub mod topic_by_id {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Topic;

    /// Writes the id.
    pub fn serialize<S: Serializer>(it: &&'static Topic, to: S) -> Result<S::Ok, S::Error> {
        it.id.serialize(to)
    }

    /// Finds the topic of the id.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<&'static Topic, D::Error> {
        super::topic(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_classification_has_a_topic_and_every_topic_a_classification() {
        for it in SERVICES.iter().flat_map(|service| service.classifications) {
            assert_eq!(topic(it.topic).map(|topic| topic.id), Ok(it.topic), "{}", it.name);
            assert_eq!(classification(it.id), Ok(it));
            assert!(it.service().classifications.contains(it));
        }
        for topic in TOPICS {
            let home = classification(topic.classification).unwrap();
            assert_eq!(home.topic, topic.id, "{}", home.name);
            assert!(topic.id.bytes().all(|b| b.is_ascii_digit()));
        }
    }

    #[test]
    fn exactly_one_classification_and_one_topic_concern_refunds_and_exchanges() {
        let all = || SERVICES.iter().flat_map(|service| service.classifications);
        let found: Vec<_> = all().filter(|it| it.concerns_refunds_or_exchanges()).collect();
        let [one] = found[..] else { panic!("{found:?}") };
        assert_eq!(one.name, "Reservation management / Exchanges and refunds");
        assert_eq!(one.service().name, "Billing");
        assert_eq!(all().filter(|it| it.topic == one.topic).count(), 1);
    }

    #[test]
    fn ids_stand_once() {
        let mut ids: Vec<Uuid> = SERVICES.iter().map(|service| service.id).collect();
        ids.extend(SERVICES.iter().flat_map(|it| it.classifications).map(|it| it.id));
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn topics_speak_the_language_of_the_locale() {
        let topic = TOPICS.iter().find(|it| it.classification == EXCHANGES_AND_REFUNDS).unwrap();
        let english = topic.name("en-US");
        for same in ["en-GB", "en", "xx-YY", "", "EN-us"] {
            assert_eq!(topic.name(same), english, "{same}");
        }
        assert_eq!(topic.name("de-AT"), topic.name("de-DE"));
        for locale in &LANGUAGES[1..] {
            assert_ne!(topic.name(locale), english, "{locale}");
            assert_ne!(topic.description(locale), topic.description("en-US"), "{locale}");
        }
    }
}
