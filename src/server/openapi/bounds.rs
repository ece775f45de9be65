//! What a format says of a size, said once more as bounds: many readers check lengths and number types, few check formats.

use utoipa::openapi::{
    KnownFormat, Object, RefOr, Schema, SchemaFormat, Type,
    schema::{ArrayItems, SchemaType},
};

/// Bounds every date and id in a schema, so that `""` is none, and gives every whole number a size.
pub(super) fn finish(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => {
            bound(object);
            object.properties.values_mut().for_each(finish);
        }
        RefOr::T(Schema::Array(array)) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                finish(items);
            }
        }
        RefOr::T(Schema::OneOf(choices)) => choices.items.iter_mut().for_each(finish),
        _ => {}
    }
}

fn bound(object: &mut Object) {
    let length = match &object.format {
        Some(SchemaFormat::KnownFormat(KnownFormat::Date)) => 10,
        Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)) => 36,
        None if is_whole_number(&object.schema_type) => {
            object.format = Some(SchemaFormat::KnownFormat(KnownFormat::Int64));
            return;
        }
        _ => return,
    };
    (object.min_length, object.max_length) = (Some(length), Some(length));
}

fn is_whole_number(kind: &SchemaType) -> bool {
    match kind {
        SchemaType::Type(kind) => *kind == Type::Integer,
        SchemaType::Array(kinds) => kinds.contains(&Type::Integer),
        SchemaType::AnyValue => false,
    }
}
