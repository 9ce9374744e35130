//! Macros that give a type its CBOR shape. `minicbor`'s derive cannot refuse unknown keys.
//!
//! ```text
//! cbor_map!(Body { 0 => coll, 4 => teller_key, 6 => data as bytes });   a map; an `Option` that is `None` is left out
//! cbor_array!(KeyWrap { group, epoch, wrap });                          an array of exactly these
//! cbor_enum!(Message { 0 => Push(Push), 1 => Pull });                   [code, payload] or [code]
//! cbor_code!(Role { 0 => Volunteer, 1 => Coordinator });                an integer
//! cbor_bytes!(EntryId);   cbor_number!(Seq: u64);                       newtypes
//! ```
//!
//! Keys and codes stand in ascending order. `as bytes` writes `Vec<u8>` and `[u8; N]` as a byte
//! string (`minicbor` would write an array of numbers).

use minicbor::encode::Write;
use minicbor::{Decoder, Encoder, decode, encode};

/// Writes a byte string.
pub(crate) fn encode_bytes<T: AsRef<[u8]>, W: Write>(
    value: &T,
    e: &mut Encoder<W>,
) -> Result<(), encode::Error<W::Error>> {
    e.bytes(value.as_ref())?.ok()
}

/// Reads a byte string of a length that `T` takes.
pub(crate) fn decode_bytes<'b, T: TryFrom<&'b [u8]>>(d: &mut Decoder<'b>) -> Result<T, decode::Error> {
    let bytes = d.bytes()?;
    T::try_from(bytes).map_err(|_| decode::Error::message("byte string of another length"))
}

/// Writes or reads one field, with `bytes` as a byte string.
macro_rules! cbor_item {
    (encode $value:expr, $e:ident, $ctx:ident) => {
        minicbor::Encode::<C>::encode($value, $e, $ctx)?
    };
    (encode $value:expr, $e:ident, $ctx:ident, bytes) => {
        $crate::cbor::encode_bytes($value, $e)?
    };
    (decode $d:ident, $ctx:ident) => {
        minicbor::Decode::<'b, C>::decode($d, $ctx)?
    };
    (decode $d:ident, $ctx:ident, bytes) => {
        $crate::cbor::decode_bytes($d)?
    };
    (nil $value:expr) => {
        minicbor::Encode::<C>::is_nil($value)
    };
    (nil $value:expr, bytes) => {
        false
    };
    (absent) => {
        minicbor::Decode::<'b, C>::nil()
    };
    (absent, bytes) => {
        None
    };
}

/// Gives a struct the shape of a map with integer keys.
macro_rules! cbor_map {
    ($name:ident { $($key:literal => $field:ident $(as $with:ident)?),* $(,)? }) => {
        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                ctx: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                // A map without keys has no other use for it.
                let _ = &ctx;
                let n_fields = 0 $(+ u64::from(!$crate::cbor::cbor_item!(nil &self.$field $(, $with)?)))*;
                e.map(n_fields)?;
                $(
                    if !$crate::cbor::cbor_item!(nil &self.$field $(, $with)?) {
                        e.u64($key)?;
                        $crate::cbor::cbor_item!(encode &self.$field, e, ctx $(, $with)?);
                    }
                )*
                Ok(())
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
                let _ = &ctx;
                let n_fields = d.map()?.ok_or_else(|| minicbor::decode::Error::message("indefinite map"))?;
                $(let mut $field = None;)*
                for _ in 0..n_fields {
                    match d.u64()? {
                        $($key => {
                            let value = $crate::cbor::cbor_item!(decode d, ctx $(, $with)?);
                            // An absent field has one form: left out.
                            if $crate::cbor::cbor_item!(nil &value $(, $with)?) {
                                return Err(minicbor::decode::Error::message("null where a key can be left out"));
                            }
                            $field = Some(value);
                        })*
                        key if key >= $crate::cbor::KEY_IGNORABLE => d.skip()?,
                        key => {
                            return Err(minicbor::decode::Error::message(format_args!("unknown critical key {key}")));
                        }
                    }
                }
                Ok(Self {
                    $($field: $field
                        .or_else(|| $crate::cbor::cbor_item!(absent $(, $with)?))
                        .ok_or_else(|| minicbor::decode::Error::message(concat!("no key for ", stringify!($field))))?,
                    )*
                })
            }
        }
    };
}

