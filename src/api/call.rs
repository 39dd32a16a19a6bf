//! One request on its way through an operation: what came in, who sent it, in which world.

use std::cell::{OnceCell, RefCell};
use std::str::FromStr;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::correlation::correlation_id;
use super::hosts::surface_of_host;
use super::json::{self, JsonFault, Tree};
use super::operation::Operation;
use super::request::{Query, Request};
use super::route::Parameters;
use super::service::Service;
use crate::domain::audit::Actor;
use crate::domain::error::Result;
use crate::domain::transaction::Transaction;
use crate::identity::token::{Claims, Token};
use crate::world::{View, World};

/// Who calls.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    token: Option<Arc<Token>>,
}

impl Caller {
    /// Whoever sent this token.
    pub fn with(token: Option<Arc<Token>>) -> Self {
        Self { token }
    }

    /// The token's claims; `None` when no token was needed and none was sent.
    pub fn claims(&self) -> Option<&Claims> {
        self.token.as_ref().map(|token| &token.claims)
    }

    /// Whether the token speaks for an app alone.
    pub fn is_app_only(&self) -> bool {
        self.claims().is_some_and(|claims| !claims.delegated)
    }
}

/// A value of the request that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputFault {
    /// The body.
    Body(JsonFault),
    /// A parameter of path, query or header.
    Parameter {
        /// Its name.
        name: String,
        /// What is wrong and how to put it right.
        reason: String,
    },
    /// A word that is not one of an enum's.
    Enum {
        /// Name of the parameter.
        name: String,
        /// What was sent.
        given: String,
        /// What is allowed.
        allowed: String,
    },
}

/// Most members of a body that are reported as unknown.
const MOST_UNKNOWN: usize = 20;

/// A request in the hands of an operation.
#[derive(Debug)]
pub struct Call<'r> {
    /// The operation.
    pub operation: &'static Operation,
    /// The request.
    pub request: &'r Request<'r>,
    /// The server.
    pub service: &'r Service,
    /// The world.
    pub world: &'r Arc<World>,
    /// Who calls.
    pub caller: Caller,
    /// Its number among the calls to the world.
    pub number: u64,
    parameters: Parameters<'r>,
    query: OnceCell<Query<'r>>,
    unknown: RefCell<Vec<String>>,
    /// What it reads, where that is not the present.
    past: Option<View>,
}

impl<'r> Call<'r> {
    /// Puts a call together.
    pub fn new(
        operation: &'static Operation,
        request: &'r Request<'r>,
        service: &'r Service,
        world: &'r Arc<World>,
        caller: Caller,
        number: u64,
        parameters: Parameters<'r>,
    ) -> Self {
        let (query, unknown) = (OnceCell::new(), RefCell::default());
        let past = None;
        Self {
            operation,
            request,
            service,
            world,
            caller,
            number,
            parameters,
            query,
            unknown,
            past,
        }
    }

    /// The same call of the world as it was.
    #[must_use]
    pub fn of_past(mut self, past: Option<View>) -> Self {
        self.past = past;
        self
    }

    /// Whether it reads the world as it was.
    pub fn is_of_past(&self) -> bool {
        self.past.is_some()
    }

    /// The state of this moment, or of the one that the request names.
    pub fn view(&self) -> View {
        if let Some(past) = &self.past {
            return past.clone();
        }
        self.world.view()
    }

    /// Changes the world, all or nothing.
    pub fn write<T>(&self, change: impl FnOnce(&mut Transaction) -> Result<T>) -> Result<T> {
        self.world.write_by(self.actor(), change)
    }

    /// Who makes the changes of this call, as far as the token tells.
    fn actor(&self) -> Actor {
        let claims = self.caller.claims();
        let user = claims.filter(|claims| claims.delegated).and_then(|claims| claims.user.clone());
        let client = claims.map(|claims| &claims.client).filter(|client| !client.is_empty());
        Actor {
            user_principal_name: user,
            application_id: client.cloned(),
            correlation_id: correlation_id(self.request, self.operation.surface, self.number),
        }
    }

