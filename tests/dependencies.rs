//! The dependency tree against `deny.toml`, read as cargo-deny reads it. Building that tool would cost minutes on each
//! fresh machine; only its advisories, which need a database from the internet, are left to it.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use serde::{Deserialize, de::IgnoredAny};
use spdx::{Expression, Licensee, ParseMode};

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// `deny.toml`: a setting that nothing here checks is refused, not passed over.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Policy {
    graph: Graph,
    #[serde(rename = "advisories")]
    _advisories: IgnoredAny,
    licenses: Licenses,
    bans: Bans,
    #[serde(rename = "sources")]
    _sources: Sources,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Graph {
    targets: Vec<String>,
    #[serde(rename = "all-features")]
    _all_features: Always,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Licenses {
    #[serde(rename = "version")]
    _version: IgnoredAny,
    /// For licences that cargo-deny guesses from a file; here a crate must name its own.
    #[serde(rename = "confidence-threshold")]
    _confidence_threshold: IgnoredAny,
    #[serde(rename = "unused-allowed-license")]
    _unused_allowed_license: Allow,
    allow: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Bans {
    #[serde(rename = "multiple-versions")]
    _multiple_versions: Deny,
    #[serde(rename = "wildcards")]
    _wildcards: Deny,
    deny: Vec<Named>,
    skip: Vec<Named>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Sources {
    #[serde(rename = "unknown-registry")]
    _unknown_registry: Deny,
    #[serde(rename = "unknown-git")]
    _unknown_git: Deny,
}

/// The only value that is understood where it stands.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Deny {
    Deny,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Allow {
    Allow,
}

#[derive(Deserialize)]
#[serde(try_from = "bool")]
struct Always;

impl TryFrom<bool> for Always {
    type Error = &'static str;

    fn try_from(value: bool) -> Result<Self, Self::Error> {
        if value { Ok(Self) } else { Err("all features are looked at here") }
    }
}

/// A crate, in `skip` with its version (`name@1.2.3`), and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    #[serde(rename = "crate")]
    name: String,
    #[serde(rename = "reason")]
    _reason: String,
}

/// What `cargo metadata` answers, as far as it is looked at.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    req: String,
    kind: Option<String>,
    path: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
}

fn policy() -> Policy {
    toml::from_str(include_str!("../deny.toml")).unwrap()
}

fn metadata(targets: &[String]) -> Metadata {
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["metadata", "--format-version=1", "--locked", "--all-features"])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    for target in targets {
        command.args(["--filter-platform", target]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Everything that the policy forbids, a line each.
fn violations(policy: &Policy, metadata: &Metadata) -> Vec<String> {
    let in_tree: BTreeSet<&str> = metadata.resolve.nodes.iter().map(|node| node.id.as_str()).collect();
    let packages: Vec<&Package> = metadata.packages.iter().filter(|one| in_tree.contains(one.id.as_str())).collect();
    let mut found = Vec::new();
    for package in &packages {
        found.extend(license_violation(&policy.licenses, package));
        if package.source.as_deref().is_some_and(|source| source != CRATES_IO) {
            found.push(format!("{}: does not come from crates.io", named(package)));
        }
        found.extend(
            policy
                .bans
                .deny
                .iter()
                .filter(|ban| ban.name == package.name)
                .map(|_| format!("{}: is banned", named(package))),
        );
        found.extend(wildcards(package));
    }
    found.extend(duplicates(&policy.bans.skip, &packages));
    found
}

fn named(package: &Package) -> String {
    format!("{}@{}", package.name, package.version)
}

fn license_violation(policy: &Licenses, package: &Package) -> Option<String> {
    let Some(license) = &package.license else { return Some(format!("{}: names no licence", named(package))) };
    let allowed: Vec<Licensee> = policy.allow.iter().map(|one| Licensee::parse(one).unwrap()).collect();
    // Lax: older crates write MIT/Apache-2.0, as crates.io asked then.
    match Expression::parse_mode(license, ParseMode::LAX) {
        Ok(terms) if terms.evaluate(|term| allowed.iter().any(|one| one.satisfies(term))) => None,
        Ok(_) => Some(format!("{}: the licence {license} is not allowed", named(package))),
        Err(error) => Some(format!("{}: the licence {license} is none: {error}", named(package))),
    }
}

/// Dependencies on any version whatever. What another's tests want is not in the tree.
fn wildcards(package: &Package) -> impl Iterator<Item = String> {
    let counts = |one: &&Dependency| one.kind.as_deref() != Some("dev") || package.source.is_none();
    let is_wildcard = |one: &&Dependency| one.req == "*" && one.path.is_none();
    let found = package.dependencies.iter().filter(counts).filter(is_wildcard);
    found.map(|one| format!("{}: takes any version of {}", named(package), one.name))
}

/// Crates with two versions or more that `skip` does not name, and what `skip` names in vain.
fn duplicates(skip: &[Named], packages: &[&Package]) -> Vec<String> {
    let mut skipped: BTreeSet<String> = skip.iter().map(|one| one.name.clone()).collect();
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut all: BTreeMap<&str, usize> = BTreeMap::new();
    for package in packages {
        *all.entry(&package.name).or_default() += 1;
        if !skip.iter().any(|one| one.name == named(package)) {
            versions.entry(&package.name).or_default().push(&package.version);
        }
    }
    for package in packages.iter().filter(|one| all.get(one.name.as_str()) > Some(&1)) {
        skipped.remove(&named(package));
    }
    let twice = versions.iter().filter(|(_, versions)| versions.len() > 1);
    let mut found: Vec<String> =
        twice.map(|(name, versions)| format!("{name}: is there as {}", versions.join(", "))).collect();
    found.extend(skipped.iter().map(|one| format!("{one}: is in `skip`, but no duplicate")));
    found
}

#[test]
fn the_dependency_tree_keeps_to_the_policy() {
    let policy = policy();
    let found = violations(&policy, &metadata(&policy.graph.targets));
    assert!(found.is_empty(), "deny.toml forbids:\n{}", found.join("\n"));
}

#[test]
fn each_rule_of_the_policy_refuses_what_breaks_it() {
    let package = |name: &str, version: &str, license: Option<&str>, source: Option<&str>| {
        serde_json::json!({
            "id": format!("{name}@{version}"), "name": name, "version": version, "license": license, "source": source,
            "dependencies": [],
        })
    };
    let good = Some("(MIT OR GPL-3.0-only) AND Unicode-3.0");
    let mut wild = package("wild", "1.0.0", good, Some(CRATES_IO));
    wild["dependencies"] = serde_json::json!([
        {"name": "any", "req": "*", "kind": null, "path": null},
        {"name": "any-in-tests", "req": "*", "kind": "dev", "path": null},
    ]);
    let packages = [
        package("good", "1.0.0", good, Some(CRATES_IO)),
        package("older", "1.0.0", Some("Apache-2.0/MIT"), Some(CRATES_IO)),
        package("copyleft", "1.0.0", Some("MIT AND GPL-3.0-only"), Some(CRATES_IO)),
        package("exception", "1.0.0", Some("GPL-2.0-only WITH Classpath-exception-2.0"), Some(CRATES_IO)),
        package("silent", "1.0.0", None, Some(CRATES_IO)),
        package("forked", "1.0.0", good, Some("git+https://example.com/forked#0")),
        package("openssl-sys", "0.9.0", good, Some(CRATES_IO)),
        package("twice", "1.0.0", good, Some(CRATES_IO)),
        package("twice", "2.0.0", good, Some(CRATES_IO)),
        wild,
    ];
    let nodes: Vec<_> = packages.iter().map(|one| serde_json::json!({"id": one["id"]})).collect();
    let metadata = serde_json::json!({"packages": packages, "resolve": {"nodes": nodes}});
    let mut policy = policy();
    policy.bans.skip = vec![Named { name: "good@1.0.0".to_owned(), _reason: String::new() }];
    let found = violations(&policy, &serde_json::from_value(metadata).unwrap());
    assert_eq!(
        found,
        [
            "copyleft@1.0.0: the licence MIT AND GPL-3.0-only is not allowed",
            "exception@1.0.0: the licence GPL-2.0-only WITH Classpath-exception-2.0 is not allowed",
            "silent@1.0.0: names no licence",
            "forked@1.0.0: does not come from crates.io",
            "openssl-sys@0.9.0: is banned",
            "wild@1.0.0: takes any version of any",
            "twice: is there as 1.0.0, 2.0.0",
            "good@1.0.0: is in `skip`, but no duplicate",
        ]
    );
}
