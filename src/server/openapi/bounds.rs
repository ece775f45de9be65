//! What a format says of a size, said once more as bounds: many readers check lengths and number types, few check formats.

use utoipa::openapi::{
    KnownFormat, Object, Ref, RefOr, Schema, SchemaFormat, Type,
    schema::{ArrayItems, ObjectBuilder, SchemaType},
};

/// Bounds every date and id in a schema, so that `""` is none, and gives every whole number a size.
pub(super) fn finish(schema: &mut RefOr<Schema>) {
    if let Some(day) = day(schema) {
        *schema = day.into();
    }
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

/// A day where it stands: clients know it as a string with a format, not as a type of its own. What a field says of
/// itself stands at its reference, also where null may stand for the day.
fn day(schema: &RefOr<Schema>) -> Option<Object> {
    let (named, kind) = match schema {
        RefOr::T(Schema::OneOf(choices)) => {
            (choices.items.iter().find_map(day_reference)?, SchemaType::Array(vec![Type::String, Type::Null]))
        }
        schema => (day_reference(schema)?, SchemaType::Type(Type::String)),
    };
    let description = Some(named.description.clone()).filter(|text| !text.is_empty());
    let format = Some(SchemaFormat::KnownFormat(KnownFormat::Date));
    Some(ObjectBuilder::new().schema_type(kind).format(format).description(description).build())
}

fn day_reference(schema: &RefOr<Schema>) -> Option<&Ref> {
    match schema {
        RefOr::Ref(named) if named.ref_location.ends_with("/Day") => Some(named),
        _ => None,
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
