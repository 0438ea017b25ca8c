//! The document guard: limits that are checked before anything of the library walks a document.
//!
//! [`scan`] looks at the text in one pass, before parsing: brackets and tokens. [`check`] looks at the parsed document,
//! each fragment once and remembered, so that fragments that spread each other twice (which the library expands: 2^30
//! fields in 2 KB) cost no more than their text. Cycles are refused.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::Value;

use super::text::measure_text;

/// The largest document, bytes.
pub const DOCUMENT_BYTES_MAX: usize = 8 * 1024;
/// Lexical tokens of a document.
const TOKENS_MAX: usize = 600;
/// Bytes of a name or a number: validation repeats names, an operation's for each of its variables.
const WORD_BYTES_MAX: usize = 128;
/// Brackets within brackets, which the parser recurses over.
const BRACKETS_MAX: usize = 32;
/// Fields within fields, fragments expanded.
const DEPTH_MAX: u64 = 12;
/// Fields in all, fragments expanded.
const FIELDS_MAX: u64 = 500;
/// Aliases in all, fragments expanded.
const ALIASES_MAX: u64 = 15;
/// Directives in all, fragments expanded.
const DIRECTIVES_MAX: u64 = 10;
/// Variables of an operation.
const VARIABLES_MAX: usize = 20;
/// Uses of variables in all, fragments expanded.
const USES_MAX: u64 = 100;
/// Operations of a document: validation says of each of them what is wrong with the fragments that it spreads.
const OPERATIONS_MAX: usize = 5;
/// Fields that are compared with others of their key, once for every selection that inline fragments and spreads put
/// them into.
const COMPARISONS_MAX: usize = 2_000;

/// The error of [`scan`] for a block string without an end, which is no matter of limits.
pub(super) const UNENDED: &str = "A block string does not end.";

/// Looks at the text of a document and counts its tokens.
///
/// # Errors
/// A sentence that names the limit.
pub fn scan(document: &str) -> Result<usize, String> {
    if document.len() > DOCUMENT_BYTES_MAX {
        return Err(format!(
            "A document has at most {DOCUMENT_BYTES_MAX} bytes."
        ));
    }
    let Some(measures) = measure_text(document) else {
        return Err(UNENDED.to_owned());
    };
    if measures.longest_word > WORD_BYTES_MAX {
        return Err(format!(
            "A name or number has at most {WORD_BYTES_MAX} bytes."
        ));
    }
    if measures.brackets > BRACKETS_MAX {
        return Err(format!("Brackets nest at most {BRACKETS_MAX} deep."));
    }
    let tokens = measures.tokens;
    if tokens > TOKENS_MAX {
        return Err(format!(
            "A document has at most {TOKENS_MAX} tokens; this one has {tokens}."
        ));
    }
    Ok(tokens)
}

/// The weight of a selection, fragments expanded.
#[derive(Debug, Clone, Copy, Default)]
struct Weight {
    depth: u64,
    fields: u64,
    aliases: u64,
    directives: u64,
    /// Uses of variables.
    uses: u64,
}

impl Weight {
    /// Adds the weight of a selection beside it.
    fn add(&mut self, other: Self) {
        self.depth = self.depth.max(other.depth);
        self.fields = self.fields.saturating_add(other.fields);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.uses = self.uses.saturating_add(other.uses);
    }

    fn add_directives(&mut self, directives: &[Positioned<Directive>]) {
        self.directives = self.directives.saturating_add(directives.len() as u64);
        for directive in directives {
            self.add_uses(&directive.node.arguments);
        }
    }

    fn add_uses(&mut self, arguments: &[(Positioned<Name>, Positioned<Value>)]) {
        let uses = arguments.iter().map(|(_, value)| uses(&value.node));
        self.uses = self.uses.saturating_add(uses.sum());
    }
}

/// The number of variables in a value.
fn uses(value: &Value) -> u64 {
    match value {
        Value::Variable(_) => 1,
        Value::List(entries) => entries.iter().map(uses).sum(),
        Value::Object(fields) => fields.values().map(uses).sum(),
        _ => 0,
    }
}

