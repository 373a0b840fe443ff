//! How parts of a run are written that JSON has no exact form for.

/// A map as a list of pairs: its keys need not be texts.
pub(super) mod pairs {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in crate::store) fn serialize<'a, K, V, M, S>(map: &'a M, to: S) -> Result<S::Ok, S::Error>
    where
        &'a M: IntoIterator<Item = (&'a K, &'a V)>,
        K: Serialize + 'a,
        V: Serialize + 'a,
        S: Serializer,
    {
        to.collect_seq(map)
    }

    pub(in crate::store) fn deserialize<'de, K, V, M, D>(from: D) -> Result<M, D::Error>
    where
        M: FromIterator<(K, V)>,
        K: Deserialize<'de>,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Ok(Vec::<(K, V)>::deserialize(from)?.into_iter().collect())
    }
}

/// A number with all its bits: as people write it, or the bits of one that is none.
pub(super) mod exact {
    use serde::{Deserialize, Deserializer, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(in crate::store) fn serialize<S: Serializer>(number: &f64, to: S) -> Result<S::Ok, S::Error> {
        if number.is_nan() {
            to.serialize_str(&format!("NaN:{:016x}", number.to_bits()))
        } else {
            to.serialize_str(&format!("{number:?}"))
        }
    }

    pub(in crate::store) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        let text = String::deserialize(from)?;
        let number = match text.strip_prefix("NaN:") {
            Some(bits) => u64::from_str_radix(bits, 16).ok().map(f64::from_bits),
            None => text.parse().ok(),
        };
        number.ok_or_else(|| serde::de::Error::custom("this is no number"))
    }
}

/// Messages of the protocol by their bytes.
pub(super) mod messages {
    use prost::Message;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::store) fn serialize<M: Message, S: Serializer>(
        list: &[M],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(list.iter().map(Message::encode_to_vec))
    }

    pub(in crate::store) fn deserialize<'de, M, D>(from: D) -> Result<Vec<M>, D::Error>
    where
        M: Message + Default,
        D: Deserializer<'de>,
    {
        let list = Vec::<Vec<u8>>::deserialize(from)?;
        list.iter().map(|bytes| M::decode(bytes.as_slice()).map_err(serde::de::Error::custom)).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    struct Number(#[serde(with = "super::exact")] f64);

    #[test]
    fn every_number_is_read_back_bit_by_bit() {
        let odd = [0x7ff8_0000_dead_beef, 0xfff0_0000_0000_0001, 1 << 63, 1, 0x7ff0_0000_0000_0000, u64::MAX];
        let plain = [0.1_f64, -1e300, 5e-324, f64::MAX].map(f64::to_bits);
        for bits in odd.into_iter().chain(plain) {
            let text = serde_json::to_string(&Number(f64::from_bits(bits))).expect("it is written");
            let Number(read) = serde_json::from_str(&text).expect("it is read");
            assert_eq!(read.to_bits(), bits, "{text}");
        }
    }
}
