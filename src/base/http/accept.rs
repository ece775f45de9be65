//! What the document shows of the formats of a list: `Format` among the `params(…)` of its operation.

use utoipa::{
    IntoParams,
    openapi::{
        Required, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, SchemaType},
    },
};

use super::Format;

/// The header that asks for a format. OpenAPI leaves `Accept` out of the parameters, so the document takes this one out
/// again and gives the answer one more content for each media type in it.
impl IntoParams for Format {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .enum_values(Some(["text/csv", "application/x-ndjson"]));
        let accept = ParameterBuilder::new()
            .name("Accept")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .schema(Some(schema));
        vec![accept.build()]
    }
}
