//! Numbers that JSON has no exact form for.

use std::fmt::Display;

use serde::{Serialize, Serializer};

/// A whole number of 64 bits, as a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whole<T>(pub(super) T);

impl<T: Display> Serialize for Whole<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A value: a number where it is one, else `"NaN"`, `"Infinity"` or `"-Infinity"`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value(pub(super) f64);

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            value if value.is_finite() => serializer.serialize_f64(value),
            value if value.is_nan() => serializer.serialize_str("NaN"),
            value if value > 0.0 => serializer.serialize_str("Infinity"),
            _ => serializer.serialize_str("-Infinity"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, Whole};

    #[test]
    fn every_value_is_read_back_bit_by_bit() {
        for value in [0.0, -0.0, 1.0, 0.1, 1e300, f64::MIN_POSITIVE / 4.0, f64::MAX, -1.5e-310] {
            let text = serde_json::to_string(&Value(value)).unwrap();
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits(), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_a_text() {
        let values = [Value(f64::NAN), Value(f64::INFINITY), Value(f64::NEG_INFINITY)];
        assert_eq!(serde_json::to_string(&values).unwrap(), r#"["NaN","Infinity","-Infinity"]"#);
        assert_eq!(serde_json::to_string(&Whole(u64::MAX)).unwrap(), r#""18446744073709551615""#);
        assert_eq!(serde_json::to_string(&Whole(i64::MIN)).unwrap(), r#""-9223372036854775808""#);
    }
}
