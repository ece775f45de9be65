//! A part of the administrative tree: what a right, a filter or a roll-up is about.

/// A part of the tree, as a range of `organizations.path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subtree {
    path: String,
}

impl Subtree {
    /// The organization at `path` and everything below it.
    #[must_use]
    pub fn at(path: String) -> Self {
        Self { path }
    }

    /// The path of the top.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The code of the top, which stays when it moves; none of the whole tree.
    #[must_use]
    pub fn top(&self) -> Option<&str> {
        self.path.strip_suffix('/').map(|path| path.rsplit('/').next().unwrap_or(path))
    }

    /// `from ≤ path < to`: every path ends with `/`, and `0` is the character after it.
    #[must_use]
    pub fn range(&self) -> (String, String) {
        let to = self.path.strip_suffix('/').map_or_else(|| "\u{10FFFF}".to_owned(), |start| format!("{start}0"));
        (self.path.clone(), to)
    }

    /// Whether nothing stands above its top.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.path.matches('/').count() <= 1
    }

    /// Whether a path lies in it.
    #[must_use]
    pub fn holds(&self, path: &str) -> bool {
        path.starts_with(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subtree_is_a_range_that_no_sibling_enters() {
        let (from, to) = Subtree::at("LC/LC-TTR/".to_owned()).range();
        for inside in ["LC/LC-TTR/", "LC/LC-TTR/VP/", "LC/LC-TTR/zz/"] {
            assert!(from.as_str() <= inside && inside < to.as_str(), "{inside}");
        }
        for outside in ["LC/", "LC/LC-TT/", "LC/LC-TTR-2/", "LC/LC-TTR.1/", "LC/LC-TTRX/", "LC/LC-TTR0/"] {
            assert!(!(from.as_str() <= outside && outside < to.as_str()), "{outside}");
        }
        assert!(Subtree::at("LC/".to_owned()).is_whole() && !Subtree::at("LC/A/".to_owned()).is_whole());
        assert_eq!(Subtree::at("LC/A/B/".to_owned()).top(), Some("B"));
        assert_eq!(Subtree::at("LC/".to_owned()).top(), Some("LC"));
        assert_eq!(Subtree::at(String::new()).top(), None);
    }
}
