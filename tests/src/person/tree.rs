//! The page as a screen reader goes through it: roles and names, one after the other.

use super::words;
use anyhow::Context;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::iter;

/// Roles of what somebody does something with, as Chromium calls them.
const CONTROLS: &[&str] = &[
    "DisclosureTriangle",
    "button",
    "checkbox",
    "combobox",
    "link",
    "radio",
    "searchbox",
    "slider",
    "spinbutton",
    "switch",
    "textbox",
];

/// What is read of a page, in its order.
#[derive(Debug)]
pub(super) struct Tree {
    said: Vec<Said>,
    /// Where each element stands in the document.
    places: BTreeMap<u64, usize>,
    /// Elements that the keyboard comes to out of turn.
    out_of_turn: Vec<String>,
}

/// What is read of one element or piece of text.
#[derive(Debug)]
struct Said {
    depth: usize,
    role: String,
    name: String,
    level: Option<u64>,
    element: Option<u64>,
}

impl Tree {
    /// Reads what `Accessibility.getFullAXTree` and `DOM.getDocument` answer.
    ///
    /// # Errors
    /// When they hold nothing.
    pub(super) fn read(tree: &Value, document: &Value) -> anyhow::Result<Self> {
        let nodes = tree.get("nodes").and_then(Value::as_array).context("no tree")?;
        let root = nodes.first().context("an empty tree")?;
        let by_id = nodes.iter();
        let by_id = by_id.filter_map(|node| Some((node.get("nodeId")?.as_str()?, node)));
        let by_id: BTreeMap<_, _> = by_id.collect();
        // The answer has them level by level.
        let mut said = Vec::new();
        let mut ahead = vec![(root, 0)];
        while let Some((node, depth)) = ahead.pop() {
            let this = Said::read(node, depth);
            let depth = depth + usize::from(this.is_some());
            said.extend(this);
            let inside = list(node, "childIds").filter_map(|id| by_id.get(id.as_str()?));
            ahead.extend(inside.rev().map(|node| (*node, depth)));
        }
        let elements = elements(document.get("root").context("no document")?);
        let places = elements.iter().enumerate();
        let places = places.filter_map(|(place, it)| Some((it.get("backendNodeId")?.as_u64()?, place)));
        Ok(Self {
            said,
            places: places.collect(),
            out_of_turn: elements.iter().filter_map(|it| out_of_turn(it)).collect(),
        })
    }

    /// What keeps somebody who listens from going through it.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = self.out_of_turn.clone();
        // All that lies under an open dialog is out of reach, and not to be heard.
        let expected = usize::from(self.of_role("dialog").next().is_none());
        let mains = self.of_role("main").count();
        if mains != expected {
            faults.push(format!("main landmarks: {mains}, not {expected}"));
        }
        let titles = self.of_role("heading").filter(|it| it.level == Some(1));
        let titles = titles.count();
        if titles != expected {
            faults.push(format!("headings of level 1: {titles}, not {expected}"));
        }
        let mut above = 1;
        for heading in self.of_role("heading") {
            let level = heading.level.unwrap_or(above);
            if level > above + 1 {
                faults.push(format!(
                    "from level {above} to {level}: heading “{}”",
                    heading.name
                ));
            }
            above = level;
        }
        let (mut place_before, mut name_before) = (0, "");
        for (place, control) in self.controls() {
            let Said { role, name, .. } = control;
            if name.is_empty() {
                faults.push(format!("{role} without a name, after “{name_before}”"));
            }
            if place < place_before {
                faults.push(format!(
                    "{role} “{name}” is read after “{name_before}”, which follows it"
                ));
            }
            (place_before, name_before) = (place, name.as_str());
        }
        faults
    }

    fn of_role(&self, role: &str) -> impl Iterator<Item = &Said> {
        self.said.iter().filter(move |it| it.role == role)
    }

    /// What the page has to act on, each with its place; what the browser draws itself, as within a player, has none.
    fn controls(&self) -> impl Iterator<Item = (usize, &Said)> {
        let controls = self.said.iter();
        let controls = controls.filter(|it| CONTROLS.contains(&it.role.as_str()));
        controls.filter_map(|it| Some((*self.places.get(&it.element?)?, it)))
    }
}

