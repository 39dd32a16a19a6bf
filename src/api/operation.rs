//! One declaration per operation: method, path, who may call it, how faithful it is, what it takes
//! and gives, and the function that carries it out. Routing, authentication and the `OpenAPI` document
//! are all made from it.

use std::borrow::Cow;
use std::fmt;

use actix_web::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use super::call::Call;
use super::reply::Reply;

/// Which API an operation belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Surface {
    /// Partner Center.
    PartnerCenter,
    /// Azure Resource Manager.
    Azure,
    /// Entra ID.
    Identity,
    /// The mock's own control routes.
    Control,
}

impl Surface {
    /// Every surface.
    pub const ALL: [Self; 4] = [Self::PartnerCenter, Self::Azure, Self::Identity, Self::Control];

    /// Name used for files and routes.
    pub fn name(self) -> &'static str {
        match self {
            Self::PartnerCenter => "partner-center",
            Self::Azure => "azure",
            Self::Identity => "identity",
            Self::Control => "control",
        }
    }
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Anyone.
    None,
    /// An app-only or an app+user token.
    AppOrUser,
    /// An app+user token only (contract: partner-center-conventions.md §2).
    UserOnly,
}

impl Auth {
    /// Value of `x-auth`.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::AppOrUser => "app-or-user",
            Self::UserOnly => "app+user",
        }
    }
}

/// How sure it is that the real service does the same, surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fidelity {
    /// Seen in a recording of the real service or measured with a real client.
    Recorded,
    /// Stated in the service's documentation.
    Documented,
    /// Taken from a published sample.
    Sample,
    /// Concluded from client models or neighbouring facts.
    Inferred,
    /// Decided here, because no source says.
    Choice,
}

impl Fidelity {
    /// Every level, surest first.
    pub const ALL: [Self; 5] =
        [Self::Recorded, Self::Documented, Self::Sample, Self::Inferred, Self::Choice];

    /// Reads the word, in any case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name().eq_ignore_ascii_case(name))
    }

    /// Value of `x-fidelity`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Documented => "documented",
            Self::Sample => "sample",
            Self::Inferred => "inferred",
            Self::Choice => "choice",
        }
    }
}

/// A schema by the type that describes it.
#[derive(Clone)]
pub struct SchemaOf {
    /// Component name.
    pub name: Cow<'static, str>,
    /// The schema itself.
    pub schema: fn() -> RefOr<Schema>,
    /// The schemas it refers to.
    pub nested: fn(&mut Vec<(String, RefOr<Schema>)>),
    /// Whether it stands in the document by reference.
    pub by_reference: bool,
}

impl SchemaOf {
    /// The schema of `T`.
    pub fn of<T: ToSchema>() -> Self {
        let name = T::name();
        // Strings, arrays and the like have no component of their own.
        let by_reference = name.starts_with(|c: char| c.is_ascii_uppercase())
            && !matches!(&*name, "String" | "Vec");
        Self { name, schema: T::schema, nested: T::schemas, by_reference }
    }
}

impl fmt::Debug for SchemaOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// A parameter in query or header.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Name as documented.
    pub name: &'static str,
    /// `query` or `header`.
    pub place: &'static str,
    /// What it does.
    pub description: &'static str,
    /// Whether leaving it out is refused.
    pub required: bool,
    /// Its JSON schema.
    pub schema: Value,
}

/// The body an operation takes.
#[derive(Debug, Clone)]
pub struct BodyOf {
    /// What it holds.
    pub schema: SchemaOf,
    /// Whether leaving it out is refused.
    pub required: bool,
    /// Media type.
    pub content_type: &'static str,
}

/// A success an operation answers with.
#[derive(Debug, Clone)]
pub struct Success {
    /// HTTP status.
    pub status: u16,
    /// What it means.
    pub description: &'static str,
    /// What the body holds; `None` for no body.
    pub schema: Option<SchemaOf>,
    /// Media type of the body.
    pub content_type: &'static str,
    /// Headers it carries, with what they say.
    pub headers: Vec<(&'static str, &'static str)>,
}

/// A documented error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultOf {
    /// HTTP status.
    pub status: u16,
    /// The surface's code.
    pub code: Cow<'static, str>,
    /// What the service says; `{0}` and the like are filled in.
    pub text: &'static str,
}

