//! The support topics of Partner Center in the languages that they are told in. Ids and texts are made
//! up, except where a sample of the contract names them [choice].

use uuid::uuid;

use super::Topic;

/// The languages, English first.
pub const LANGUAGES: [&str; 6] = ["en-US", "de-DE", "fr-FR", "es-ES", "ja-JP", "zh-TW"];

/// Every topic.
pub const TOPICS: &[Topic] = &[
    Topic {
        id: "32870040",
        classification: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a604"),
        names: [
            "Reservation exchanges and refunds",
            "Umtausch und Erstattung von Reservierungen",
            "Échanges et remboursements de réservations",
            "Cambios y reembolsos de reservas",
            "予約の交換と返金",
            "保留的交換與退款",
        ],
        descriptions: [
            "Exchange a reservation for another, or return it for a refund.",
            "Eine Reservierung gegen eine andere tauschen oder gegen Erstattung zurückgeben.",
            "Échanger une réservation contre une autre ou la rendre contre remboursement.",
            "Cambiar una reserva por otra o devolverla a cambio de un reembolso.",
            "予約を別の予約と交換する、または返品して返金を受ける。",
            "將保留交換為其他保留，或退回保留以取得退款。",
        ],
    },
    Topic {
        id: "32870045",
        classification: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a605"),
        names: [
            "Reservation purchase and usage",
            "Kauf und Nutzung von Reservierungen",
            "Achat et utilisation de réservations",
            "Compra y uso de reservas",
            "予約の購入と使用状況",
            "保留的購買與使用",
        ],
        descriptions: [
            "Buy reservations, and see how much of them is used.",
            "Reservierungen kaufen und sehen, wie viel davon genutzt wird.",
            "Acheter des réservations et voir ce qui en est utilisé.",
            "Comprar reservas y ver cuánto de ellas se usa.",
            "予約を購入し、使用率を確認する。",
            "購買保留並查看其使用量。",
        ],
    },
    Topic {
        id: "32870046",
        classification: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a606"),
        names: [
            "Reservation scope, split and merge",
            "Umfang, Teilung und Zusammenführung von Reservierungen",
            "Étendue, fractionnement et fusion de réservations",
            "Ámbito, división y combinación de reservas",
            "予約のスコープ、分割、結合",
            "保留的範圍、分割與合併",
        ],
        descriptions: [
            "Change what a reservation applies to, split it, or merge two.",
            "Ändern, wofür eine Reservierung gilt, sie teilen oder zwei zusammenführen.",
            "Modifier ce à quoi une réservation s'applique, la fractionner ou en fusionner deux.",
            "Cambiar a qué se aplica una reserva, dividirla o combinar dos.",
            "予約の適用先を変更する、分割する、または 2 つを結合する。",
            "變更保留的套用對象、分割保留，或合併兩個保留。",
        ],
    },
    Topic {
        id: "32870050",
        classification: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a608"),
        names: [
            "Invoices and credits",
            "Rechnungen und Gutschriften",
            "Factures et avoirs",
            "Facturas y abonos",
            "請求書とクレジット",
            "發票與信用額度",
        ],
        descriptions: [
            "Ask about an invoice, or for a credit of something other than a reservation.",
            "Fragen zu einer Rechnung oder Gutschrift für anderes als eine Reservierung.",
            "Question sur une facture, ou avoir pour autre chose qu'une réservation.",
            "Preguntar por una factura o pedir un abono de algo que no sea una reserva.",
            "請求書に関する質問、または予約以外のクレジットの依頼。",
            "詢問發票，或要求保留以外項目的信用額度。",
        ],
    },
    Topic {
        id: "32870055",
        classification: uuid!("44114011-6a66-e902-c00f-e419b6b4509f"),
        names: [
            "Cost management and access",
            "Kostenverwaltung und Zugriff",
            "Gestion des coûts et accès",
            "Administración de costos y acceso",
            "コスト管理とアクセス",
            "成本管理與存取",
        ],
        descriptions: [
            "See the costs of customers, and give others access to them.",
            "Kosten von Kunden sehen und anderen Zugriff darauf geben.",
            "Voir les coûts des clients et y donner accès.",
            "Ver los costos de los clientes y dar acceso a ellos.",
            "顧客のコストを表示し、アクセス権を付与する。",
            "查看客戶的成本並授與存取權。",
        ],
    },
    Topic {
        id: "32870060",
        classification: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a620"),
        names: [
            "Subscription management",
            "Abonnementverwaltung",
            "Gestion des abonnements",
            "Administración de suscripciones",
            "サブスクリプション管理",
            "訂用帳戶管理",
        ],
        descriptions: [
            "Transfer, cancel or reactivate subscriptions.",
            "Abonnements übertragen, kündigen oder reaktivieren.",
            "Transférer, annuler ou réactiver des abonnements.",
            "Transferir, cancelar o reactivar suscripciones.",
            "サブスクリプションの譲渡、取り消し、再アクティブ化。",
            "轉移、取消或重新啟用訂用帳戶。",
        ],
    },
    Topic {
        id: "32870070",
        classification: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a630"),
        names: [
            "Limits and quotas",
            "Grenzwerte und Kontingente",
            "Limites et quotas",
            "Límites y cuotas",
            "制限とクォータ",
            "限制與配額",
        ],
        descriptions: [
            "Raise the limits of a subscription.",
            "Die Grenzwerte eines Abonnements erhöhen.",
            "Augmenter les limites d'un abonnement.",
            "Aumentar los límites de una suscripción.",
            "サブスクリプションの制限を引き上げる。",
            "提高訂用帳戶的限制。",
        ],
    },
    Topic {
        id: "32870080",
        classification: uuid!("8a2e6d10-4c57-4b93-9f0e-5d31c7b2a641"),
        names: [
            "Azure technical issue",
            "Technisches Problem mit Azure",
            "Problème technique avec Azure",
            "Problema técnico de Azure",
            "Azure の技術的な問題",
            "Azure 技術問題",
        ],
        descriptions: [
            "A virtual machine, a database or another resource does not work.",
            "Ein virtueller Computer, eine Datenbank oder anderes funktioniert nicht.",
            "Une machine virtuelle, une base de données ou autre ne fonctionne pas.",
            "Una máquina virtual, una base de datos u otro recurso no funciona.",
            "仮想マシン、データベース、その他のリソースが動作しない。",
            "虛擬機器、資料庫或其他資源無法運作。",
        ],
    },
];
