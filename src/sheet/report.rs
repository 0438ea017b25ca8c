//! A report as a workbook: seven sheets with the figures of its snapshot, and charts that the spreadsheet program draws
//! itself. Texts stay texts, as in exports.

use chrono::{DateTime, Utc};
use rust_xlsxwriter::{Chart, ChartType, Format, Workbook, Worksheet, XlsxError};

use super::apostrophe;
use super::table::{WriteError, as_float, cut};
use crate::domain::report::words::{ReportLanguage, Words};
use crate::domain::report::{Group, Peak, Place, ReportedNominee, Snapshot};

/// Nominees of a category in its chart: more bars cannot be read.
const BARS_MAX: usize = 20;
/// Rows that a chart of results takes beside its table.
const CHART_ROWS: u32 = 22;
/// The red of the product, and the tones of the other clients, which differ in grey, too.
const SERIES_COLOURS: [u32; 3] = [0x00B0_1E28, 0x008F_857C, 0x00C9_BEB2];

/// Writes the workbook of a report. `sha256` is that of its figures, in hexadecimal digits.
///
/// # Errors
/// The disk, where the rows wait.
pub fn report_workbook(
    snapshot: &Snapshot,
    sha256: &str,
    language: ReportLanguage,
) -> Result<Vec<u8>, WriteError> {
    let mut writer = Writer {
        workbook: Workbook::new(),
        snapshot,
        language,
        words: language.words(),
        bold: Format::new().set_bold(),
    };
    writer.summary(sha256)?;
    writer.results()?;
    writer.turnout()?;
    writer.groups(writer.words.city, writer.words.cities, &snapshot.cities)?;
    writer.groups(
        writer.words.employer,
        writer.words.employers,
        &snapshot.employers,
    )?;
    writer.stories()?;
    writer.amendments()?;
    Ok(writer.workbook.save_to_buffer()?)
}

/// A cell.
enum Cell<'a> {
    Text(&'a str),
    Number(i64),
    /// A number of hundredths.
    Hundredths(i64),
}

/// Writes sheet after sheet.
struct Writer<'a> {
    workbook: Workbook,
    snapshot: &'a Snapshot,
    language: ReportLanguage,
    words: &'static Words,
    bold: Format,
}

