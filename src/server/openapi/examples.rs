//! The examples of the document: requests and answers that a test recorded from the service with the real plan.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;
use serde_json::Value;
use utoipa::openapi::{
    RefOr, Required,
    example::{Example, ExampleBuilder},
    path::{Operation, ParameterBuilder},
};

use crate::{
    base::{
        i18n::Language,
        problem::{GivenBy, ProblemKind},
    },
    pages::problems::{catalogue::CATALOGUE, samples::example_of_problem},
};

/// What `tests/api/examples.rs` recorded.
const RECORDED: &str = include_str!("../../../openapi/examples.json");

/// The recorded examples; the test that records them fails when the service no longer answers so.
#[derive(Deserialize)]
pub(super) struct Examples {
    operations: BTreeMap<String, Exchange>,
}

/// One call of an operation.
#[derive(Deserialize)]
struct Exchange {
    /// Values of the path's parameters.
    parameters: BTreeMap<String, Value>,
    /// The body sent.
    request: Option<Value>,
    /// The body answered, by status and media type.
    answers: BTreeMap<String, BTreeMap<String, Value>>,
}

impl Examples {
    /// Those of this build.
    pub(super) fn recorded() -> &'static Self {
        static READ: LazyLock<Examples> =
            LazyLock::new(|| serde_json::from_str(RECORDED).unwrap_or(Examples { operations: BTreeMap::new() }));
        &READ
    }

    /// Gives an operation the examples of its parameters, request and answers.
    pub(super) fn add(&self, operation: &mut Operation) {
        let Some(exchange) = self.operations.get(operation.operation_id.as_deref().unwrap_or_default()) else { return };
        for parameter in operation.parameters.iter_mut().flatten() {
            if let RefOr::T(parameter) = parameter
                && parameter.required == Required::True
                && let Some(value) = exchange.parameters.get(&parameter.name)
            {
                let builder = ParameterBuilder::from(parameter.clone());
                *parameter = builder.example(Some(value.clone())).build();
            }
        }
        if let (Some(RefOr::T(body)), Some(value)) = (&mut operation.request_body, &exchange.request) {
            for content in body.content.values_mut() {
                if let RefOr::T(content) = content {
                    content.example = Some(value.clone());
                }
            }
        }
        for (status, answers) in &exchange.answers {
            let Some(RefOr::T(response)) = operation.responses.responses.get_mut(status) else { continue };
            for (media_type, value) in answers {
                if let Some(RefOr::T(content)) = response.content.get_mut(media_type) {
                    content.example = Some(value.clone());
                }
            }
        }
    }
}

/// One example for each problem, for the responses to refer to.
pub(super) fn of_problems() -> BTreeMap<String, RefOr<Example>> {
    let of_operations = |kind: &&&ProblemKind| kind.given_by != GivenBy::NoOperation;
    let examples = CATALOGUE.iter().filter(of_operations).filter_map(|kind| {
        let value = example_of_problem(kind.slug, Language::En)?;
        let example = ExampleBuilder::new()
            .summary(format!("{} ({})", kind.title.en, kind.title.vi))
            .description(kind.help.en.clone())
            .value(Some(value.clone()))
            .build();
        Some((kind.slug.to_owned(), RefOr::T(example)))
    });
    examples.collect()
}
