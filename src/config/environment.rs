//! The environment's variables, and the words about one that is wrong: a mistyped name would be a setting that is not
//! heard, and nobody would know.

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::{ConfigError, wrong};

/// The beginning of our own settings' names.
const PREFIX: &str = "ACCLAIM_";
/// Kubernetes gives every container such variables where a service is called `acclaim`.
const SERVICE_LINKS: [&str; 2] = ["ACCLAIM_SERVICE_", "ACCLAIM_PORT"];
/// Names that are as alike as this are one name, mistyped: 1 for the same, 0 for nothing in common.
const ALIKE: f64 = 0.8;

/// Checks the names of variables: fails for one that is a setting's, mistyped, and warns of others with our prefix.
/// They may be settings of another version, which must not stop this one.
///
/// # Errors
/// [`ConfigError`] that says which setting is meant.
pub fn check(command: &Command) -> Result<(), ConfigError> {
    check_names(
        command,
        std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()),
    )
}

fn check_names(command: &Command, names: impl Iterator<Item = String>) -> Result<(), ConfigError> {
    let settings = settings_of(command);
    for name in names.filter(|name| name.starts_with(PREFIX)) {
        let is_link = SERVICE_LINKS.iter().any(|link| name.starts_with(link));
        if is_link || settings.contains(&name) {
            continue;
        }
        let likeness = |setting: &String| strsim::normalized_levenshtein(setting, &name);
        let nearest = settings
            .iter()
            .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
            .filter(|setting| likeness(setting) >= ALIKE);
        if let Some(setting) = nearest {
            return Err(wrong(&name)(format!("is no setting: {setting} is meant")));
        }
        tracing::warn!(name, "this variable is no setting of this version");
    }
    Ok(())
}

/// The names of the settings of a command and those below it.
fn settings_of(command: &Command) -> Vec<String> {
    let own = command
        .get_arguments()
        .filter_map(|argument| argument.get_env());
    let mut names: Vec<String> = own
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    for below in command.get_subcommands() {
        names.extend(settings_of(below));
    }
    names
}

/// One line about a value that cannot be used, with the setting's name; none where the arguments are wrong otherwise.
#[must_use]
pub fn explain(command: &Command, error: &clap::Error) -> Option<String> {
    let is_value = matches!(
        error.kind(),
        ErrorKind::ValueValidation | ErrorKind::InvalidValue
    );
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let option = argument.split(' ').next()?.strip_prefix("--")?;
    let setting = setting_of(command, option).filter(|_| is_value)?;
    let given = match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(value)) if !value.is_empty() => format!("{value:?}"),
        _ => "nothing".to_owned(),
    };
    let wanted = match (
        std::error::Error::source(error),
        error.get(ContextKind::ValidValue),
    ) {
        (Some(reason), _) => reason.to_string(),
        (None, Some(ContextValue::Strings(values))) => format!("one of {}", values.join(", ")),
        (None, _) => "a value, or leave it out".to_owned(),
    };
    Some(format!("{setting} (--{option}) is {given}: {wanted}"))
}

/// The name of the setting of an option, of a command or those below it.
fn setting_of(command: &Command, option: &str) -> Option<String> {
    let own = command
        .get_arguments()
        .find(|argument| argument.get_long() == Some(option));
    match own.and_then(|argument| argument.get_env()) {
        Some(name) => Some(name.to_string_lossy().into_owned()),
        None => command
            .get_subcommands()
            .find_map(|below| setting_of(below, option)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command() -> Command {
        let setting = |name: &'static str| clap::Arg::new(name).long(name).env(name);
        let serve = Command::new("serve").arg(setting("ACCLAIM_TRUSTED_PROXIES"));
        Command::new("acclaim")
            .arg(setting("ACCLAIM_LISTEN"))
            .subcommand(serve)
    }

    #[test]
    fn a_mistyped_name_is_told_from_others() {
        let check = |name: &str| check_names(&command(), std::iter::once(name.to_owned()));
        for (name, meant) in [
            ("ACCLAIM_LISTN", "ACCLAIM_LISTEN"),
            ("ACCLAIM_TRUSTED_PROXY", "ACCLAIM_TRUSTED_PROXIES"),
        ] {
            let said = check(name).expect_err("it is mistyped").to_string();
            assert!(said.starts_with(name) && said.contains(meant), "{said}");
        }
        for name in [
            "ACCLAIM_LISTEN",
            "ACCLAIM_OF_A_LATER_VERSION",
            "ACCLAIM_SERVICE_HOST",
            "ACCLAIM_PORT_8080_TCP",
            "LISTN",
        ] {
            assert!(check(name).is_ok(), "{name}");
        }
    }
}
