//! Contract: azure-support.md.

use serde_json::{Value, json};

use super::{Case, Page, case, check, get, patch, post, put, set};
use crate::support::{Answer, LARKSPUR, Mock};

pub const PAGE: Page = Page { name: "support in Azure", shapes: SHAPES, cases: CASES };

#[test]
fn support_in_azure_is_as_documented() {
    check(&PAGE);
}

const SUBSCRIPTION: &str = "/subscriptions/7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18";
const BILLING: &str = "/providers/Microsoft.Support/services/517f2da6-78fd-0498-4e22-ad26996b1dfc";
/// Exchanges and refunds; purchases, which the support agent leaves alone.
const REFUNDS: &str = "8a2e6d10-4c57-4b93-9f0e-5d31c7b2a604";
const PURCHASES: &str = "8a2e6d10-4c57-4b93-9f0e-5d31c7b2a605";

const SHAPES: &[(&str, &str)] = &[
    (
        "Service",
        "id:path name:guid type:=Microsoft.Support/services properties.displayName:text \
        properties.resourceTypes[*]:text",
    ),
    (
        "Classification",
        "id:path name:guid type:=Microsoft.Support/problemClassifications \
        properties.displayName:text properties.secondaryConsentEnabled[*]:Consent",
    ),
    ("Consent", "description,type:text"),
    ("Operation", "name:text display:OperationDisplay"),
    ("OperationDisplay", "provider,resource,operation,description:text"),
    ("Name", "nameAvailable:bool reason?,message?:text"),
    (
        "Ticket",
        "id:path name:text type:=Microsoft.Support/supportTickets properties:TicketProperties",
    ),
    (
        "TicketProperties",
        "supportTicketId:digits title,description:text serviceId:path \
        serviceDisplayName:text problemClassificationId:path problemClassificationDisplayName:text \
        severity:enum(Minimal|Moderate|Critical|HighestCriticalImpact) \
        advancedDiagnosticConsent:enum(Yes|No) require24X7Response:bool contactDetails:ContactDetails \
        serviceLevelAgreement:Agreement supportEngineer:Engineer \
        supportPlanType,supportPlanDisplayName:text enrollmentId:string problemStartTime?:utc \
        status:enum(Open|Closed) createdDate,modifiedDate:utc isTemporaryTicket:enum(Yes|No) \
        fileWorkspaceName?:text secondaryConsent[*]:GivenConsent supportPlanId?:text \
        problemScopingQuestions?:text technicalTicketDetails?.resourceId:path \
        quotaTicketDetails?:QuotaDetails",
    ),
    (
        "ContactDetails",
        "firstName,lastName:text preferredContactMethod:enum(Email|Phone) \
        primaryEmailAddress,preferredTimeZone,country,preferredSupportLanguage:text \
        phoneNumber?:text additionalEmailAddresses?[]:text",
    ),
    ("Agreement", "startTime,expirationTime:utc slaMinutes:int"),
    ("Engineer", "emailAddress?:text"),
    ("GivenConsent", "userConsent:enum(Yes|No) type:text"),
    (
        "QuotaDetails",
        "quotaChangeRequestSubType,quotaChangeRequestVersion:text \
        quotaChangeRequests[].region:text quotaChangeRequests[].payload:text",
    ),
    ("Communication", "id:path name:text type:=Microsoft.Support/communications properties:Said"),
    (
        "Said",
        "communicationType:enum(Web|Phone) communicationDirection:enum(Inbound|Outbound) \
        sender,subject,body:text createdDate:utc",
    ),
    (
        "Workspace",
        "id:path name:text type:=Microsoft.Support/fileWorkspaces \
        properties.createdOn:utc properties.expirationTime:utc",
    ),
    (
        "File",
        "id:path name:text type:=Microsoft.Support/files properties.createdOn:utc \
        properties.chunkSize:int properties.fileSize:int properties.numberOfChunks:int",
    ),
    ("Running", "id:path name:text status:enum(InProgress|Succeeded|Failed)"),
    ("Refusal", "error.code,error.message:text"),
];

fn versioned(path: &str) -> String {
    let separator = if path.contains('?') { '&' } else { '?' };
    format!("{path}{separator}api-version=2024-04-01")
}

fn below(rest: &str) -> String {
    versioned(&format!("{SUBSCRIPTION}/providers/Microsoft.Support/{rest}"))
}

fn tenant(rest: &str) -> String {
    versioned(&format!("/providers/Microsoft.Support/{rest}"))
}

/// The path of a ticket below the subscription.
pub(super) fn tickets(name: &str) -> String {
    below(&format!("supportTickets/{name}"))
}

