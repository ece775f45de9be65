//! Sources as tokens: the modules that they declare, what each defines, imports and uses, and the handlers in them.
//!
//! Tokens and not text, so that strings and comments name nothing; tokens and not a syntax tree, so that paths in
//! macros are seen too: `both!(db, |c| …)` and `macro_rules!` bodies are tokens only. Modules under `#[cfg(test)]` are
//! left out: a test may use what the code beside it may not.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::handlers::{self, Handler};

/// A path in pieces, as it is written: `["super", "model", "Task"]`.
pub type Pieces = Vec<String>;

/// One module: a file, or a `mod name { … }` within one.
#[derive(Debug, Default)]
pub struct Module {
    /// The file that it stands in.
    pub file: String,
    /// Its place, from the root of the crate.
    pub path: Pieces,
    /// Names of the modules that it declares.
    pub children: BTreeSet<String>,
    /// Names that it defines.
    pub items: BTreeSet<String>,
    /// Names that it imports or re-exports, and what each stands for.
    pub imports: BTreeMap<String, Pieces>,
    /// Modules of which it imports or re-exports everything.
    pub globs: Vec<Pieces>,
    /// Every other path in its code, the paths of imports among them.
    pub uses: BTreeSet<Pieces>,
}

/// One file.
#[derive(Debug)]
pub struct Source {
    pub file: String,
    pub modules: Vec<Module>,
    pub handlers: Vec<Handler>,
}

impl Source {
    pub fn of(file: &str, text: &str) -> Self {
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{file}: {error}"));
        let mut modules = Vec::new();
        read(file, module_of(file), tokens.clone(), &mut modules);
        Self { file: file.to_owned(), modules, handlers: handlers::of(tokens, text) }
    }
}

/// Every Rust file below a folder, read.
pub fn read_folder(folder: &str) -> Vec<Source> {
    files(folder).into_iter().map(|(file, text)| Source::of(&file, &text)).collect()
}

