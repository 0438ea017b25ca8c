//! Drawings: values of the domain as SVG, PNG and HTML. Nothing here knows of HTTP.

pub mod code;
pub mod font;
pub mod markup;
pub mod poster;
pub mod report;
