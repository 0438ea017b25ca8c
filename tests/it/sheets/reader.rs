//! The parent's side: whatever a child does, the parent ends in time, with bounded memory.

use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;

use acclaim::domain::sheet::SheetError;
use acclaim::sheet::reader::ReadError;

use super::read_with;

/// Reads with a script in place of the program.
async fn read_with_script(script: &str) -> Result<usize, ReadError> {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("program");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("written");
    let executable = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(&program, executable).expect("set");
    loop {
        match read_with(&program, b"a").await {
            // Another test's child, which is about to start, has the file open still.
            Err(ReadError::Reader(error)) if error.kind() == ErrorKind::ExecutableFileBusy => {}
            outcome => return outcome.map(|rows| rows.len()),
        }
    }
}

async fn assert_sheet_error(script: &str, expected: SheetError) {
    let outcome = read_with_script(script).await;
    let is_expected = matches!(&outcome, Err(ReadError::Sheet(error)) if *error == expected);
    assert!(is_expected, "{script}: {outcome:?}");
}

#[tokio::test]
async fn children_that_die_are_explained() {
    assert_sheet_error("kill -9 $$", SheetError::TooDemanding).await;
    assert_sheet_error("kill -ABRT $$", SheetError::TooDemanding).await;
    assert_sheet_error("exit 101", SheetError::Damaged).await;
    // Rows without an end are not all rows.
    assert_sheet_error(
        r#"echo '{"Row":{"number":1,"cells":["a"]}}'; kill -9 $$"#,
        SheetError::TooDemanding,
    )
    .await;
    for script in ["exit 70", "exit 2", "true"] {
        let outcome = read_with_script(script).await;
        assert!(
            matches!(&outcome, Err(ReadError::Reader(_))),
            "{script}: {outcome:?}"
        );
    }
    let missing = read_with("/nowhere/acclaim".as_ref(), b"a").await;
    assert!(matches!(missing, Err(ReadError::Reader(_))), "{missing:?}");
    let whole =
        read_with_script(r#"echo '{"Row":{"number":1,"cells":["a"]}}'; echo '"End"'"#).await;
    assert_eq!(whole.expect("rows"), 1);
}

#[tokio::test]
async fn children_that_write_without_end_are_not_listened_to() {
    let row = r#"{"Row":{"number":1,"cells":["a"]}}"#;
    for script in [
        format!("exec /usr/bin/yes '{row}'"),
        "exec /bin/cat /dev/zero".to_owned(),
        "exec /usr/bin/yes nonsense".to_owned(),
    ] {
        assert_sheet_error(&script, SheetError::TooDemanding).await;
    }
}

/// Time stands still and jumps to the next timer: the limit of time, not a minute of waiting.
#[tokio::test(start_paused = true)]
async fn children_that_hang_are_ended() {
    assert_sheet_error("exec /bin/sleep 1000", SheetError::TooDemanding).await;
}
