//! The list of an entity's fields: what it says of a field is true of every body, of the answer and of the columns.

use std::collections::BTreeSet;

use chrono::DateTime;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use tiendo::{
    base::{
        clock::new_id,
        db::types::{InspectionId, Instant, OrgCode, TaskId},
        resource::{Column, Given},
    },
    figures::observations::model::Observation,
    reference::{
        documents::model::{Document, DocumentCreate, DocumentPatch},
        indicators::model::{Indicator, IndicatorCreate, IndicatorPatch},
        organizations::model::{Organization, OrganizationCreate, OrganizationPatch},
    },
    work::{
        inspections::model::{Inspection, InspectionCreate, InspectionPatch},
        tasks::model::{Task, TaskCreate, TaskPatch, TaskUpdate},
    },
};

/// An entity as its list makes it, with bodies and versions as JSON.
struct Entity {
    create: &'static str,
    columns: &'static [Column],
    first: fn(&Value) -> Value,
    replaced: fn(&Value, &Value) -> Value,
    patched: fn(&Value, &Value) -> Result<Value, String>,
}

impl Entity {
    /// Of a version what its owner gives.
    fn given(&self, version: &Value) -> Map<String, Value> {
        let given = self.columns.iter().filter(|column| column.given != Given::Never);
        given.map(|column| (column.name.to_owned(), version[column.name].clone())).collect()
    }
}

fn now() -> Instant {
    Instant::from(DateTime::from_timestamp(1_800_000_000, 0).unwrap())
}

fn owner() -> OrgCode {
    "OWNER".parse().unwrap()
}

fn body<T: DeserializeOwned>(body: &Value) -> T {
    serde_json::from_value(body.clone()).unwrap_or_else(|error| panic!("{body}: {error}"))
}

fn wire(entity: &impl Serialize) -> Value {
    serde_json::to_value(entity).unwrap()
}

/// The functions of an entity, from how it is made and replaced of a body.
macro_rules! entity {
    ($entity:ident, $create:ident, $update:ident, $patch:ident, first $first:expr, replaced $replaced:expr) => {
        Entity {
            create: stringify!($create),
            columns: $entity::COLUMNS,
            first: |new| wire(&$first(body::<$create>(new))),
            replaced: |new, next| wire(&$replaced($first(body::<$create>(new)), body::<$update>(next))),
            patched: |new, patch| {
                let patch: $patch = serde_json::from_value(patch.clone()).map_err(|error| error.to_string())?;
                Ok(wire(&$first(body::<$create>(new)).patched(patch)))
            },
        }
    };
}

fn entities() -> Vec<Entity> {
    vec![
        entity!(Task, TaskCreate, TaskUpdate, TaskPatch,
            first |new: TaskCreate| {
                let (source, key, body) = new.split();
                Task::first(body, TaskId(new_id()), source, key, now())
            },
            replaced |task: Task, next| task.replaced(next)),
        entity!(Document, DocumentCreate, DocumentCreate, DocumentPatch,
            first |new: DocumentCreate| new.into_document(&owner(), now()),
            replaced |document: Document, next| document.pushed(next, &owner())),
        entity!(Organization, OrganizationCreate, OrganizationCreate, OrganizationPatch,
            first |new: OrganizationCreate| new.into_organization("LC/", now()),
            replaced |organization: Organization, next| organization.replaced(next)),
        entity!(Inspection, InspectionCreate, InspectionCreate, InspectionPatch,
            first |new: InspectionCreate| Inspection::first(new, InspectionId(new_id()), now(), owner()),
            replaced |inspection: Inspection, next| inspection.replaced(next, owner())),
        entity!(Indicator, IndicatorCreate, IndicatorCreate, IndicatorPatch,
            first |new: IndicatorCreate| new.into_indicator(owner(), now()),
            replaced |indicator: Indicator, next| indicator.replaced(next, owner())),
    ]
}

/// A value that a schema allows; the second one is another.
fn sample(schemas: &Value, schema: &Value, second: bool) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return sample(schemas, &schemas[reference.rsplit('/').next().unwrap()], second);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        return sample(schemas, choices.iter().find(|choice| choice["type"] != "null").unwrap(), second);
    }
    if let Some(words) = schema["enum"].as_array() {
        return words[usize::from(second)].clone();
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap();
    let example = schema["examples"].get(0);
    match (kind, schema["format"].as_str()) {
        ("array", _) => json!([sample(schemas, &schema["items"], second)]),
        ("object", _) => {
            let fields = schema["properties"].as_object().unwrap().iter();
            fields.map(|(name, field)| (name.clone(), sample(schemas, field, second))).collect::<Map<_, _>>().into()
        }
        ("boolean", _) => second.into(),
        ("integer", _) => json!(example.map_or(1, |number| number.as_i64().unwrap()) + i64::from(second)),
        (_, Some("date")) => json!(if second { "2026-08-02" } else { "2026-08-01" }),
        (_, Some("uuid")) => json!(format!("01890000-0000-7000-8000-00000000000{}", u8::from(second))),
        _ => json!(format!("{}{}", if second { "1" } else { "" }, example.unwrap().as_str().unwrap())),
    }
}

