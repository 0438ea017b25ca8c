//! Planning a sheet of nominees: rows match by number, else by name and employer.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::columns::{Columns, Header};
use super::row::{RowCells, whole_number};
use super::{
    ImportError, ImportPlan, PlannedRow, RowChange, RowFault, RowFaultReason, split, texts_of,
};
use crate::domain::field::FieldFaultReason;
use crate::domain::nominee::{Nominee, NomineeField, NomineeFields};
use crate::domain::roster::Roster;
use crate::domain::search::normalise;
use crate::domain::sheet::{Cell, SheetRow};
use crate::id::{CategoryId, NomineeId};

/// The columns, in the order of the template.
pub const HEADERS: [Header<NomineeField>; 7] = [
    Header {
        field: NomineeField::Number,
        names: &["编号", "Number", "No.", "候选人编号", "Nominee number"],
    },
    Header {
        field: NomineeField::Category,
        names: &["类别", "Category", "组别", "奖项", "参选类别"],
    },
    Header {
        field: NomineeField::Name,
        names: &["姓名", "Name", "候选人", "候选人姓名", "Nominee"],
    },
    Header {
        field: NomineeField::Employer,
        names: &[
            "单位",
            "Employer",
            "工作单位",
            "所在单位",
            "公司",
            "Company",
        ],
    },
    Header {
        field: NomineeField::City,
        names: &["城市", "City", "所在城市", "地市"],
    },
    Header {
        field: NomineeField::Title,
        names: &["职务", "Title", "职位", "职称", "Post"],
    },
    Header {
        field: NomineeField::Summary,
        names: &[
            "事迹简介",
            "Summary",
            "简介",
            "事迹",
            "主要事迹",
            "推荐理由",
        ],
    },
];

/// A nominee as a row says that it shall be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NomineeDraft {
    /// The category it is ranked in.
    pub category_id: CategoryId,
    /// Its other fields.
    pub fields: NomineeFields,
}

/// The changes of a sheet of nominees.
pub type NomineePlan = ImportPlan<NomineeField, NomineeDraft, NomineeId>;
type Change = RowChange<NomineeField, NomineeDraft, NomineeId>;
type Cells<'a> = RowCells<'a, NomineeField>;

/// Plans what the rows change in the campaign as it stands.
///
/// # Errors
/// The header lacks a column, or there are no rows of data, or too many.
pub fn plan(rows: &[SheetRow], roster: &Roster) -> Result<NomineePlan, ImportError<NomineeField>> {
    let (columns, data) = split(rows, &HEADERS, |columns| {
        if columns.has(NomineeField::Number) {
            return Ok(());
        }
        columns.require(&[NomineeField::Name, NomineeField::Employer])
    })?;
    let mut planner = Planner::new(&columns, &data, roster);
    let plan = move |row: &SheetRow| PlannedRow {
        number: row.number,
        change: planner.plan(row),
    };
    Ok(ImportPlan {
        rows: data.into_iter().map(plan).collect(),
        header_row: columns.row,
        unknown_columns: columns.unknown,
    })
}

/// The names in the rows of a sheet, by the numbers of the rows: of those that a plan finds faulty it has none.
#[must_use]
pub fn names(rows: &[SheetRow]) -> HashMap<u32, &str> {
    texts_of(rows, &HEADERS, NomineeField::Name)
}

impl NomineePlan {
    /// Refuses the rows that would move a nominee with votes into another category.
    pub fn fix_categories(&mut self, has_votes: impl Fn(NomineeId) -> bool) {
        for row in &mut self.rows {
            if let RowChange::Update { id, changed, .. } = &row.change
                && changed.contains(&NomineeField::Category)
                && has_votes(*id)
            {
                row.change = RowChange::Faulty(vec![RowFault {
                    field: NomineeField::Category,
                    reason: RowFaultReason::CategoryFixed,
                }]);
            }
        }
    }

    /// Whether it changes what tells a nominee from another: number, name or employer.
    #[must_use]
    pub fn renames(&self) -> bool {
        use NomineeField::{Employer, Name, Number};
        let is_identity = |field| matches!(field, &(Number | Name | Employer));
        self.rows.iter().any(|row| match &row.change {
            RowChange::Update { changed, .. } => changed.iter().any(is_identity),
            _ => false,
        })
    }
}

