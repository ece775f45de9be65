//! The search finds what it should: circles planted in sources that stand nowhere else, and paths of every form.

use super::{
    graph::{Crate, Rooms, Target},
    sources::Source,
};

/// The circles among sources; each file's floors and folders are declared as they must be.
fn circles(files: &[(&str, &str)]) -> Vec<String> {
    Rooms::of(&crate_of(files)).circles()
}

/// Files below `src/base`, whose names are modules there.
fn crate_of(files: &[(&str, &str)]) -> Vec<Source> {
    let rooms = files.iter().map(|(name, _)| format!("pub mod {name};")).collect::<Vec<_>>().concat();
    let within = files.iter().map(|(name, text)| Source::of(&format!("src/base/{name}.rs"), text));
    [Source::of("src/lib.rs", "pub mod base;"), Source::of("src/base/mod.rs", &rooms)]
        .into_iter()
        .chain(within)
        .collect()
}

/// Where a path of the room `a` leads, the rooms that re-export it first.
fn leads(files: &[(&str, &str)]) -> Vec<String> {
    let sources = crate_of(files);
    let crates = Crate::of(&sources);
    let module = sources.iter().flat_map(|source| &source.modules).find(|module| module.path == ["base", "a"]).unwrap();
    let targets = module.uses.iter().map(|path| match crates.resolve(module, path) {
        Target::Own(passed) => passed.iter().map(|to| to.join("::")).collect::<Vec<_>>().join(" → "),
        Target::Foreign(path) => format!("({})", path.join("::")),
    });
    targets.collect()
}

#[test]
fn a_circle_through_an_inline_path_is_found() {
    let found = circles(&[
        ("a", "use crate::base::b::B; pub struct A;"),
        ("b", "pub struct B; fn f() { crate::base::c::run(); }"),
        ("c", "pub fn run() { let _ = vec![crate::base::a::A]; }"),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        found[0],
        "base::a → base::b   (src/base/a.rs: crate::base::b::B)\n    \
         base::b → base::c   (src/base/b.rs: crate::base::c::run)\n    \
         base::c → base::a   (src/base/c.rs: crate::base::a::A)"
    );
}

#[test]
fn a_circle_through_super_is_found() {
    let found = circles(&[
        ("a", "pub struct A; mod inner { use super::super::b::B; }"),
        ("b", "pub struct B; fn f(_: super::a::A) {}"),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn a_circle_through_a_re_export_is_found() {
    // `c` names only `b`, which passes on what `a` defines: by name, and with everything else of it.
    for through in ["pub use super::a::A;", "pub use crate::base::a::{A as B, A};", "pub use super::a::*;"] {
        let found = circles(&[
            ("a", "pub struct A; fn f() { crate::base::c::run() }"),
            ("b", through),
            ("c", "use crate::base::b; pub fn run() { let _ = b::A; }"),
        ]);
        assert!(found.iter().any(|circle| circle.contains("base::c → base::a")), "{through}: {found:?}");
    }
}

#[test]
fn what_has_no_circle_is_not_found_to_have_one() {
    let found = circles(&[
        (
            "a",
            r#"use super::b::B; // crate::base::a
                 pub struct A; const TEXT: &str = "see crate::base::c";"#,
        ),
        ("b", "pub struct B; #[cfg(test)] mod tests { use crate::base::a::A; }"),
        ("c", "use crate::base::{a, b::{self, B}};"),
    ]);
    assert_eq!(found, [""; 0]);
}

#[test]
fn paths_lead_to_what_defines_them() {
    let b = ("b", "pub use super::c::{C, C as D}; pub use ring::digest; pub mod inner { pub struct I; }");
    let c = ("c", "pub struct C; macro_rules! m { () => { $crate::base::b::D } } pub(crate) use m;");
    for (code, expected) in [
        ("use crate::base::b::C;", "base::b → base::c"),
        ("fn f() { crate::base::b::inner::I; }", "base::b::inner"),
        ("use crate::base as floor; fn f(_: floor::c::C) {}", "base::c"),
        ("use super::b::*; fn f(_: D) {}", "base::b → base::c"),
        ("use super::c::m; fn f() { m!(); }", "base::c"),
        ("#[serde(with = \"crate::base::c::C\")] struct S;", "base::c"),
        ("macro_rules! n { () => { $crate::base::c::C } }", "base::c"),
        ("use ring::digest::SHA256; fn f() { SHA256.len(); }", "(ring::digest::SHA256)"),
    ] {
        let found = leads(&[("a", code), b, c]);
        assert!(found.iter().any(|each| each == expected), "{code}: {found:?}");
    }
}

#[test]
fn a_handler_is_measured_wherever_it_stands() {
    let text =
        "/// Doc\n#[utoipa::path(\n    tag = \"x\")]\n#[get(\"\")]\npub async fn f(\n    a: A,\n) -> R {\n    g()\n}\n";
    let nested = format!("mod inner {{\n{text}}}\nfn other() {{}}\n");
    for text in [text, &nested] {
        let found = Source::of("src/server/x.rs", text).handlers;
        let measured: Vec<_> =
            found.iter().map(|of| (of.name.as_str(), of.attributes, of.lines, of.body, of.widest_attribute)).collect();
        assert_eq!(measured, [("f", 3, 5, 1, 15)]);
    }
}