impl Writer<'_> {
    /// Begins a sheet with its header.
    fn begin(&mut self, name: &str, titles: &[&str], widths: &[f64]) -> Result<(), XlsxError> {
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        for (column, width) in (0..).zip(widths) {
            sheet.set_column_width(column, *width)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        for (column, title) in (0..).zip(titles) {
            sheet.write_string_with_format(0, column, *title, &self.bold)?;
        }
        Ok(())
    }

    /// The sheet that is being written.
    fn sheet(&mut self) -> Result<&mut Worksheet, XlsxError> {
        let last = self.workbook.worksheets().len() - 1;
        self.workbook.worksheet_from_index(last)
    }

    fn row(&mut self, row: u32, cells: &[Cell<'_>]) -> Result<(), XlsxError> {
        let sheet = self.sheet()?;
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Text(text) => {
                    let text = apostrophe::add(text);
                    sheet.write_string(row, column, cut(&text))?;
                }
                Cell::Number(number) => {
                    sheet.write_number(row, column, as_float(*number))?;
                }
                Cell::Hundredths(number) => {
                    sheet.write_number(row, column, as_float(*number) / 100.0)?;
                }
            }
        }
        Ok(())
    }

    fn time(&self, at: DateTime<Utc>, format: &str) -> String {
        let local = at.with_timezone(&self.snapshot.campaign.zone());
        local.format(format).to_string()
    }

    fn moment(&self, at: DateTime<Utc>) -> String {
        self.time(at, "%Y-%m-%d %H:%M:%S %:z")
    }

    fn summary(&mut self, sha256: &str) -> Result<(), XlsxError> {
        let words = self.words;
        self.begin(words.summary, &[words.figure, words.value], &[34.0, 60.0])?;
        let snapshot = self.snapshot;
        let (campaign, totals) = (&snapshot.campaign, &snapshot.totals);
        let (opened, closed) = (
            self.moment(campaign.voting_opens_at),
            self.moment(campaign.voting_closes_at),
        );
        let taken_at = self.moment(snapshot.taken_at);
        let quota = self.language.quota(
            campaign.votes_per_period,
            &campaign.quota_period,
            &campaign.quota_scope,
        );
        let ways_in = campaign.admitted(self.language);
        let peak = |peak: Option<Peak>| peak.map_or_else(String::new, |peak| self.moment(peak.at));
        let (minute, hour) = (snapshot.turnout.peak_minute, snapshot.turnout.peak_hour);
        let (minute_at, hour_at) = (peak(minute), peak(hour));
        let peak_votes = |peak: Option<Peak>| Cell::Number(peak.map_or(0, |peak| peak.votes));
        let phase = self.language.value(&campaign.phase);
        let mut rows = vec![
            (words.campaign, Cell::Text(&campaign.title)),
            (words.organisation, Cell::Text(&campaign.organisation)),
            (words.opened, Cell::Text(&opened)),
            (words.closed, Cell::Text(&closed)),
            (words.time_zone, Cell::Text(&campaign.time_zone)),
            (words.phase, Cell::Text(phase)),
            (words.quota, Cell::Text(&quota)),
            (words.ways_in, Cell::Text(&ways_in)),
        ];
        rows.extend(self.vote_rows());
        rows.extend([
            (words.nominees, Cell::Number(totals.nominees)),
            (words.peak_minute, peak_votes(minute)),
            (words.time, Cell::Text(&minute_at)),
            (words.peak_hour, peak_votes(hour)),
            (words.time, Cell::Text(&hour_at)),
            (words.page, Cell::Number(snapshot.turnout.page)),
            (
                words.mini_program,
                Cell::Number(snapshot.turnout.mini_program),
            ),
            (words.other, Cell::Number(snapshot.turnout.other)),
            (words.stories, Cell::Number(totals.stories)),
            (words.taken_at, Cell::Text(&taken_at)),
            (words.fingerprint, Cell::Text(sha256)),
        ]);
        for (row, (name, value)) in (1..).zip(rows) {
            self.row(row, &[Cell::Text(name), value])?;
        }
        Ok(())
    }

    /// The lines of the summary on votes and voters.
    fn vote_rows(&self) -> Vec<(&'static str, Cell<'static>)> {
        let (words, totals) = (self.words, &self.snapshot.totals);
        let mut rows = vec![
            (words.votes, Cell::Number(totals.votes)),
            (words.counted, Cell::Number(totals.counted)),
        ];
        let guests = self.snapshot.guest_votes();
        rows.extend(guests.map(|votes| (words.of_guests, Cell::Number(votes))));
        rows.extend([
            (words.withheld, Cell::Number(totals.withheld)),
            (words.votes_of_withdrawn, Cell::Number(totals.withdrawn)),
            (words.votes_elsewhere, Cell::Number(totals.elsewhere)),
            (words.voters, Cell::Number(totals.voters)),
            (
                words.votes_per_voter,
                Cell::Hundredths(totals.votes_per_voter_hundredths),
            ),
        ]);
        rows
    }

    /// The column of votes of guests, behind all others where they are told apart.
    fn guests(&self) -> Option<&'static str> {
        self.snapshot.guest_votes().map(|_| self.words.of_guests)
    }

    fn results(&mut self) -> Result<(), XlsxError> {
        let words = self.words;
        let share = format!("{} %", words.share);
        let mut titles = vec![
            words.category,
            words.rank,
            words.number,
            words.name,
            words.count,
            &share,
            words.place,
            words.employer,
            words.city,
            words.withheld,
            words.views,
            words.likes,
        ];
        titles.extend(self.guests());
        let widths = [
            16.0, 8.0, 8.0, 16.0, 12.0, 9.0, 16.0, 36.0, 12.0, 12.0, 10.0, 10.0, 18.0,
        ];
        self.begin(words.results, &titles, &widths)?;
        let snapshot = self.snapshot;
        let (mut row, mut chart_row) = (1, 1);
        for category in &snapshot.categories {
            let first = row;
            for nominee in &category.nominees {
                self.nominee(row, &category.name, nominee)?;
                row += 1;
            }
            let bars = u32::try_from(category.nominees.len().min(BARS_MAX)).unwrap_or(0);
            if bars > 0 {
                let chart = bar_chart(
                    &category.name,
                    words.results,
                    (first, first + bars - 1),
                    (3, 4),
                );
                self.sheet()?.insert_chart(chart_row, 14, &chart)?;
                chart_row += CHART_ROWS;
            }
        }
        for nominee in &snapshot.withdrawn {
            self.nominee(row, words.withdrawn, nominee)?;
            row += 1;
        }
        Ok(())
    }

    fn nominee(
        &mut self,
        row: u32,
        category: &str,
        nominee: &ReportedNominee,
    ) -> Result<(), XlsxError> {
        let words = self.words;
        let place = match nominee.place {
            Place::Within => words.within,
            Place::Tied => words.tied,
            Place::Below => words.below,
            Place::Withdrawn => words.withdrawn,
        };
        let rank = nominee.rank.map_or(Cell::Text(""), Cell::Number);
        let mut cells = vec![
            Cell::Text(category),
            rank,
            Cell::Number(nominee.number),
            Cell::Text(&nominee.name),
            Cell::Number(nominee.votes),
            Cell::Hundredths(nominee.share_basis_points),
            Cell::Text(place),
            Cell::Text(&nominee.employer),
            Cell::Text(nominee.city.as_deref().unwrap_or_default()),
            Cell::Number(nominee.withheld),
            Cell::Number(nominee.views),
            Cell::Number(nominee.likes),
        ];
        cells.extend(self.guests().map(|_| Cell::Number(nominee.guest_votes)));
        self.row(row, &cells)
    }

    fn turnout(&mut self) -> Result<(), XlsxError> {
        let words = self.words;
        let clients = [words.page, words.mini_program, words.other];
        let mut titles = [&[words.hour, words.count][..], &clients].concat();
        titles.extend(self.guests());
        let widths = [24.0, 12.0, 12.0, 12.0, 12.0, 18.0];
        self.begin(words.turnout, &titles, &widths)?;
        let hours = &self.snapshot.turnout.hours;
        let mut row = 1;
        for hour in hours {
            let at = self.time(hour.at, "%Y-%m-%d %H:%M %:z");
            let numbers = [hour.votes, hour.page, hour.mini_program, hour.other];
            let cells = numbers.map(Cell::Number);
            let mut line = vec![Cell::Text(&at)];
            line.extend(cells);
            line.extend(self.guests().map(|_| Cell::Number(hour.guests)));
            self.row(row, &line)?;
            row += 1;
        }
        if row == 1 {
            return Ok(());
        }
        let mut chart = Chart::new(ChartType::Line);
        chart.title().set_name(words.by_hour);
        chart.set_width(900).set_height(360);
        let series = [&[words.count][..], &clients].concat();
        let colours = [&[0x0026_2220][..], &SERIES_COLOURS].concat();
        for ((column, name), colour) in (1..).zip(series).zip(colours) {
            let line = rust_xlsxwriter::ChartLine::new()
                .set_color(rust_xlsxwriter::Color::RGB(colour))
                .clone();
            chart
                .add_series()
                .set_name(name)
                .set_categories((words.turnout, 1, 0, row - 1, 0))
                .set_values((words.turnout, 1, column, row - 1, column))
                .set_format(rust_xlsxwriter::ChartFormat::new().set_line(&line));
        }
        self.sheet()?.insert_chart(1, 7, &chart)?;
        Ok(())
    }

    fn groups(&mut self, title: &str, sheet: &str, groups: &[Group]) -> Result<(), XlsxError> {
        let words = self.words;
        self.begin(
            sheet,
            &[title, words.nominees, words.count],
            &[40.0, 12.0, 12.0],
        )?;
        for (row, group) in (1..).zip(groups) {
            let name = if group.name.is_empty() {
                words.none_given
            } else {
                &group.name
            };
            let numbers = [Cell::Number(group.nominees), Cell::Number(group.votes)];
            let [nominees, votes] = numbers;
            self.row(row, &[Cell::Text(name), nominees, votes])?;
        }
        let bars = u32::try_from(groups.len().min(BARS_MAX)).unwrap_or(0);
        if bars > 0 {
            let chart = bar_chart(sheet, sheet, (1, bars), (0, 2));
            self.sheet()?.insert_chart(1, 4, &chart)?;
        }
        Ok(())
    }

    fn stories(&mut self) -> Result<(), XlsxError> {
        let words = self.words;
        let titles = [
            words.story,
            words.about,
            words.published,
            words.views,
            words.likes,
        ];
        self.begin(words.stories, &titles, &[48.0, 16.0, 24.0, 12.0, 12.0])?;
        let snapshot = self.snapshot;
        for (row, story) in (1..).zip(&snapshot.stories) {
            let at = self.moment(story.published_at);
            let cells = [
                Cell::Text(&story.title),
                Cell::Text(story.nominee.as_deref().unwrap_or_default()),
                Cell::Text(&at),
                Cell::Number(story.views),
                Cell::Number(story.likes),
            ];
            self.row(row, &cells)?;
        }
        Ok(())
    }

    fn amendments(&mut self) -> Result<(), XlsxError> {
        let words = self.words;
        let titles = [words.time, words.subject, words.change, words.reason];
        // A sheet's name has 31 characters at most.
        let name = cut_name(words.amendments);
        self.begin(&name, &titles, &[24.0, 24.0, 48.0, 48.0])?;
        let snapshot = self.snapshot;
        for (row, amendment) in (1..).zip(&snapshot.amendments) {
            let at = self.moment(amendment.at);
            let changes = snapshot
                .changes_in_words(amendment, self.language)
                .join("; ");
            let cells = [
                Cell::Text(&at),
                Cell::Text(&amendment.subject),
                Cell::Text(&changes),
                Cell::Text(&amendment.reason),
            ];
            self.row(row, &cells)?;
        }
        Ok(())
    }
}

fn cut_name(name: &str) -> String {
    name.chars().take(31).collect()
}

/// Bars of the rows from `rows.0` to `rows.1`, by the columns of names and of numbers.
fn bar_chart(title: &str, sheet: &str, rows: (u32, u32), columns: (u16, u16)) -> Chart {
    let mut chart = Chart::new(ChartType::Bar);
    // A title that begins with = would be taken for the address of a cell.
    chart.title().set_name(apostrophe::add(title).as_ref());
    chart.set_width(560).set_height(400);
    chart.legend().set_hidden();
    chart.y_axis().set_reverse();
    let fill = rust_xlsxwriter::ChartSolidFill::new()
        .set_color(rust_xlsxwriter::Color::RGB(SERIES_COLOURS[0]))
        .clone();
    chart
        .add_series()
        .set_categories((sheet, rows.0, columns.0, rows.1, columns.0))
        .set_values((sheet, rows.0, columns.1, rows.1, columns.1))
        .set_format(rust_xlsxwriter::ChartFormat::new().set_solid_fill(&fill));
    chart
}