/// Two fields of one key that cannot be one. The library names every pair of them, and every argument.
#[derive(Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Their key.
    pub(super) key: String,
    /// Their positions.
    pub(super) positions: [Pos; 2],
}

/// Looks at a parsed document; returns the first conflict in it.
///
/// # Errors
/// A sentence that names the limit.
pub fn check(document: &ExecutableDocument) -> Result<Option<Conflict>, String> {
    if document.operations.iter().count() > OPERATIONS_MAX {
        return Err(format!(
            "A document has at most {OPERATIONS_MAX} operations."
        ));
    }
    let mut visitor = WeightVisitor {
        document,
        fragments: HashMap::new(),
    };
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        if operation.variable_definitions.len() > VARIABLES_MAX {
            return Err(format!(
                "An operation has at most {VARIABLES_MAX} variables."
            ));
        }
        let mut weight = visitor.selection_set(&operation.selection_set.node)?;
        weight.add_directives(&operation.directives);
        for variable in &operation.variable_definitions {
            // Constants, so nothing is used.
            let directives = variable.node.directives.len() as u64;
            weight.directives = weight.directives.saturating_add(directives);
        }
        within_limits(weight)?;
    }
    // Fragments that nothing spreads are validated by the library all the same.
    for (name, fragment) in &document.fragments {
        let mut weight = visitor.fragment(name)?;
        if fragment.node.type_condition.node.on.node.starts_with("__") {
            weight.depth = 0;
        }
        within_limits(weight)?;
    }
    let mut finder = ConflictFinder {
        document,
        comparisons_left: COMPARISONS_MAX,
        conflict: None,
    };
    finder.document()?;
    Ok(finder.conflict)
}

fn within_limits(weight: Weight) -> Result<(), String> {
    let limits = [
        (weight.depth, DEPTH_MAX, "nests fields at most", "deep"),
        (weight.fields, FIELDS_MAX, "selects at most", "fields"),
        (weight.aliases, ALIASES_MAX, "has at most", "aliases"),
        (
            weight.directives,
            DIRECTIVES_MAX,
            "has at most",
            "directives",
        ),
        (weight.uses, USES_MAX, "uses variables at most", "times"),
    ];
    match limits.iter().find(|(value, max, ..)| value > max) {
        Some((_, max, does, what)) => Err(format!(
            "A document {does} {max} {what}, its fragments expanded."
        )),
        None => Ok(()),
    }
}

/// A walk over a document that weighs its selections.
struct WeightVisitor<'a> {
    document: &'a ExecutableDocument,
    /// The weights of fragments; none for those that are being weighed.
    fragments: HashMap<&'a str, Option<Weight>>,
}

impl<'a> WeightVisitor<'a> {
    fn selection_set(&mut self, set: &'a SelectionSet) -> Result<Weight, String> {
        let mut weight = Weight::default();
        for item in &set.items {
            weight.add(self.selection(&item.node)?);
        }
        Ok(weight)
    }

    fn selection(&mut self, selection: &'a Selection) -> Result<Weight, String> {
        let (mut weight, directives) = match selection {
            Selection::Field(field) => {
                let field = &field.node;
                let is_introspection = matches!(field.name.node.as_str(), "__schema" | "__type");
                let mut weight = self.selection_set(&field.selection_set.node)?;
                // The usual introspection nests deeper than any query; where it is off, the document is refused for it.
                weight.depth = if is_introspection {
                    1
                } else {
                    weight.depth + 1
                };
                weight.add(Weight {
                    fields: 1,
                    aliases: u64::from(field.alias.is_some()),
                    ..Weight::default()
                });
                weight.add_uses(&field.arguments);
                (weight, &field.directives)
            }
            Selection::InlineFragment(inline) => (
                self.selection_set(&inline.node.selection_set.node)?,
                &inline.node.directives,
            ),
            Selection::FragmentSpread(spread) => (
                self.fragment(&spread.node.fragment_name.node)?,
                &spread.node.directives,
            ),
        };
        weight.add_directives(directives);
        Ok(weight)
    }