/// The meaning of a text that is looked up: one, or several that it could be.
enum Found<T> {
    One(T),
    Several,
}

struct Planner<'a> {
    columns: &'a Columns<NomineeField>,
    by_number: HashMap<i64, &'a Nominee>,
    by_name: HashMap<String, Found<&'a Nominee>>,
    categories: HashMap<String, Found<CategoryId>>,
    /// All numbers of the sheet.
    numbers: HashSet<i64>,
    /// Rows so far by the number that their nominee gets, and by the nominee that they change.
    row_of_number: HashMap<i64, u32>,
    row_of_nominee: HashMap<NomineeId, u32>,
}

impl<'a> Planner<'a> {
    fn new(columns: &'a Columns<NomineeField>, data: &[&SheetRow], roster: &'a Roster) -> Self {
        let nominees = roster.nominees();
        let number_of = |row: &&SheetRow| match columns.cell(row, NomineeField::Number) {
            Some(Cell::Text(text)) => whole_number(text),
            _ => None,
        };
        Self {
            columns,
            by_number: nominees.iter().map(|n| (n.number, n)).collect(),
            by_name: index(nominees.iter().map(|n| (name_key(&n.name, &n.employer), n))),
            categories: categories(roster),
            numbers: data.iter().filter_map(number_of).collect(),
            row_of_number: HashMap::new(),
            row_of_nominee: HashMap::new(),
        }
    }

    fn plan(&mut self, row: &SheetRow) -> Change {
        let mut cells = RowCells::new(self.columns, row);
        let number = cells.number(NomineeField::Number);
        let known = self.find(&mut cells, number);
        let category = self.category(&mut cells, known);
        let fields = fill(&mut cells, number, known);
        self.refuse_duplicates(&mut cells, row.number, fields.as_ref(), known);
        match (fields, category) {
            (Some(fields), Some(category_id)) if cells.faults.is_empty() => {
                let draft = NomineeDraft {
                    category_id,
                    fields,
                };
                change(draft, known)
            }
            _ => RowChange::Faulty(cells.faults),
        }
    }