/// A request that works in the default world: the document's example, sent for real when the
/// document is made.
#[derive(Debug, Clone, Default)]
pub struct Example {
    /// Path parameters.
    pub path: Vec<(&'static str, String)>,
    /// Query parameters.
    pub query: Vec<(&'static str, String)>,
    /// Body.
    pub body: Option<Value>,
    /// Operations whose examples must be sent before, in the same world.
    pub after: Vec<&'static str>,
}

/// The function behind an operation.
pub type Handler = Box<dyn Fn(&Call<'_>) -> Reply + Send + Sync>;

/// One operation.
pub struct Operation {
    /// Unique id, lower camel case.
    pub id: &'static str,
    /// The API it belongs to.
    pub surface: Surface,
    /// Method.
    pub method: Method,
    /// Path template. It may begin with `{+name}`, which takes any number of segments, none included.
    pub path: &'static str,
    /// Group in the document.
    pub tag: &'static str,
    /// One line.
    pub summary: &'static str,
    /// More, in Markdown.
    pub description: &'static str,
    /// Who may call it.
    pub auth: Auth,
    /// How faithful it is.
    pub fidelity: Fidelity,
    /// Where in the contract it is described.
    pub contract: &'static str,
    /// Whether the real service throttles it.
    pub throttled: bool,
    /// Whether a repeated `MS-RequestId` repeats the answer.
    pub idempotent: bool,
    /// Whether calls stand in the journal: those of the three APIs, and those that steer the mock.
    pub recorded: bool,
    /// Versions of the API that are known, the one documented first; none where no version is asked
    /// for.
    pub versions: &'static [&'static str],
    /// Query and header parameters.
    pub parameters: Vec<Parameter>,
    /// Body.
    pub body: Option<BodyOf>,
    /// Largest body in bytes, where it may be larger than bodies of other operations.
    pub largest_body: usize,
    /// Successes.
    pub successes: Vec<Success>,
    /// Errors of the surface that it answers with, beyond those any operation has.
    pub faults: Vec<FaultOf>,
    /// An example request.
    pub example: Example,
    /// What carries it out.
    pub handler: Handler,
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.method, self.path, self.id)
    }
}