    fn fragment(&mut self, name: &'a Name) -> Result<Weight, String> {
        match self.fragments.get(name.as_str()) {
            Some(Some(weight)) => return Ok(*weight),
            Some(None) => return Err(format!("The fragment {name} spreads itself.")),
            None => {}
        }
        // Validation names an unknown fragment. It weighs as much as a field: the library expands what spreads it.
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Weight {
                fields: 1,
                ..Weight::default()
            });
        };
        self.fragments.insert(name.as_str(), None);
        let mut weight = self.selection_set(&fragment.node.selection_set.node)?;
        weight.add_directives(&fragment.node.directives);
        self.fragments.insert(name.as_str(), Some(weight));
        Ok(weight)
    }
}

/// Fields by type and key.
type Outputs<'a> = HashMap<(Option<&'a str>, &'a str), &'a Positioned<Field>>;

/// A search for the first conflict, as the library's rule has it: in each selection set, with what fragments put into
/// it.
struct ConflictFinder<'a> {
    document: &'a ExecutableDocument,
    comparisons_left: usize,
    conflict: Option<Conflict>,
}

impl<'a> ConflictFinder<'a> {
    fn document(&mut self) -> Result<(), String> {
        for (_, operation) in self.document.operations.iter() {
            self.selection_set(&operation.node.selection_set.node)?;
        }
        for fragment in self.document.fragments.values() {
            self.selection_set(&fragment.node.selection_set.node)?;
        }
        Ok(())
    }

