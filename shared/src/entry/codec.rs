//! The bytes of an entry.

use crate::cbor::{cbor_array, decode_bytes};
use crate::crypto::{FORMAT_VERSION, NONCE_LEN, Nonce, SEAL_OVERHEAD, SUITE, Signature};
use crate::entry::{Cover, Entry, HEADS_MAX, Header, Kind, SNAPSHOT_BYTES_MAX, Told, Withheld};
use crate::id::{DeviceId, DocumentId, EntryId, Generation, KidShort, Seq};
use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

/// Largest encoded entry, in bytes: the largest snapshot with the largest cover, and its header.
pub const ENTRY_BYTES_MAX: usize = SNAPSHOT_BYTES_MAX + HEADS_BYTES_MAX + 512;

/// Sealed heads: nonce, heads, tag.
const HEADS_BYTES_MAX: usize = NONCE_LEN + 32 * HEADS_MAX + SEAL_OVERHEAD;

const HEADER_LEN: u64 = 8;

cbor_array!(Cover { upto, digest as bytes, heads as bytes });

impl<C> Encode<C> for Entry {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, ctx: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.array(3)?;
        self.header.encode(e, ctx)?;
        e.bytes(&self.ct)?.bytes(&self.sig.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Entry {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, decode::Error> {
        if d.array()? != Some(3) {
            return Err(decode::Error::message("an entry has three parts"));
        }
        let header = Header::decode(d, ctx)?;
        let (ct, sig) = read_body(d, &header)?;
        Ok(Self { header, ct, sig })
    }
}

impl<C> Encode<C> for Told {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, ctx: &mut C) -> Result<(), encode::Error<W::Error>> {
        let (header, ct, sig, id): (&Header, &[u8], &Signature, &[u8]) = match self {
            Self::Entry(entry) => return Encode::encode(entry, e, ctx),
            Self::Superseding(Entry { header, ct, sig }) => (header, ct, sig, &[]),
            Self::Withheld(Withheld { header, sig, id }) => (header, &[], sig, &id.0),
        };
        e.array(4)?;
        header.encode(e, ctx)?;
        e.bytes(ct)?.bytes(&sig.0)?.bytes(id)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Told {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, decode::Error> {
        let len = d.array()?;
        let header = Header::decode(d, ctx)?;
        let (ct, sig) = read_body(d, &header)?;
        match len {
            Some(3) => return Ok(Self::Entry(Entry { header, ct, sig })),
            Some(4) if header.kind == Kind::Snapshot => {}
            _ => return Err(decode::Error::message("only a snapshot supersedes")),
        }
        let id = empty_or(d.bytes()?, |bytes| bytes.try_into().ok().map(EntryId))?;
        match id {
            None => Ok(Self::Superseding(Entry { header, ct, sig })),
            Some(id) if ct.is_empty() => Ok(Self::Withheld(Withheld { header, sig, id })),
            Some(_) => Err(decode::Error::message("a body that is there and withheld")),
        }
    }
}

/// Reads what follows the header of an entry.
fn read_body(d: &mut Decoder<'_>, header: &Header) -> Result<(Vec<u8>, Signature), decode::Error> {
    let ct = d.bytes()?;
    if ct.len() > header.kind.ct_bytes_max() {
        return Err(decode::Error::message("body is larger than its kind allows"));
    }
    let ct = ct.to_vec();
    Ok((ct, Signature(decode_bytes(d)?)))
}

impl<C> Encode<C> for Header {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, ctx: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.array(HEADER_LEN + u64::from(self.cover.is_some()))?;
        e.u8(FORMAT_VERSION)?.u8(SUITE)?.u8(self.kind.code())?;
        e.bytes(self.doc.as_ref().map_or(&[], |doc| &doc.0))?;
        e.u32(self.generation.0)?;
        e.bytes(self.kid.as_ref().map_or(&[], |kid| &kid.0))?;
        e.u32(self.by.0)?;
        e.bytes(self.nonce.as_ref().map_or(&[], |nonce| &nonce.0))?;
        match &self.cover {
            Some(cover) => cover.encode(e, ctx),
            None => Ok(()),
        }
    }
}

impl<'b, C> Decode<'b, C> for Header {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, decode::Error> {
        let len = d.array()?;
        if d.u8()? != FORMAT_VERSION {
            return Err(decode::Error::message("unknown version"));
        }
        if d.u8()? != SUITE {
            return Err(decode::Error::message("unknown suite"));
        }
        let mut header = Self {
            kind: Kind::from_code(d.u8()?),
            doc: empty_or(d.bytes()?, DocumentId::from_slice)?,
            generation: Generation(d.u32()?),
            kid: empty_or(d.bytes()?, KidShort::from_slice)?,
            by: DeviceId(d.u32()?),
            nonce: empty_or(d.bytes()?, |bytes| bytes.try_into().ok().map(Nonce))?,
            cover: None,
        };
        header.cover = match len {
            Some(HEADER_LEN) => None,
            Some(len) if len == HEADER_LEN + 1 => Some(Cover::decode(d, ctx)?),
            _ => return Err(decode::Error::message("a header has eight or nine elements")),
        };
        if header.fits_its_kind() {
            Ok(header)
        } else {
            Err(decode::Error::message("header does not fit its kind"))
        }
    }
}

impl Header {
    /// Tells whether exactly the elements are there that the kind has.
    fn fits_its_kind(&self) -> bool {
        let has_doc = self.doc.is_some();
        let is_sealed = self.kid.is_some() && self.nonce.is_some();
        let is_plain = self.kid.is_none() && self.nonce.is_none() && self.cover.is_none();
        match self.kind {
            Kind::Membership => is_plain && !has_doc && self.generation == Generation(0),
            Kind::Document | Kind::Keys | Kind::Publication | Kind::Withdraw | Kind::Erase => {
                is_plain && has_doc
            }
            Kind::Incremental => is_sealed && has_doc && self.cover.is_none(),
            Kind::Snapshot => {
                is_sealed
                    && has_doc
                    && self.cover.as_ref().is_some_and(|cover| {
                        cover.heads.len() <= HEADS_BYTES_MAX && cover.upto <= Seq(u64::MAX >> 1)
                    })
            }
            Kind::Unknown(_) => self
                .cover
                .as_ref()
                .is_none_or(|cover| cover.heads.len() <= HEADS_BYTES_MAX),
        }
    }
}

/// Reads an element that may be empty: nothing, or exactly what `read` takes.
fn empty_or<T>(bytes: &[u8], read: impl Fn(&[u8]) -> Option<T>) -> Result<Option<T>, decode::Error> {
    if bytes.is_empty() {
        return Ok(None);
    }
    read(bytes)
        .map(Some)
        .ok_or_else(|| decode::Error::message("element of another length"))
}