    /// The nominee that the row is about, if there is one.
    fn find(&self, cells: &mut Cells<'_>, number: Option<i64>) -> Option<&'a Nominee> {
        if let Some(nominee) = number.and_then(|number| self.by_number.get(&number)) {
            return Some(*nominee);
        }
        let name = cells.text(NomineeField::Name)?;
        let employer = cells.text(NomineeField::Employer)?;
        match self.by_name.get(&name_key(name, employer))? {
            // A namesake, whose own row is elsewhere in the sheet.
            Found::One(nominee) if number.is_some() && self.numbers.contains(&nominee.number) => {
                None
            }
            Found::One(nominee) => Some(*nominee),
            Found::Several if number.is_some() => None,
            Found::Several => {
                cells.add(NomineeField::Number, RowFaultReason::AmbiguousNominee);
                None
            }
        }
    }

    fn category(&self, cells: &mut Cells<'_>, known: Option<&Nominee>) -> Option<CategoryId> {
        let field = NomineeField::Category;
        let reason = match (cells.text(field), known) {
            (None, Some(nominee)) => return Some(nominee.category_id),
            (None | Some(""), _) if cells.is_faulty(field) => return None,
            (None | Some(""), _) => RowFaultReason::Field(FieldFaultReason::Missing),
            (Some(text), _) => match self.categories.get(&normalise(text)) {
                Some(Found::One(category)) => return Some(*category),
                Some(Found::Several) => RowFaultReason::AmbiguousCategory,
                None => RowFaultReason::UnknownCategory,
            },
        };
        cells.add(field, reason);
        None
    }

    fn refuse_duplicates(
        &mut self,
        cells: &mut Cells<'_>,
        row: u32,
        fields: Option<&NomineeFields>,
        known: Option<&Nominee>,
    ) {
        let number = fields.map(|fields| fields.number);
        let same_number = number.and_then(|n| first_row(&mut self.row_of_number, n, row));
        let same_nominee = known.and_then(|n| first_row(&mut self.row_of_nominee, n.id, row));
        if let Some(first) = same_number.or(same_nominee) {
            let has_number = cells
                .text(NomineeField::Number)
                .is_some_and(|t| !t.is_empty());
            let field = if has_number {
                NomineeField::Number
            } else {
                NomineeField::Name
            };
            cells.add(field, RowFaultReason::Duplicate { row: first });
        }
    }
}

/// The row that has had this key before; otherwise this one is the first.
fn first_row<K: std::hash::Hash + Eq>(rows: &mut HashMap<K, u32>, key: K, row: u32) -> Option<u32> {
    let first = *rows.entry(key).or_insert(row);
    (first != row).then_some(first)
}

/// The fields of the row over those of the nominee that is there, checked.
fn fill(
    cells: &mut Cells<'_>,
    number: Option<i64>,
    known: Option<&Nominee>,
) -> Option<NomineeFields> {
    let old = known.map(NomineeFields::from);
    if number.is_none() && old.is_none() && !cells.is_faulty(NomineeField::Number) {
        let missing = RowFaultReason::Field(FieldFaultReason::Missing);
        cells.add(NomineeField::Number, missing);
    }
    let text = |field, old: Option<&str>| {
        let new = cells.text(field).or(old);
        new.unwrap_or_default().to_owned()
    };
    let old = old.as_ref();
    let fields = NomineeFields {
        // Without a number the row is faulty already; the other fields are checked all the same.
        number: number.or(old.map(|old| old.number)).unwrap_or(1),
        name: text(NomineeField::Name, old.map(|old| &*old.name)),
        employer: text(NomineeField::Employer, old.map(|old| &*old.employer)),
        city: Some(text(
            NomineeField::City,
            old.and_then(|old| old.city.as_deref()),
        )),
        title: Some(text(
            NomineeField::Title,
            old.and_then(|old| old.title.as_deref()),
        )),
        summary: text(NomineeField::Summary, old.map(|old| &*old.summary)),
    };
    let is_numbered = number.is_some() || old.is_some();
    match fields.checked() {
        Ok(fields) => is_numbered.then_some(fields),
        Err(faults) => {
            cells.add_fields(faults);
            None
        }
    }
}

/// The change from the nominee that is there to the draft.
fn change(draft: NomineeDraft, known: Option<&Nominee>) -> Change {
    let Some(nominee) = known else {
        return RowChange::Create(draft);
    };
    let (old, new) = (NomineeFields::from(nominee), &draft.fields);
    let differs = [
        (NomineeField::Number, old.number != new.number),
        (
            NomineeField::Category,
            nominee.category_id != draft.category_id,
        ),
        (NomineeField::Name, old.name != new.name),
        (NomineeField::Employer, old.employer != new.employer),
        (NomineeField::City, old.city != new.city),
        (NomineeField::Title, old.title != new.title),
        (NomineeField::Summary, old.summary != new.summary),
    ];
    let differs = differs.into_iter().filter(|(_, differs)| *differs);
    let changed: Vec<NomineeField> = differs.map(|(field, _)| field).collect();
    if changed.is_empty() {
        RowChange::Unchanged(nominee.id)
    } else {
        RowChange::Update {
            id: nominee.id,
            value: draft,
            changed,
        }
    }
}

fn name_key(name: &str, employer: &str) -> String {
    format!("{}\n{}", normalise(name), normalise(employer))
}

/// Each category by its key, and by its name where no key is so.
fn categories(roster: &Roster) -> HashMap<String, Found<CategoryId>> {
    let of = |text: &str, id| (normalise(text), id);
    let categories = roster.categories();
    let mut found = index(categories.iter().map(|c| of(&c.name, c.id)));
    found.extend(index(categories.iter().map(|c| of(&c.key, c.id))));
    found
}

/// The values by their keys: a key of several is ambiguous.
fn index<T: Copy>(entries: impl Iterator<Item = (String, T)>) -> HashMap<String, Found<T>> {
    let mut index = HashMap::new();
    for (key, value) in entries {
        index
            .entry(key)
            .and_modify(|found| *found = Found::Several)
            .or_insert(Found::One(value));
    }
    index
}

impl From<&Nominee> for NomineeFields {
    fn from(nominee: &Nominee) -> Self {
        Self {
            number: nominee.number,
            name: nominee.name.clone(),
            employer: nominee.employer.clone(),
            city: nominee.city.clone(),
            title: nominee.title.clone(),
            summary: nominee.summary.clone(),
        }
    }
}
