//! Drawings: values of the domain as SVG and PNG. Nothing here knows of HTTP.

pub mod code;
pub mod font;
pub mod markup;
pub mod poster;