/// The body of a ticket with every documented member.
pub(super) fn ticket() -> Value {
    json!({ "properties": {
        "title": "Reserved machines", "description": "Please look at our purchase of May.",
        "serviceId": BILLING,
        "problemClassificationId": format!("{BILLING}/problemClassifications/{PURCHASES}"),
        "severity": "minimal", "advancedDiagnosticConsent": "No",
        "contactDetails": {
            "firstName": "Mei", "lastName": "Lin", "preferredContactMethod": "email",
            "primaryEmailAddress": "mei@fabricore.example",
            "additionalEmailAddresses": ["ops@fabricore.example"], "phoneNumber": "+886212345678",
            "preferredTimeZone": "Taipei Standard Time", "country": "TWN",
            "preferredSupportLanguage": "en-US",
        },
        "problemStartTime": "2026-02-28T10:00:00Z", "require24X7Response": false,
        "problemScopingQuestions": "{\"articleId\":\"076846c1\"}", "supportPlanId": "plan-17",
        "enrollmentId": "", "secondaryConsent": [{ "userConsent": "Yes", "type": "VirtualMachineMemoryDump" }],
    } })
}

fn opened(mock: &Mock, path: &str) -> Answer {
    mock.azure(LARKSPUR).expect(202, "PUT", path, &ticket())
}

/// The path that a header of an answer leads to.
fn path_in(mock: &Mock, answer: &Answer, header: &str) -> String {
    let link = answer.header(header).unwrap();
    link.split_once(mock.server.base_url().as_str()).unwrap().1.to_owned()
}

fn said() -> Value {
    json!({ "properties": {
        "subject": "Order number", "body": "It is the one of May.", "sender": "mei@fabricore.example",
    } })
}

/// A ticket that something was said about.
fn talked(mock: &Mock, at: fn(&str) -> String) {
    opened(mock, &at("supportTickets/machines"));
    let path = at("supportTickets/machines/communications/more");
    mock.azure(LARKSPUR).expect(202, "PUT", &path, &said());
}

fn announced() -> Value {
    json!({ "properties": { "chunkSize": 4, "fileSize": 4, "numberOfChunks": 1 } })
}

/// A workspace with a file in it.
fn workspace(mock: &Mock, at: fn(&str) -> String) {
    let azure = mock.azure(LARKSPUR);
    azure.expect(201, "PUT", &at("fileWorkspaces/logs"), &Value::Null);
    azure.expect(201, "PUT", &at("fileWorkspaces/logs/files/usage.csv"), &announced());
}

fn name(name: &str, of: &str) -> Value {
    json!({ "name": name, "type": format!("Microsoft.Support/{of}") })
}

fn update() -> Value {
    json!({
        "severity": "moderate", "status": "closed", "advancedDiagnosticConsent": "Yes",
        "contactDetails": { "phoneNumber": "+886287654321" },
        "secondaryConsent": [{ "userConsent": "No", "type": "VirtualMachineMemoryDump" }],
    })
}

const ACCEPTED: &str = "- >azure-asyncoperation:url >location:url >retry-after:digits";
const NOT_FREE: &str = ":Name nameAvailable:=false reason,message:text";