/// A line for each, further in what stands within another.
impl fmt::Display for Tree {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for it in &self.said {
            let indent = 2 * it.depth;
            write!(out, "{:indent$}{}", "", it.role)?;
            if let Some(level) = it.level {
                write!(out, " {level}")?;
            }
            if !it.name.is_empty() {
                write!(out, " “{}”", it.name)?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

impl Said {
    /// `None` for what is not read: what is out of reach, a box without a name, a line of a text.
    fn read(node: &Value, depth: usize) -> Option<Self> {
        let text = |of| words(node.pointer(of).and_then(Value::as_str).unwrap_or_default());
        let (role, name) = (text("/role/value"), text("/name/value"));
        let is_ignored = node.get("ignored").and_then(Value::as_bool).unwrap_or_default();
        let is_box = ["generic", "none"].contains(&role.as_str()) && name.is_empty();
        if is_ignored || is_box || role == "InlineTextBox" {
            return None;
        }
        let mut properties = list(node, "properties");
        let level = properties.find(|property| property.get("name").is_some_and(|name| name == "level"));
        Some(Self {
            depth,
            role,
            name,
            level: level.and_then(|level| level.pointer("/value/value")?.as_u64()),
            element: node.get("backendDOMNodeId").and_then(Value::as_u64),
        })
    }
}

fn list<'a>(of: &'a Value, name: &str) -> impl DoubleEndedIterator<Item = &'a Value> + use<'a> {
    of.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// An element and all within it, in the order of the document.
fn elements(element: &Value) -> Vec<&Value> {
    let inside = list(element, "children").flat_map(elements);
    iter::once(element).chain(inside).collect()
}

/// Tells of an element that the keyboard comes to before all that have no number of their own.
fn out_of_turn(element: &Value) -> Option<String> {
    let attributes = element.get("attributes")?.as_array()?;
    let (attributes, _) = attributes.as_chunks::<2>();
    let [_, number] = attributes.iter().find(|[name, _]| name == "tabindex")?;
    let number: i64 = number.as_str()?.trim().parse().ok()?;
    let kind = element
        .get("localName")
        .and_then(Value::as_str)
        .unwrap_or_default();
    (number > 0).then(|| format!("{kind} with tabindex {number}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const MAIN: (&str, &str, u64, u64) = ("main", "", 0, 1);
    const TITLE: (&str, &str, u64, u64) = ("heading", "Verhalen", 1, 2);

    /// A page of these roles, names, levels and elements; its document has the elements by number.
    fn page(said: &[(&str, &str, u64, u64)]) -> Tree {
        let ids: Vec<_> = (0..said.len()).map(|id| id.to_string()).collect();
        let root = json!({ "nodeId": "page", "role": { "value": "RootWebArea" }, "childIds": ids });
        let nodes = iter::zip(said, &ids).map(|((role, name, level, element), id)| {
            json!({
                "nodeId": id,
                "role": { "value": role },
                "name": { "value": name },
                "properties": [{ "name": "level", "value": { "value": level } }],
                "backendDOMNodeId": element,
            })
        });
        let nodes: Vec<_> = iter::once(root).chain(nodes).collect();
        let elements: Vec<_> = (1..=9).map(|id| json!({ "backendNodeId": id })).collect();
        let document = json!({ "root": { "children": elements } });
        Tree::read(&json!({ "nodes": nodes }), &document).unwrap()
    }

    #[test]
    fn a_page_in_order_has_no_fault() {
        let link = |name, element| ("link", name, 0, element);
        let queue = ("heading", "Te lezen", 2, 1);
        let step = ("heading", "Foto's", 2, 4);
        let page = page(&[queue, MAIN, TITLE, link("Terug", 3), step, link("Verder", 5)]);
        assert!(page.faults().is_empty(), "{:?}", page.faults());
    }

    #[test]
    fn what_lies_under_a_dialog_is_not_read() {
        let (dialog, question) = (("dialog", "Wissen?", 0, 3), ("heading", "Wissen?", 2, 4));
        assert!(page(&[dialog, question]).faults().is_empty());
        assert_eq!(page(&[MAIN, TITLE, dialog, question]).faults().len(), 2);
    }

    #[test]
    fn each_fault_is_found() {
        for (what, said) in [
            ("main landmarks: 0", vec![TITLE]),
            ("main landmarks: 2", vec![MAIN, MAIN, TITLE]),
            ("headings of level 1: 0", vec![MAIN]),
            ("headings of level 1: 2", vec![MAIN, TITLE, TITLE]),
            (
                "from level 1 to 3",
                vec![MAIN, TITLE, ("heading", "Foto's", 3, 4)],
            ),
            ("button without a name", vec![MAIN, TITLE, ("button", " ", 0, 4)]),
            (
                "link “Terug” is read after “Verder”",
                vec![MAIN, TITLE, ("link", "Verder", 0, 5), ("link", "Terug", 0, 4)],
            ),
        ] {
            let faults = page(&said).faults();
            assert!(
                faults.len() == 1 && faults.concat().starts_with(what),
                "{faults:?}"
            );
        }
    }

    #[test]
    fn what_the_browser_draws_itself_is_not_the_pages() {
        let volume = ("slider", "", 0, 40);
        assert!(page(&[MAIN, TITLE, volume]).faults().is_empty());
    }

    #[test]
    fn a_number_puts_an_element_out_of_turn() {
        let with =
            |number: &str| json!({ "localName": "a", "attributes": ["href", "/", "tabindex", number] });
        assert_eq!(out_of_turn(&with("2")).unwrap(), "a with tabindex 2");
        assert!(out_of_turn(&with("0")).is_none() && out_of_turn(&with("-1")).is_none());
    }

    #[test]
    fn it_is_written_as_it_is_read() {
        let tree = json!({ "nodes": [
            { "nodeId": "1", "role": { "value": "main" }, "childIds": ["2", "3"] },
            { "nodeId": "2", "ignored": true, "role": { "value": "none" }, "childIds": ["4"] },
            { "nodeId": "3", "role": { "value": "link" }, "name": { "value": "Verder" } },
            { "nodeId": "4", "role": { "value": "heading" }, "name": { "value": "Een\n tuin" },
                "properties": [{ "name": "level", "value": { "value": 1 } }] },
        ] });
        let tree = Tree::read(&tree, &json!({ "root": {} })).unwrap();
        assert_eq!(
            tree.to_string(),
            "main\n  heading 1 “Een tuin”\n  link “Verder”\n"
        );
    }
}
