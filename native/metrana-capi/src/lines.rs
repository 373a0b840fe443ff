//! What the lines among the events are, for hosts whose log takes more than text.

use metrana_ingestion_logger::events::{Event, Field, FieldValue};

use crate::boundary::guard::contained_or;
use crate::boundary::{pointers, text::metrana_str};
use crate::enums::{metrana_field_kind, metrana_line};
use crate::events::metrana_event;

/// What a line says in one word: a name and a value. The texts are borrowed from the event.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_field {
    /// What it is called, such as `retry_seconds`; in lower case with underscores.
    pub name: metrana_str,
    /// A `metrana_field_kind`, which says which of the next three holds the value.
    pub kind: i32,
    /// 0.
    pub reserved: i32,
    /// A text.
    pub text: metrana_str,
    /// A whole number.
    pub integer: i64,
    /// A number. Times are in seconds, and the name says so.
    pub number: f64,
}

impl metrana_field {
    fn of(field: &Field) -> Self {
        let mut out = Self {
            name: metrana_str::of(field.name),
            kind: metrana_field_kind::Text as i32,
            reserved: 0,
            text: metrana_str::absent(),
            integer: 0,
            number: 0.0,
        };
        match &field.value {
            FieldValue::Text(text) => out.text = metrana_str::of(text),
            FieldValue::Int(integer) => {
                (out.kind, out.integer) = (metrana_field_kind::Int as i32, *integer);
            }
            FieldValue::Float(number) => {
                (out.kind, out.number) = (metrana_field_kind::Float as i32, *number);
            }
        }
        out
    }
}

/// Which line it is: a `metrana_line`; 0 for a completion and for null. Numbers that are not known here are those of a newer
/// library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_event_line(event: *const metrana_event) -> i32 {
    let line = |event: &Event| event.id.map_or(0, |id| metrana_line::from(id) as i32);
    // SAFETY: the caller hands in null or a live event.
    unsafe { metrana_event::ask(event, 0, line) }
}

/// How many fields a line has; 0 for a completion and for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_event_field_count(event: *const metrana_event) -> usize {
    // SAFETY: the caller hands in null or a live event.
    unsafe { metrana_event::ask(event, 0, |event| event.fields.len()) }
}

/// Writes the field of a line at `index`, counted from 0, into `*out`. Answers 1, or 0 where there is none; then `*out` stays as
/// it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_event_field(
    event: *const metrana_event,
    index: usize,
    out: *mut metrana_field,
) -> u8 {
    contained_or(0, || {
        let read = |event: &Event| event.fields.get(index).map(metrana_field::of);
        // SAFETY: the caller hands in null or a live event.
        let Some(field) = (unsafe { metrana_event::ask(event, None, read) }) else { return 0 };
        // SAFETY: the caller hands in null or a structure that may be written.
        u8::from(unsafe { pointers::put(out, field, "out") }.is_ok())
    })
}