    fn selection_set(&mut self, set: &'a SelectionSet) -> Result<(), String> {
        self.collect(None, set, &mut Outputs::new(), &mut HashSet::new())?;
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => self.selection_set(&field.node.selection_set.node)?,
                Selection::InlineFragment(inline) => {
                    self.selection_set(&inline.node.selection_set.node)?;
                }
                Selection::FragmentSpread(_) => {}
            }
        }
        Ok(())
    }

    /// Compares the fields of a selection set, fragments expanded, with those before them.
    fn collect(
        &mut self,
        on: Option<&'a str>,
        set: &'a SelectionSet,
        outputs: &mut Outputs<'a>,
        spread: &mut HashSet<&'a str>,
    ) -> Result<(), String> {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    self.comparisons_left = self.comparisons_left.checked_sub(1).ok_or(
                        "Fragments put the same fields into too many selections: nest them less.",
                    )?;
                    self.compare(on, field, outputs);
                }
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref();
                    let on = on.map(|condition| condition.node.on.node.as_str());
                    self.collect(on, &inline.node.selection_set.node, outputs, spread)?;
                }
                Selection::FragmentSpread(name) => {
                    let name = &name.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragments.get(name)
                        && spread.insert(name.as_str())
                    {
                        let on = Some(fragment.node.type_condition.node.on.node.as_str());
                        self.collect(on, &fragment.node.selection_set.node, outputs, spread)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn compare(
        &mut self,
        on: Option<&'a str>,
        field: &'a Positioned<Field>,
        outputs: &mut Outputs<'a>,
    ) {
        let node = &field.node;
        let key = node.alias.as_ref().unwrap_or(&node.name).node.as_str();
        let other = outputs.entry((on, key)).or_insert(field);
        let is_same = node.name.node == other.node.name.node
            && node.arguments.len() == other.node.arguments.len()
            && other.node.arguments.iter().all(|(name, value)| {
                node.get_argument(&name.node)
                    .is_some_and(|same| same.node == value.node)
            });
        if !is_same && self.conflict.is_none() {
            self.conflict = Some(Conflict {
                key: key.to_owned(),
                positions: [other.pos, field.pos],
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::super::text::TextMeasures;
    use super::*;

    fn guard(document: &str) -> Result<(), String> {
        scan(document)?;
        check(&async_graphql::parser::parse_query(document).expect("it parses")).map(|_| ())
    }

    fn nested(depth: usize) -> String {
        format!("{}{}", "{a".repeat(depth), "}".repeat(depth))
    }

    #[test]
    fn fragments_that_double_are_weighed_once() {
        let levels = 30;
        let mut document = "{...F0}".to_owned();
        for level in 0..levels {
            let _ = write!(
                document,
                "fragment F{level} on Query{{...F{0} ...F{0}}}",
                level + 1
            );
        }
        let _ = write!(document, "fragment F{levels} on Query{{serverTime}}");
        assert!(document.len() < 2_048);
        assert!(guard(&document).is_err_and(|why| why.contains("fields")));
    }

    #[test]
    fn cycles_are_refused() {
        assert!(guard("{...A} fragment A on Query{...B} fragment B on Query{...A}").is_err());
        assert!(guard("{a} fragment A on Query{...A}").is_err());
    }

    #[test]
    fn introspection_may_nest_deeper_also_in_fragments() {
        let deep = nested(20);
        assert_eq!(guard(&format!("{{__schema{deep}}}")), Ok(()));
        let spread = format!("{{__schema{{...F}}}} fragment F on __Type{deep}");
        assert_eq!(guard(&spread), Ok(()));
        assert!(guard(&format!("{{a{{...F}}}} fragment F on Query{deep}")).is_err());
    }

    #[test]
    fn each_limit_holds_and_is_reached() {
        let many = |count: usize, text: &str| format!("{{{}}}", text.repeat(count));
        let aliases = |count: usize| {
            format!(
                "{{{}}}",
                (0..count).fold(String::new(), |list, n| list + &format!("a{n}:a "))
            )
        };
        let variables = |count: usize| {
            let list = (0..count).fold(String::new(), |list, n| list + &format!("$v{n}:Int "));
            format!("query({list}){{a}}")
        };
        for (limit, ok, too_much) in [
            ("depth", nested(12), nested(13)),
            ("fields", many(500, "a "), many(501, "a ")),
            ("aliases", aliases(15), aliases(16)),
            ("directives", many(10, "a@b "), many(11, "a@b ")),
            ("variables", variables(20), variables(21)),
            (
                "bytes",
                format!("{{a}}{}", " ".repeat(8_189)),
                format!("{{a}}{}", " ".repeat(8_190)),
            ),
        ] {
            assert_eq!(guard(&ok), Ok(()), "{limit}");
            assert!(guard(&too_much).is_err(), "{limit}");
        }
    }

    #[test]
    fn text_is_measured_outside_strings_and_comments() {
        for (text, brackets, tokens, longest_word) in [
            ("{ a(b: [1]) { c } }", 3, 13, 1),
            ("# {{{{\n{ a }", 1, 3, 1),
            (r#"{ a(b: "{{{{ \" ((") }"#, 2, 8, 1),
            (r##"{ a(b: "#") { c } }"##, 2, 11, 1),
            (r#"{ a(b: """ {{ \""" " (( """) { c } }"#, 2, 11, 1),
            (r#""unended"#, 0, 1, 0),
            ("{ alias: field }", 1, 5, 5),
            ("0a true1 -1-1", 0, 8, 5),
        ] {
            let measures = TextMeasures {
                brackets,
                tokens,
                longest_word,
            };
            assert_eq!(measure_text(text), Some(measures), "{text}");
        }
        assert!(scan(&"[".repeat(1_000)).is_err());
        // The parser reads a block string without an end as an empty string, and then what follows it.
        assert!(scan(r#"{a(b:[""""[[[[[[[[[]]]]]]]]])}"#).is_err());
        let unknown = format!("{{...F}} fragment F on Query{{{}}}", "...X ".repeat(501));
        assert!(check(&async_graphql::parser::parse_query(unknown).expect("it parses")).is_err());
        assert!(scan(&"a ".repeat(601)).is_err());
    }
}
