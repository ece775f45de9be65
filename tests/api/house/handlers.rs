//! Handlers: how long each is, and how long the attributes that it sits under.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A function under `#[get]`, `#[post]`, `#[put]`, `#[patch]` or `#[delete]`.
#[derive(Debug, PartialEq, Eq)]
pub struct Handler {
    pub name: String,
    /// Lines of its attributes; doc comments are none.
    pub attributes: usize,
    /// Columns of the widest line among them.
    pub widest_attribute: usize,
    /// Lines from `pub async fn` to the closing brace.
    pub lines: usize,
    /// Lines between the braces.
    pub body: usize,
}

/// The handlers among the tokens of a text, in the modules within it too.
pub fn of(tokens: TokenStream, text: &str) -> Vec<Handler> {
    let mut found = Vec::new();
    let mut item = Item::default();
    let mut trees = tokens.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match (&tree, trees.peek()) {
            (TokenTree::Punct(sign), Some(TokenTree::Group(group)))
                if sign.as_char() == '#' && group.delimiter() == Delimiter::Bracket =>
            {
                item.attribute(group, text);
                trees.next();
            }
            (TokenTree::Punct(sign), _) if sign.as_char() == ';' => item = Item::default(),
            (TokenTree::Group(body), _) if body.delimiter() == Delimiter::Brace => {
                found.extend(item.handler(body));
                found.extend(of(body.stream(), text));
                item = Item::default();
            }
            (TokenTree::Ident(word), Some(TokenTree::Ident(name))) => {
                item.first_line.get_or_insert(word.span().start().line);
                if *word == "fn" {
                    item.name = Some(name.to_string());
                }
            }
            (other, _) => {
                item.first_line.get_or_insert(other.span().start().line);
            }
        }
    }
    found
}

/// What was read of an item so far.
#[derive(Default)]
struct Item {
    attributes: usize,
    widest_attribute: usize,
    is_route: bool,
    first_line: Option<usize>,
    name: Option<String>,
}

impl Item {
    fn attribute(&mut self, group: &Group, text: &str) {
        let name = group.stream().into_iter().next().map_or_else(String::new, |tree| tree.to_string());
        if name != "doc" {
            let first = group.span_open().start().line;
            let widths = text.lines().skip(first - 1).take(lines(group)).map(|line| line.chars().count());
            self.widest_attribute = widths.fold(self.widest_attribute, usize::max);
            self.attributes += lines(group);
        }
        self.is_route |= matches!(name.as_str(), "get" | "post" | "put" | "patch" | "delete");
    }

    fn handler(&mut self, body: &Group) -> Option<Handler> {
        let (first, last) = (self.first_line?, body.span_close().end().line);
        let name = self.name.take().filter(|_| self.is_route)?;
        let body = lines(body).saturating_sub(2);
        let (attributes, widest_attribute) = (self.attributes, self.widest_attribute);
        Some(Handler { name, attributes, widest_attribute, lines: last + 1 - first, body })
    }
}

fn lines(group: &Group) -> usize {
    group.span_close().end().line + 1 - group.span_open().start().line
}