impl Operation {
    /// Begins a declaration.
    pub fn new<E>(
        surface: Surface,
        method: Method,
        path: &'static str,
        id: &'static str,
        handler: fn(&Call<'_>) -> Result<Reply, E>,
    ) -> Self
    where
        E: Into<Reply> + 'static,
    {
        let idempotent = method != Method::GET && method != Method::HEAD;
        Self {
            id,
            surface,
            method,
            path,
            tag: "",
            summary: "",
            description: "",
            auth: Auth::AppOrUser,
            fidelity: Fidelity::Documented,
            contract: "",
            throttled: false,
            idempotent,
            recorded: surface != Surface::Control || idempotent,
            versions: &[],
            parameters: Vec::new(),
            body: None,
            largest_body: 0,
            successes: Vec::new(),
            faults: Vec::new(),
            example: Example::default(),
            handler: Box::new(move |call| handler(call).unwrap_or_else(Into::into)),
        }
    }

    /// Group and one-line summary.
    #[must_use]
    pub fn summary(mut self, tag: &'static str, summary: &'static str) -> Self {
        self.tag = tag;
        self.summary = summary;
        self
    }

    /// More about it, in Markdown.
    #[must_use]
    pub fn describe(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// Who may call it.
    #[must_use]
    pub fn auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    /// How faithful it is, and where that comes from.
    #[must_use]
    pub fn source(mut self, fidelity: Fidelity, contract: &'static str) -> Self {
        self.fidelity = fidelity;
        self.contract = contract;
        self
    }

    /// The real service throttles it (contract: partner-center-conventions.md §10).
    #[must_use]
    pub fn throttled(mut self) -> Self {
        self.throttled = true;
        self
    }

    /// Calls do not stand in the journal: it would show whoever looks at it.
    #[must_use]
    pub fn unrecorded(mut self) -> Self {
        self.recorded = false;
        self
    }

    /// Demands an `api-version`; these are known, the one documented first.
    #[must_use]
    pub fn versions(mut self, versions: &'static [&'static str]) -> Self {
        self.versions = versions;
        self
    }

    /// A query parameter that may be left out.
    #[must_use]
    pub fn query(self, name: &'static str, schema: Value, description: &'static str) -> Self {
        self.parameter(Parameter { name, place: "query", description, required: false, schema })
    }

    /// A query parameter that must be sent.
    #[must_use]
    pub fn required_query(
        self,
        name: &'static str,
        schema: Value,
        description: &'static str,
    ) -> Self {
        self.parameter(Parameter { name, place: "query", description, required: true, schema })
    }

    /// A header that may be left out.
    #[must_use]
    pub fn header(self, name: &'static str, schema: Value, description: &'static str) -> Self {
        self.parameter(Parameter { name, place: "header", description, required: false, schema })
    }

    /// A parameter.
    #[must_use]
    pub fn parameter(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// A JSON body that must be sent.
    #[must_use]
    pub fn takes<T: ToSchema>(self) -> Self {
        self.body(BodyOf {
            schema: SchemaOf::of::<T>(),
            required: true,
            content_type: "application/json",
        })
    }

    /// A body.
    #[must_use]
    pub fn body(mut self, body: BodyOf) -> Self {
        self.body = Some(body);
        self
    }

    /// Lets the body be larger than those of other operations, in bytes.
    #[must_use]
    pub fn largest_body(mut self, bytes: usize) -> Self {
        self.largest_body = bytes;
        self
    }

    /// A success with a JSON body.
    #[must_use]
    pub fn gives<T: ToSchema>(mut self, status: u16, description: &'static str) -> Self {
        self.successes.push(Success {
            status,
            description,
            schema: Some(SchemaOf::of::<T>()),
            content_type: "application/json",
            headers: Vec::new(),
        });
        self
    }

    /// A success with a body of another media type than JSON.
    #[must_use]
    pub fn gives_content(
        mut self,
        status: u16,
        content_type: &'static str,
        description: &'static str,
    ) -> Self {
        let schema = Some(SchemaOf::of::<String>());
        let headers = Vec::new();
        self.successes.push(Success { status, description, schema, content_type, headers });
        self
    }

    /// A success with a body that is JSON of another media type.
    #[must_use]
    pub fn gives_as<T: ToSchema>(
        mut self,
        status: u16,
        content_type: &'static str,
        description: &'static str,
    ) -> Self {
        let schema = Some(SchemaOf::of::<T>());
        let headers = Vec::new();
        self.successes.push(Success { status, description, schema, content_type, headers });
        self
    }

    /// A success without body.
    #[must_use]
    pub fn gives_nothing(mut self, status: u16, description: &'static str) -> Self {
        self.successes.push(Success {
            status,
            description,
            schema: None,
            content_type: "",
            headers: Vec::new(),
        });
        self
    }

    /// A header of the success declared last.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, description: &'static str) -> Self {
        if let Some(success) = self.successes.last_mut() {
            success.headers.push((name, description));
        }
        self
    }

    /// Errors it answers with.
    #[must_use]
    pub fn faults<F: Copy + Into<FaultOf>>(mut self, faults: &[F]) -> Self {
        self.faults.extend(faults.iter().map(|fault| (*fault).into()));
        self
    }

    /// A path parameter of the example.
    #[must_use]
    pub fn example(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.example.path.push((name, value.into()));
        self
    }

    /// A query parameter of the example.
    #[must_use]
    pub fn example_query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.example.query.push((name, value.into()));
        self
    }

    /// The example works once that of another operation has been sent.
    #[must_use]
    pub fn example_after(mut self, id: &'static str) -> Self {
        self.example.after.push(id);
        self
    }

    /// The body of the example.
    #[must_use]
    pub fn example_body(mut self, body: Value) -> Self {
        self.example.body = Some(body);
        self
    }

    /// The names of its path parameters in order.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static str> {
        let path: &'static str = self.path;
        path.split('/')
            .filter_map(|s| s.strip_prefix('{').and_then(|s| s.strip_suffix('}')))
            .map(|name| name.strip_prefix('+').unwrap_or(name))
    }

    /// The path as the document writes it: it knows no parameter of several segments.
    pub fn document_path(&self) -> String {
        self.path.replace("{+", "{")
    }
}