const CASES: &[Case] = &[
    // 2. Catalogue
    case("listSupportOperations", 200, "value[]:Operation", |_| get(tenant("operations"))),
    case("listSupportServices", 200, "value[]:Service", |_| get(tenant("services"))),
    case("getSupportService", 200, ":Service properties.displayName:=Billing", |_| {
        get(versioned(BILLING))
    }),
    case("listProblemClassifications", 200, "value[]:Classification", |_| {
        get(versioned(&format!("{BILLING}/problemClassifications")))
    }),
    case("getProblemClassification", 200, ":Classification", |_| {
        get(versioned(&format!("{BILLING}/problemClassifications/{REFUNDS}")))
    }),
    case("getSupportService", 404, ":Refusal", |_| {
        get(tenant("services/00000000-0000-4000-8000-000000000001"))
    }),
    // 3. Tickets
    case("checkSupportTicketName", 200, ":Name nameAvailable:=true", |_| {
        post(below("checkNameAvailability"), &name("refund-4711", "supportTickets"))
    }),
    case("checkSupportTicketName", 200, NOT_FREE, |at| {
        opened(at, &tickets("machines"));
        post(below("checkNameAvailability"), &name("machines", "supportTickets"))
    }),
    case("checkSupportTicketNameNoSubscription", 200, ":Name nameAvailable:=true", |_| {
        post(tenant("checkNameAvailability"), &name("refund-4711", "supportTickets"))
    }),
    case("checkCommunicationName", 200, NOT_FREE, |at| {
        talked(at, below);
        post(
            below("supportTickets/machines/checkNameAvailability"),
            &name("more", "communications"),
        )
    }),
    case("checkCommunicationNameNoSubscription", 200, ":Name nameAvailable:=true", |at| {
        talked(at, tenant);
        post(
            tenant("supportTickets/machines/checkNameAvailability"),
            &name("even-more", "communications"),
        )
    }),
    case("createSupportTicket", 202, ACCEPTED, |_| put(tickets("refund-4711"), &ticket())),
    case("createSupportTicketNoSubscription", 202, ACCEPTED, |_| {
        put(tenant("supportTickets/refund-4711"), &ticket())
    }),
    case(
        "getSupportTicket",
        200,
        ":Ticket properties.problemStartTime:utc \
        properties.contactDetails.additionalEmailAddresses[]:text",
        |at| {
            opened(at, &tickets("machines"));
            get(tickets("machines"))
        },
    ),
    case(
        "getSupportTicket",
        200,
        ":Ticket properties.fileWorkspaceName:=logs \
        properties.secondaryConsent[]:GivenConsent properties.technicalTicketDetails.resourceId:path \
        properties.quotaTicketDetails:QuotaDetails",
        |at| {
            workspace(at, below);
            let mut body = ticket();
            body["properties"]["fileWorkspaceName"] = "logs".into();
            body["properties"]["technicalTicketDetails"] = json!({
                "resourceId": format!("{SUBSCRIPTION}/resourceGroups/shop-rg/providers/Microsoft.Compute/virtualMachines/web01"),
            });
            body["properties"]["quotaTicketDetails"] = json!({
                "quotaChangeRequestSubType": "Account", "quotaChangeRequestVersion": "1.0",
                "quotaChangeRequests": [{ "region": "EastUS", "payload": "{\"NewLimit\":200}" }],
            });
            at.azure(LARKSPUR).expect(202, "PUT", &tickets("machines"), &body);
            get(tickets("machines"))
        },
    ),
    case("getSupportTicket", 200, ":Ticket properties.supportEngineer.emailAddress:text", |at| {
        let mut body = ticket();
        body["properties"]["problemClassificationId"] =
            format!("{BILLING}/problemClassifications/{REFUNDS}").into();
        at.azure(LARKSPUR).expect(202, "PUT", &tickets("machines"), &body);
        at.advance("P1D");
        get(tickets("machines"))
    }),
    case("getSupportTicket", 404, ":Refusal error.code:=ResourceNotFound", |_| {
        get(tickets("machines"))
    }),
    case("getSupportTicketNoSubscription", 200, ":Ticket", |at| {
        opened(at, &tenant("supportTickets/machines"));
        get(tenant("supportTickets/machines"))
    }),
    case(
        "updateSupportTicket",
        200,
        ":Ticket properties.severity:=Moderate properties.status:=Closed \
        properties.contactDetails.phoneNumber:=+886287654321",
        |at| {
            opened(at, &tickets("machines"));
            patch(tickets("machines"), &update())
        },
    ),
    case("updateSupportTicketNoSubscription", 200, ":Ticket properties.status:=Closed", |at| {
        opened(at, &tenant("supportTickets/machines"));
        patch(tenant("supportTickets/machines"), &update())
    }),
    case("listSupportTickets", 200, "value[]:Ticket nextLink:url", |at| {
        opened(at, &tickets("machines"));
        opened(at, &tickets("more-machines"));
        get(below(
            "supportTickets?$top=1&$filter=status%20eq%20'Open'%20and%20CreatedDate%20ge%202026-01-01",
        ))
    }),
    case("listSupportTickets", 200, "value[]:Ticket", |at| {
        opened(at, &tickets("machines"));
        let service = BILLING.rsplit('/').next().unwrap();
        get(below(&format!("supportTickets?$filter=ServiceId%20eq%20'{service}'")))
    }),
    case("listSupportTickets", 200, "value[]:Ticket", |at| {
        opened(at, &tickets("machines"));
        get(below(&format!(
            "supportTickets?$filter=ProblemClassificationId%20eq%20'{PURCHASES}'%20and%20createdDate%20gt%202026-01-01T00:00:00Z"
        )))
    }),
    case("listSupportTicketsNoSubscription", 200, "value[]:Ticket", |at| {
        opened(at, &tenant("supportTickets/machines"));
        get(tenant("supportTickets?$top=25"))
    }),
    // 4. Communications
    case("createCommunication", 202, ACCEPTED, |at| {
        opened(at, &tickets("machines"));
        put(below("supportTickets/machines/communications/more"), &said())
    }),
    case("createCommunicationNoSubscription", 202, ACCEPTED, |at| {
        opened(at, &tenant("supportTickets/machines"));
        put(tenant("supportTickets/machines/communications/more"), &said())
    }),
    case(
        "getCommunication",
        200,
        ":Communication properties.communicationDirection:=Inbound",
        |at| {
            talked(at, below);
            get(below("supportTickets/machines/communications/more"))
        },
    ),
    case("getCommunicationNoSubscription", 200, ":Communication", |at| {
        talked(at, tenant);
        get(tenant("supportTickets/machines/communications/more"))
    }),
    case("listCommunications", 200, "value[]:Communication", |at| {
        talked(at, below);
        get(below(
            "supportTickets/machines/communications?$top=10&$filter=communicationType%20eq%20'web'%20and%20createdDate%20ge%202026-01-01T00:00:00Z",
        ))
    }),
    case("listCommunicationsNoSubscription", 200, "value[]:Communication", |at| {
        talked(at, tenant);
        get(tenant("supportTickets/machines/communications"))
    }),
    case("listChatTranscripts", 200, "value[*]:object", |at| {
        talked(at, below);
        get(below("supportTickets/machines/chatTranscripts"))
    }),
    case("listChatTranscriptsNoSubscription", 200, "value[*]:object", |at| {
        talked(at, tenant);
        get(tenant("supportTickets/machines/chatTranscripts"))
    }),
    // 5. Files
    case("createFileWorkspace", 201, ":Workspace", |_| {
        put(below("fileWorkspaces/logs"), &Value::Null)
    }),
    case("createFileWorkspaceNoSubscription", 201, ":Workspace", |_| {
        put(tenant("fileWorkspaces/logs"), &Value::Null)
    }),
    case("getFileWorkspace", 200, ":Workspace", |at| {
        workspace(at, below);
        get(below("fileWorkspaces/logs"))
    }),
    case("getFileWorkspaceNoSubscription", 200, ":Workspace", |at| {
        workspace(at, tenant);
        get(tenant("fileWorkspaces/logs"))
    }),
    case("createFile", 201, ":File", |at| {
        workspace(at, below);
        put(below("fileWorkspaces/logs/files/more.csv"), &announced())
    }),
    case("createFileNoSubscription", 201, ":File", |at| {
        workspace(at, tenant);
        put(tenant("fileWorkspaces/logs/files/more.csv"), &announced())
    }),
    case("getFile", 200, ":File", |at| {
        workspace(at, below);
        get(below("fileWorkspaces/logs/files/usage.csv"))
    }),
    case("getFileNoSubscription", 200, ":File", |at| {
        workspace(at, tenant);
        get(tenant("fileWorkspaces/logs/files/usage.csv"))
    }),
    case("listFiles", 200, "value[]:File", |at| {
        workspace(at, below);
        get(below("fileWorkspaces/logs/files"))
    }),
    case("listFilesNoSubscription", 200, "value[]:File", |at| {
        workspace(at, tenant);
        get(tenant("fileWorkspaces/logs/files"))
    }),
    case("uploadFile", 204, "-", |at| {
        workspace(at, below);
        post(below("fileWorkspaces/logs/files/usage.csv/upload"), &chunk())
    }),
    case("uploadFileNoSubscription", 204, "-", |at| {
        workspace(at, tenant);
        post(tenant("fileWorkspaces/logs/files/usage.csv/upload"), &chunk())
    }),
    // 8. Polling
    case("getSupportOperationStatus", 200, ":Running status:=Succeeded", |at| {
        let accepted = opened(at, &tickets("machines"));
        get(path_in(at, &accepted, "azure-asyncoperation"))
    }),
    case(
        "getSupportOperationStatus",
        200,
        ":Running status:=InProgress >retry-after:digits",
        |at| {
            set(at, &json!({ "delays": { "support-ticket": "PT1M" } }));
            let accepted = opened(at, &tickets("machines"));
            get(path_in(at, &accepted, "azure-asyncoperation"))
        },
    ),
    case("getSupportOperationStatusNoSubscription", 200, ":Running", |at| {
        let accepted = opened(at, &tenant("supportTickets/machines"));
        get(path_in(at, &accepted, "azure-asyncoperation"))
    }),
    case("getSupportOperationResult", 200, ":Ticket", |at| {
        let accepted = opened(at, &tickets("machines"));
        get(path_in(at, &accepted, "location"))
    }),
    case("getSupportOperationResult", 202, ">retry-after:digits", |at| {
        set(at, &json!({ "delays": { "support-ticket": "PT1M" } }));
        let accepted = opened(at, &tickets("machines"));
        get(path_in(at, &accepted, "location"))
    }),
    case("getSupportOperationResultNoSubscription", 200, ":Ticket", |at| {
        let accepted = opened(at, &tenant("supportTickets/machines"));
        get(path_in(at, &accepted, "location"))
    }),
];

fn chunk() -> Value {
    json!({ "content": "YWJjZA==", "chunkIndex": 0 })
}
