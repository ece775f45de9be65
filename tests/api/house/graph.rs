//! The graph of rooms: an arrow wherever a path leads from one to another, re-exports followed to what they stand for.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::sources::{Module, Pieces, Source};

/// How many re-exports and imports are followed, one after another; a chain of that many is a mistake.
const MAX_STEPS: usize = 16;

/// The modules of a crate, by their paths.
pub struct Crate<'a>(BTreeMap<&'a [String], &'a Module>);

/// Where a path leads.
pub enum Target {
    /// To modules of this crate: the one that defines what is named, and those that re-export it on the way.
    Own(Vec<Pieces>),
    /// To another crate, or to a name of the function itself.
    Foreign(Pieces),
}

impl<'a> Crate<'a> {
    pub fn of(sources: &'a [Source]) -> Self {
        let modules = sources.iter().flat_map(|source| &source.modules);
        Self(modules.map(|module| (module.path.as_slice(), module)).collect())
    }

    /// Where a path leads that stands in a module.
    pub fn resolve(&self, module: &Module, path: &[String]) -> Target {
        let mut passed = Vec::new();
        match self.absolute(module, path, MAX_STEPS) {
            Ok(path) => match self.follow(&path, &mut passed, MAX_STEPS) {
                Some(foreign) => Target::Foreign(foreign),
                None => Target::Own(passed),
            },
            Err(foreign) => Target::Foreign(foreign),
        }
    }

    /// The path from the root of this crate, or else that from the root of another.
    fn absolute(&self, module: &Module, path: &[String], steps: usize) -> Result<Pieces, Pieces> {
        let (Some(first), Some(steps)) = (path.first(), steps.checked_sub(1)) else { return Err(path.to_vec()) };
        match first.as_str() {
            "crate" => return Ok(path[1..].to_vec()),
            "self" => return Ok([&module.path, &path[1..]].concat()),
            "super" => {
                let ups = path.iter().take_while(|piece| *piece == "super").count();
                let kept = module.path.len().saturating_sub(ups);
                return Ok([&module.path[..kept], &path[ups..]].concat());
            }
            _ => {}
        }
        // A name alone is a variable or a method more often than a module.
        let is_alone = path.len() == 1;
        if let Some(import) = module.imports.get(first).filter(|import| import.first() != Some(first)) {
            return Ok([self.absolute(module, import, steps)?.as_slice(), &path[1..]].concat())
                .map_err(|foreign: Pieces| [foreign.as_slice(), &path[1..]].concat());
        }
        if module.children.contains(first) && !is_alone {
            return Ok([&module.path, path].concat());
        }
        for glob in &module.globs {
            if let Ok(target) = self.absolute(module, glob, steps)
                && self.defines(&target, first, steps)
            {
                return Ok([target.as_slice(), path].concat());
            }
        }
        Err(path.to_vec())
    }

    /// Whether a module has the name, by itself or from elsewhere.
    fn defines(&self, module: &[String], name: &String, steps: usize) -> bool {
        let (Some(module), Some(steps)) = (self.0.get(module), steps.checked_sub(1)) else { return false };
        module.items.contains(name)
            || module.imports.contains_key(name)
            || module.children.contains(name)
            || module
                .globs
                .iter()
                .any(|glob| self.absolute(module, glob, steps).is_ok_and(|target| self.defines(&target, name, steps)))
    }

    /// Walks down a path; what is passed on the way is noted, and what leaves the crate is given back.
    fn follow(&self, path: &[String], passed: &mut Vec<Pieces>, steps: usize) -> Option<Pieces> {
        let steps = steps.checked_sub(1)?;
        let mut module = *self.0.get([].as_slice())?;
        for (at, name) in path.iter().enumerate() {
            if let Some(child) = self.0.get(&path[..=at]).filter(|_| module.path == path[..at]) {
                module = child;
                continue;
            }
            passed.push(module.path.clone());
            if module.items.contains(name) {
                return None;
            }
            let elsewhere = if let Some(import) = module.imports.get(name) {
                self.absolute(module, import, steps).map(|from| [from.as_slice(), &path[at + 1..]].concat())
            } else {
                let mut globs = module.globs.iter().filter_map(|glob| self.absolute(module, glob, steps).ok());
                let from = globs.find(|target| self.defines(target, name, steps))?;
                Ok([from.as_slice(), &path[at..]].concat())
            };
            return match elsewhere {
                Ok(path) => self.follow(&path, passed, steps),
                // A re-export of another crate's: what is used of this one is the re-export.
                Err(foreign) => Some(foreign).filter(|_| passed.is_empty()),
            };
        }
        passed.push(module.path.clone());
        None
    }
}

/// A room: a folder or a file of a floor, with all that is in it.
pub fn room_of(module: &[String]) -> String {
    module[..module.len().min(2)].join("::")
}

/// Rooms, and for each the rooms that it uses, with one place where it does.
#[derive(Default)]
pub struct Rooms(pub BTreeMap<String, BTreeMap<String, String>>);

impl Rooms {
    /// Those of sources; the root, which only declares the floors, is none.
    pub fn of(sources: &[Source]) -> Self {
        let modules = Crate::of(sources);
        let mut rooms = BTreeMap::<String, BTreeMap<String, String>>::new();
        for module in sources.iter().flat_map(|source| &source.modules).filter(|module| !module.path.is_empty()) {
            let from = room_of(&module.path);
            let arrows = rooms.entry(from.clone()).or_default();
            for path in &module.uses {
                let Target::Own(passed) = modules.resolve(module, path) else { continue };
                for to in passed.iter().filter(|to| !to.is_empty()).map(|to| room_of(to)).filter(|to| *to != from) {
                    arrows.entry(to).or_insert_with(|| format!("{}: {}", module.file, path.join("::")));
                }
            }
        }
        Self(rooms)
    }

    /// How many arrows there are.
    pub fn arrows(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    /// The shortest circle through each room that is in one, each circle once.
    pub fn circles(&self) -> Vec<String> {
        let mut known = BTreeSet::new();
        let mut found = Vec::new();
        for start in self.0.keys() {
            let Some(circle) = self.way_back(start) else { continue };
            if known.insert(circle.iter().cloned().collect::<BTreeSet<_>>()) {
                found.push(self.drawn(&circle));
            }
        }
        found
    }

    /// The shortest way from a room to itself.
    fn way_back(&self, start: &str) -> Option<Vec<String>> {
        let mut came_from = BTreeMap::<&str, &str>::new();
        let mut open = VecDeque::from([start]);
        while let Some(room) = open.pop_front() {
            for next in self.0.get(room).into_iter().flat_map(BTreeMap::keys) {
                if next == start {
                    let mut way = vec![start.to_owned()];
                    let mut at = room;
                    while at != start {
                        way.insert(1, at.to_owned());
                        at = came_from.get(at)?;
                    }
                    return Some(way);
                }
                if !came_from.contains_key(next.as_str()) {
                    came_from.insert(next, room);
                    open.push_back(next);
                }
            }
        }
        None
    }

    /// A circle with the place of each of its arrows.
    fn drawn(&self, circle: &[String]) -> String {
        let arrows = circle.iter().zip(circle.iter().cycle().skip(1));
        let places = arrows.map(|(from, to)| format!("{from} → {to}   ({})", self.0[from][to]));
        places.collect::<Vec<_>>().join("\n    ")
    }
}