    /// A path parameter as text; empty when the path has none of that name.
    pub fn path_text(&self, name: &str) -> &str {
        self.parameters.iter().find(|(n, _)| *n == name).map_or("", |(_, value)| value)
    }

    /// A path parameter.
    pub fn path<T: FromStr>(&self, name: &'static str) -> Result<T, InputFault>
    where
        T::Err: std::fmt::Display,
    {
        let text = self.path_text(name);
        text.parse().map_err(|error: T::Err| InputFault::Parameter {
            name: name.to_owned(),
            reason: format!("`{}` {error}", text.chars().take(60).collect::<String>()),
        })
    }

    /// The query.
    pub fn query(&self) -> &Query<'r> {
        self.query.get_or_init(|| Query::parse(self.request.query))
    }

    /// A query parameter, if it was sent.
    pub fn query_value<T: FromStr>(&self, name: &'static str) -> Result<Option<T>, InputFault>
    where
        T::Err: std::fmt::Display,
    {
        let Some(text) = self.query().get(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|error: T::Err| InputFault::Parameter {
            name: name.to_owned(),
            reason: format!("`{}`: {error}", text.chars().take(60).collect::<String>()),
        })
    }

    /// A truth value of the query, in any casing; `false` when it was not sent.
    pub fn query_flag(&self, name: &'static str) -> Result<bool, InputFault> {
        match self.query().get(name) {
            None => Ok(false),
            Some(text) if text.eq_ignore_ascii_case("true") || text == "1" => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") || text == "0" => Ok(false),
            Some(text) => Err(InputFault::Parameter {
                name: name.to_owned(),
                reason: format!(
                    "must be true or false, not `{}`",
                    text.chars().take(40).collect::<String>()
                ),
            }),
        }
    }

    /// The body as JSON.
    pub fn body_tree(&self) -> Result<Tree<'_>, InputFault> {
        if self.request.body.is_empty() {
            return Err(InputFault::Body(JsonFault::Malformed(
                "the request has no body; this operation needs a JSON object".to_owned(),
            )));
        }
        json::parse(&self.request.body).map_err(InputFault::Body)
    }

    /// The body as a request type.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, InputFault> {
        self.read_body(&self.body_tree()?)
    }

    /// A body that was looked into before, as a request type.
    pub fn read_body<T: DeserializeOwned>(&self, tree: &Tree<'_>) -> Result<T, InputFault> {
        let read = json::read::<T>(tree).map_err(InputFault::Body)?;
        if self.service.options.strict
            && let Some(path) = read.unknown.first()
        {
            return Err(InputFault::Body(JsonFault::Value {
                path: path.clone(),
                reason: "is not a member that the service knows; leave it out".to_owned(),
            }));
        }
        if !read.unknown.is_empty() {
            let mut unknown = self.unknown.borrow_mut();
            let room = MOST_UNKNOWN.saturating_sub(unknown.len());
            unknown.extend(read.unknown.into_iter().take(room));
        }
        Ok(read.value)
    }

    /// Paths of members of the body that the operation did not know, as far as it has read it.
    pub(super) fn take_unknown(&self) -> Vec<String> {
        self.unknown.take()
    }

    /// An absolute URL for a path of this server. A client that believes to be at the real service is
    /// never led away from its host.
    pub fn url(&self, path: &str) -> String {
        match &self.service.options.public_url {
            Some(base) if surface_of_host(self.request.origin.host()).is_none() => {
                format!("{}{}{path}", base.trim_end_matches('/'), self.request.origin.prefix)
            }
            _ => self.request.origin.url(path),
        }
    }

    /// The language of the answer: `X-Locale`, else `en-US`.
    pub fn locale(&self) -> &str {
        self.request.header("x-locale").unwrap_or("en-US")
    }
}
