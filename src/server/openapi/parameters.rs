//! The parameters of the document, as pages that try calls out and generators need them.

use serde_json::Value;
use utoipa::openapi::{
    RefOr, Required, Schema, Type,
    path::{Operation, Parameter, ParameterBuilder},
    schema::SchemaType,
};

/// Makes every parameter fit to be tried out: what need not be sent is left empty, what must be sent has an example.
///
/// A page that tries calls out fills in every `example`; with filters, a cursor and conditions filled in, the first
/// try would find nothing. So the example of what may be absent stands in its description.
pub(super) fn finish(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        parameter.schema.iter_mut().for_each(super::bounds::finish);
        if parameter.required != Required::True {
            never_null(parameter);
            *parameter = with_example_in_words(parameter);
        }
    }
}

fn with_example_in_words(parameter: &Parameter) -> Parameter {
    let written = serde_json::to_value(parameter).unwrap_or_default();
    let shown = written.get("example").unwrap_or(&Value::Null);
    let builder = ParameterBuilder::from(parameter.clone());
    let words = match shown {
        Value::Null => return builder.build(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let meaning = parameter.description.as_deref().unwrap_or_default();
    builder.description(Some(format!("{meaning} For example: `{words}`."))).example(None).build()
}

/// A parameter is there or it is not: `Option` in the code says the latter, not that null can be sent.
fn never_null(parameter: &mut Parameter) {
    if let Some(RefOr::T(Schema::Object(schema))) = &mut parameter.schema
        && let SchemaType::Array(types) = &mut schema.schema_type
    {
        types.retain(|kind| *kind != Type::Null);
        if let [only] = types.as_slice() {
            schema.schema_type = SchemaType::Type(only.clone());
        }
    }
}