/// Every Rust file below a folder: its path and its text.
pub fn files(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_str().unwrap().to_owned();
            if path.is_dir() {
                folders.push(name);
            } else if Path::new(&name).extension().is_some_and(|extension| extension == "rs") {
                found.push((name.clone(), std::fs::read_to_string(&name).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// `src/work/tasks/store/mod.rs` is `work::tasks::store`; `src/lib.rs` is the root.
pub fn module_of(file: &str) -> Pieces {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.split('/').filter(|piece| !matches!(*piece, "lib" | "main")).map(str::to_owned).collect()
}

fn read(file: &str, path: Pieces, tokens: TokenStream, modules: &mut Vec<Module>) {
    let mut module = Module { file: file.to_owned(), path, ..Module::default() };
    scan(&mut module, tokens, modules);
    modules.push(module);
}

fn scan(module: &mut Module, tokens: TokenStream, modules: &mut Vec<Module>) {
    let trees: Vec<_> = tokens.into_iter().collect();
    let mut at = 0;
    while at < trees.len() {
        at = match word(trees.get(at)).as_deref() {
            Some("use") => import(module, &trees, at + 1),
            Some("mod") if word(trees.get(at + 1)).is_some() => submodule(module, &trees, at, modules),
            Some("struct" | "enum" | "union" | "fn" | "trait" | "type" | "const" | "static") => {
                module.items.extend(word(trees.get(at + 1)));
                at + 1
            }
            Some("macro_rules") => {
                module.items.extend(word(trees.get(at + 2)));
                at + 3
            }
            Some(_) => path(module, &trees, at),
            None => {
                match trees.get(at) {
                    Some(TokenTree::Group(group)) => scan(module, group.stream(), modules),
                    Some(TokenTree::Literal(literal)) => module.uses.extend(path_in_text(&literal.to_string())),
                    _ => {}
                }
                at + 1
            }
        };
    }
}

/// `mod name;` or `mod name { … }`, which is skipped when it is for tests.
fn submodule(module: &mut Module, trees: &[TokenTree], at: usize, modules: &mut Vec<Module>) -> usize {
    let is_test = attributes_before(trees, at).iter().any(|attribute| attribute == "cfg (test)");
    let Some(name) = word(trees.get(at + 1)).filter(|_| !is_test) else { return at + 3 };
    if let Some(TokenTree::Group(body)) = trees.get(at + 2) {
        let path = [module.path.clone(), vec![name.clone()]].concat();
        read(&module.file, path, body.stream(), modules);
    }
    module.children.insert(name);
    at + 3
}

/// The attributes that stand before an item, and before its `pub`.
fn attributes_before(trees: &[TokenTree], at: usize) -> Vec<String> {
    let mut found = Vec::new();
    for tree in trees[..at].iter().rev() {
        match tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
                found.push(group.stream().to_string());
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {}
            TokenTree::Punct(punct) if punct.as_char() == '#' => {}
            TokenTree::Ident(ident) if *ident == "pub" => {}
            _ => break,
        }
    }
    found
}

/// A `use`: every leaf of its tree is a path used, and a name in scope unless it is `_`.
fn import(module: &mut Module, trees: &[TokenTree], from: usize) -> usize {
    let end = trees[from..].iter().position(|tree| is_punct(Some(tree), ';')).map_or(trees.len(), |at| from + at);
    leaves(&Pieces::new(), &trees[from..end], module);
    end + 1
}

fn leaves(prefix: &Pieces, trees: &[TokenTree], module: &mut Module) {
    for branch in trees.split(|tree| is_punct(Some(tree), ',')).filter(|branch| !branch.is_empty()) {
        let mut path = prefix.clone();
        let mut renamed = None;
        for (at, tree) in branch.iter().enumerate() {
            match tree {
                TokenTree::Ident(ident) if *ident == "as" => {
                    renamed = word(branch.get(at + 1));
                    break;
                }
                TokenTree::Ident(ident) if *ident == "self" && !path.is_empty() => {}
                TokenTree::Ident(ident) => path.push(ident.to_string()),
                TokenTree::Punct(punct) if punct.as_char() == '*' => {
                    module.uses.insert(path.clone());
                    module.globs.push(std::mem::take(&mut path));
                }
                TokenTree::Group(group) => {
                    leaves(&path, &group.stream().into_iter().collect::<Vec<_>>(), module);
                    path.clear();
                }
                _ => {}
            }
        }
        if let Some(last) = path.last().cloned() {
            module.uses.insert(path.clone());
            module.imports.insert(renamed.unwrap_or(last), path);
        }
    }
}

/// A path in the code: names with `::` between them. One name alone counts too: a glob may have brought it in.
fn path(module: &mut Module, trees: &[TokenTree], from: usize) -> usize {
    let mut found: Pieces = word(trees.get(from)).into_iter().collect();
    let mut at = from + 1;
    while is_punct(trees.get(at), ':') && is_punct(trees.get(at + 1), ':') {
        let Some(name) = word(trees.get(at + 2)) else { break };
        found.push(name);
        at += 3;
    }
    let before = |by: usize, sign| from >= by && is_punct(trees.get(from - by), sign);
    // `.name` is a field or a method, `>::name` the end of another path, and `pub(super)` only a visibility.
    let is_tail = before(1, '.') || before(1, ':') && before(2, ':');
    let is_visibility = found.len() == 1 && matches!(found[0].as_str(), "crate" | "self" | "super");
    if !is_tail && !is_visibility {
        module.uses.insert(found);
    }
    at
}

/// The path in a text such as `#[serde(deserialize_with = "crate::…")]`.
fn path_in_text(literal: &str) -> Option<Pieces> {
    let text = literal.strip_prefix('"')?.strip_suffix('"')?;
    let is_path = text.starts_with("crate::") && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | ':'));
    is_path.then(|| text.split("::").map(str::to_owned).collect())
}

fn word(tree: Option<&TokenTree>) -> Option<String> {
    match tree {
        Some(TokenTree::Ident(ident)) => Some(ident.to_string()),
        _ => None,
    }
}

fn is_punct(tree: Option<&TokenTree>, sign: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}