/// Bodies of an entity: with every field at its first value and at its second, and with what must be there alone.
struct Bodies {
    first: Value,
    second: Value,
    least: Value,
}

impl Bodies {
    fn of(entity: &Entity, schemas: &Value) -> Self {
        let schema = &schemas[entity.create];
        let whole = |second: bool, least: bool| {
            let fields = entity.columns.iter().filter(|column| column.given != Given::Never);
            let required = |name: &str| schema["required"].as_array().unwrap().iter().any(|field| field == name);
            let fields = fields.filter(|column| !least || required(column.name));
            let value = |name: &str| sample(schemas, &schema["properties"][name], second);
            fields.map(|column| (column.name.to_owned(), value(column.name))).collect::<Map<_, _>>().into()
        };
        Self { first: whole(false, false), second: whole(true, false), least: whole(true, true) }
    }

    /// A body without the keys, for an update, which has none.
    fn update(entity: &Entity, body: &Value) -> Value {
        let mut body = body.clone();
        if entity.create == "TaskCreate" {
            entity.columns.iter().filter(|column| column.given == Given::Once).for_each(|column| {
                body.as_object_mut().unwrap().remove(column.name);
            });
        }
        body
    }
}

fn for_every_field(fact: impl Fn(&Entity, &Bodies, &Column, &str)) {
    let document = crate::openapi::document();
    let schemas = &document["components"]["schemas"];
    for entity in entities() {
        let bodies = Bodies::of(&entity, schemas);
        for column in entity.columns.iter().filter(|column| column.given != Given::Never) {
            fact(&entity, &bodies, column, &format!("{} {}", entity.create, column.name));
        }
    }
}

#[test]
fn a_field_that_is_given_is_set_by_create_update_and_patch() {
    for_every_field(|entity, bodies, column, place| {
        let (name, first) = (column.name, (entity.first)(&bodies.first));
        assert_eq!(first[name], bodies.first[name], "{place}: create");
        assert_ne!(bodies.first[name], bodies.second[name], "{place}: two values");
        let patch = (entity.patched)(&bodies.first, &json!({ name: bodies.second[name] }));
        if column.given == Given::Once {
            assert!(patch.unwrap_err().contains("unknown field"), "{place}: no patch has it");
            return;
        }
        let (patched, replaced) = (patch.unwrap(), Bodies::update(entity, &bodies.second));
        let mut expected = entity.given(&first);
        expected.insert(name.to_owned(), bodies.second[name].clone());
        assert_eq!(entity.given(&patched), expected, "{place}: patch, and nothing else");
        assert_eq!(patched["version"], first["version"], "{place}: a patch counts no version");
        assert_eq!((entity.replaced)(&bodies.first, &replaced)[name], bodies.second[name], "{place}: update");
    });
}

#[test]
fn null_clears_what_may_be_null_and_is_refused_elsewhere() {
    for_every_field(|entity, bodies, column, place| {
        let cleared = (entity.patched)(&bodies.first, &json!({ column.name: null }));
        let empty = if column.given == Given::List { json!([]) } else { Value::Null };
        match column.given {
            Given::Nullable | Given::List => assert_eq!(cleared.unwrap()[column.name], empty, "{place}"),
            _ => assert!(cleared.is_err(), "{place}: {cleared:?}"),
        }
        if matches!(column.given, Given::Nullable | Given::List) {
            assert_eq!((entity.first)(&bodies.least)[column.name], empty, "{place}: absent in a create");
            let replaced = (entity.replaced)(&bodies.first, &Bodies::update(entity, &bodies.least));
            assert_eq!(replaced[column.name], empty, "{place}: absent in an update");
        }
    });
}

#[test]
fn what_is_answered_is_a_column_with_a_header_in_both_languages() {
    let document = crate::openapi::document();
    let schemas = &document["components"]["schemas"];
    let listed = entities().into_iter().map(|entity| (entity.create.trim_end_matches("Create"), entity.columns));
    for (answered, columns) in listed.chain([("Observation", Observation::COLUMNS)]) {
        let fields: BTreeSet<_> =
            schemas[answered]["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        let names: Vec<_> = columns.iter().map(|column| column.name).collect();
        assert_eq!(names.iter().copied().collect::<BTreeSet<_>>(), fields, "{answered}");
        assert_eq!(names.len(), fields.len(), "{answered}: a column stands twice");
        let headers: BTreeSet<_> = columns.iter().map(|column| column.header_vi).collect();
        assert_eq!(headers.len(), names.len(), "{answered}: a header stands twice");
        assert!(headers.iter().all(|header| header.trim() == *header && !header.is_empty()), "{answered}");
    }
}