/// Gives a struct the shape of an array of fixed length.
macro_rules! cbor_array {
    ($name:ident { $($field:ident $(as $with:ident)?),* $(,)? }) => {
        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                ctx: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.array(0 $(+ { stringify!($field); 1 })*)?;
                $($crate::cbor::cbor_item!(encode &self.$field, e, ctx $(, $with)?);)*
                Ok(())
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
                if d.array()? != Some(0 $(+ { stringify!($field); 1 })*) {
                    return Err(minicbor::decode::Error::message(concat!("array of another length: ", stringify!($name))));
                }
                $(let $field = $crate::cbor::cbor_item!(decode d, ctx $(, $with)?);)*
                Ok(Self { $($field),* })
            }
        }
    };
}

/// Gives an enum the shape `[code, payload]`, or `[code]` for a variant without payload.
macro_rules! cbor_enum {
    ($name:ident { $($code:literal => $variant:ident $(($payload:ty))?),* $(,)? }) => {
        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                ctx: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                $(
                    $crate::cbor::cbor_variant!(encode self, e, ctx, $code, $variant $(, $payload)?);
                )*
                Ok(())
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
                let len = d.array()?;
                match (d.u64()?, len) {
                    $($crate::cbor::cbor_variant!(pattern $code $(, $payload)?) => {
                        Ok($crate::cbor::cbor_variant!(decode d, ctx, $variant $(, $payload)?))
                    })*
                    (code, _) => Err(minicbor::decode::Error::message(format_args!(
                        "unknown {} {code}", stringify!($name)
                    ))),
                }
            }
        }
    };
}

/// One variant of [`cbor_enum`].
macro_rules! cbor_variant {
    (encode $self:ident, $e:ident, $ctx:ident, $code:literal, $variant:ident) => {
        if let Self::$variant = $self {
            $e.array(1)?.u64($code)?;
            return Ok(());
        }
    };
    (encode $self:ident, $e:ident, $ctx:ident, $code:literal, $variant:ident, $payload:ty) => {
        if let Self::$variant(payload) = $self {
            $e.array(2)?.u64($code)?;
            return minicbor::Encode::<C>::encode(payload, $e, $ctx);
        }
    };
    (pattern $code:literal) => {
        ($code, Some(1))
    };
    (pattern $code:literal, $payload:ty) => {
        ($code, Some(2))
    };
    (decode $d:ident, $ctx:ident, $variant:ident) => {
        Self::$variant
    };
    (decode $d:ident, $ctx:ident, $variant:ident, $payload:ty) => {
        Self::$variant(minicbor::Decode::<'b, C>::decode($d, $ctx)?)
    };
}

/// Gives an enum without payloads the shape of an integer.
macro_rules! cbor_code {
    ($name:ident { $($code:literal => $variant:ident),* $(,)? }) => {
        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _ctx: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                let code = match self { $(Self::$variant => $code),* };
                e.u64(code)?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
                match d.u64()? {
                    $($code => Ok(Self::$variant),)*
                    code => Err(minicbor::decode::Error::message(format_args!(
                        "unknown {} {code}", stringify!($name)
                    ))),
                }
            }
        }
    };
}

/// Gives newtypes of a byte array the shape of a byte string.
macro_rules! cbor_bytes {
    ($($name:ident),* $(,)?) => {$(
        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _ctx: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                $crate::cbor::encode_bytes(&self.0, e)
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
                $crate::cbor::decode_bytes(d).map(Self)
            }
        }
    )*};
}

/// Gives newtypes of an unsigned integer the shape of that integer.
macro_rules! cbor_number {
    ($($name:ident: $repr:ident),* $(,)?) => {$(
        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _ctx: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.$repr(self.0)?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
                d.$repr().map(Self)
            }
        }
    )*};
}

pub(crate) use {
    cbor_array, cbor_bytes, cbor_code, cbor_enum, cbor_item, cbor_map, cbor_number, cbor_variant,
};
