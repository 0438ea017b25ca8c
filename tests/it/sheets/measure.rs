//! Temporary: figures of 10,000 rows.
use std::time::Instant;
use acclaim::sheet::{TableFormat, TableWriter, Value};

#[tokio::test]
async fn measure_ten_thousand() {
    for format in [TableFormat::Xlsx, TableFormat::Csv] {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut writer = TableWriter::new(format, file.reopen().unwrap()).unwrap();
        let began = Instant::now();
        writer.write(&["编号", "类别", "姓名", "单位", "城市", "职务", "简介"].map(Value::Text)).unwrap();
        let summary = "长".repeat(300);
        for n in 1..=10_000i64 {
            let name = format!("候选人{n}");
            writer.write(&[Value::Number(n), Value::Text("workers"), Value::Text(&name), Value::Text("电力公司"), Value::Text("南京"), Value::Text("班长"), Value::Text(&summary)]).unwrap();
        }
        writer.finish().unwrap();
        let written = began.elapsed();
        let began = Instant::now();
        let rows = acclaim::sheet::reader::read(std::path::Path::new(env!("CARGO_BIN_EXE_acclaim")), file.reopen().unwrap()).await.unwrap();
        println!("{format:?}: {} bytes, written in {written:?}, {} rows read in {:?}", file.as_file().metadata().unwrap().len(), rows.len(), began.elapsed());
    }
}
