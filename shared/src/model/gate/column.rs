//! Columns: how Automerge packs the parts of operations, and iterators that read them strictly.
//!
//! A column is a specification (`id << 4 | deflate << 3 | type`), a length, and its data.
//! Run lengths are bounded before anything is repeated: a run of 10^11 takes six bytes.

use super::Bad;
use super::chunk::Reader;

/// The bit of a specification that says that the data is compressed.
const DEFLATE: u64 = 0b1000;

/// The columns of a chunk: specification and data, in ascending order.
#[derive(Debug)]
pub(super) struct Columns<'a>(Vec<(u64, &'a [u8])>);

/// Specifications and lengths, before the data.
pub(super) struct Specification(Vec<(u64, usize)>);

impl<'a> Columns<'a> {
    pub(super) fn specification(reader: &mut Reader<'a>) -> Result<Specification, Bad> {
        let count = reader.length()?;
        let mut columns: Vec<(u64, usize)> = Vec::new();
        for _ in 0..count {
            let specification = reader.unsigned()?;
            let len = usize::try_from(reader.unsigned()?).map_err(|_| Bad::Column)?;
            if specification & DEFLATE != 0 || columns.last().is_some_and(|(last, _)| *last >= specification)
            {
                return Err(Bad::Column);
            }
            columns.push((specification, len));
        }
        Ok(Specification(columns))
    }

    /// Returns the data of a column, empty if the chunk has none.
    pub(super) fn get(&self, specification: u64) -> &'a [u8] {
        self.0
            .iter()
            .find(|(known, _)| *known == specification)
            .map_or(&[], |(_, data)| data)
    }

    /// Refuses columns that are not `known`.
    pub(super) fn only(&self, known: &[u64]) -> Result<(), Bad> {
        if self
            .0
            .iter()
            .all(|(specification, _)| known.contains(specification))
        {
            Ok(())
        } else {
            Err(Bad::Column)
        }
    }
}

impl Specification {
    pub(super) fn data<'a>(self, reader: &mut Reader<'a>) -> Result<Columns<'a>, Bad> {
        let mut columns = Vec::new();
        for (specification, len) in self.0 {
            columns.push((specification, reader.take(len)?));
        }
        Ok(Columns(columns))
    }
}

/// Sum of the run lengths of a run-length column, without repeating anything.
///
/// # Errors
/// [`Bad::TooMany`] beyond `max`.
pub(super) fn count<T: Item>(data: &[u8], max: u64) -> Result<u64, Bad> {
    let mut runs = Runs::<T>::new(data);
    let mut total = 0_u64;
    while let Some((len, _)) = runs.next_run()? {
        total = total.checked_add(len).ok_or(Bad::TooMany)?;
        if total > max {
            return Err(Bad::TooMany);
        }
    }
    Ok(total)
}

/// Sum of the values of a run-length column of numbers, without repeating anything.
///
/// # Errors
/// [`Bad::TooMany`] beyond `max`.
pub(super) fn sum(data: &[u8], max: u64) -> Result<u64, Bad> {
    let mut runs = Runs::<u64>::new(data);
    let mut total = 0_u64;
    while let Some((len, value)) = runs.next_run()? {
        let value = value.unwrap_or(0).checked_mul(len).ok_or(Bad::TooMany)?;
        total = total.checked_add(value).ok_or(Bad::TooMany)?;
        if total > max {
            return Err(Bad::TooMany);
        }
    }
    Ok(total)
}

/// A value in a run-length column.
pub(super) trait Item: Copy {
    type Value<'a>: Copy;
    fn read<'a>(reader: &mut Reader<'a>) -> Result<Self::Value<'a>, Bad>;
}

impl Item for u64 {
    type Value<'a> = Self;
    fn read(reader: &mut Reader<'_>) -> Result<Self, Bad> {
        reader.unsigned()
    }
}

impl Item for i64 {
    type Value<'a> = Self;
    fn read(reader: &mut Reader<'_>) -> Result<Self, Bad> {
        reader.signed()
    }
}

impl Item for &str {
    type Value<'a> = &'a str;
    fn read<'a>(reader: &mut Reader<'a>) -> Result<&'a str, Bad> {
        std::str::from_utf8(reader.prefixed()?).map_err(|_| Bad::Column)
    }
}

/// How often a value is repeated, and the value, `None` for a null.
type Run<'a, T> = (u64, Option<<T as Item>::Value<'a>>);

/// The runs of a run-length column: `n value` repeats, `-n` announces n values, `0 n` is n nulls.
struct Runs<'a, T> {
    reader: Reader<'a>,
    literals: u64,
    item: std::marker::PhantomData<T>,
}

impl<'a, T: Item> Runs<'a, T> {
    fn new(data: &'a [u8]) -> Self {
        Self {
            reader: Reader::new(data),
            literals: 0,
            item: std::marker::PhantomData,
        }
    }

    /// The next run: how often, and what, `None` for nulls.
    fn next_run(&mut self) -> Result<Option<Run<'a, T>>, Bad> {
        if self.literals > 0 {
            self.literals -= 1;
            return Ok(Some((1, Some(T::read(&mut self.reader)?))));
        }
        if self.reader.is_empty() {
            return Ok(None);
        }
        let run = self.reader.signed()?;
        if run == 0 {
            let nulls = self.reader.unsigned()?;
            return if nulls == 0 {
                Err(Bad::Column)
            } else {
                Ok(Some((nulls, None)))
            };
        }
        if run > 0 {
            return Ok(Some((run.unsigned_abs(), Some(T::read(&mut self.reader)?))));
        }
        self.literals = run.unsigned_abs() - 1;
        Ok(Some((1, Some(T::read(&mut self.reader)?))))
    }
}

/// Reads a run-length column value by value. An empty column is all nulls.
pub(super) struct Rle<'a, T: Item> {
    runs: Runs<'a, T>,
    left: u64,
    value: Option<T::Value<'a>>,
    absent: bool,
}

impl<'a, T: Item> Rle<'a, T> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self {
            runs: Runs::new(data),
            left: 0,
            value: None,
            absent: data.is_empty(),
        }
    }

    /// The next value, `None` for a null.
    pub(super) fn next(&mut self) -> Result<Option<T::Value<'a>>, Bad> {
        if self.absent {
            return Ok(None);
        }
        if self.left == 0 {
            (self.left, self.value) = self.runs.next_run()?.ok_or(Bad::Column)?;
        }
        self.left -= 1;
        Ok(self.value)
    }

    /// Proves that nothing is left.
    pub(super) fn finish(self) -> Result<(), Bad> {
        if self.left == 0 && self.runs.literals == 0 && self.runs.reader.is_empty() {
            Ok(())
        } else {
            Err(Bad::Column)
        }
    }
}

/// Reads a column of differences as the numbers themselves.
pub(super) struct Delta<'a> {
    differences: Rle<'a, i64>,
    value: i64,
}

impl<'a> Delta<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self {
            differences: Rle::new(data),
            value: 0,
        }
    }

    /// The next number, `None` for a null; a negative one is refused.
    pub(super) fn next(&mut self) -> Result<Option<u64>, Bad> {
        let Some(difference) = self.differences.next()? else {
            return Ok(None);
        };
        self.value = self.value.checked_add(difference).ok_or(Bad::Number)?;
        u64::try_from(self.value).map(Some).map_err(|_| Bad::Number)
    }

    pub(super) fn finish(self) -> Result<(), Bad> {
        self.differences.finish()
    }
}

/// Reads a column of booleans: lengths of runs that alternate, false first. An empty column is all false.
pub(super) struct Booleans<'a> {
    reader: Reader<'a>,
    left: u64,
    value: bool,
    absent: bool,
    started: bool,
}

impl<'a> Booleans<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self {
            reader: Reader::new(data),
            left: 0,
            value: true,
            absent: data.is_empty(),
            started: false,
        }
    }

    pub(super) fn next(&mut self) -> Result<bool, Bad> {
        if self.absent {
            return Ok(false);
        }
        while self.left == 0 {
            self.left = self.reader.unsigned().map_err(|_| Bad::Column)?;
            self.value = !self.value;
            // Only the first run may be empty, where the first value is true.
            if self.left == 0 && self.started {
                return Err(Bad::Column);
            }
            self.started = true;
        }
        self.left -= 1;
        Ok(self.value)
    }

    pub(super) fn finish(self) -> Result<(), Bad> {
        if self.left == 0 && self.reader.is_empty() {
            Ok(())
        } else {
            Err(Bad::Column)
        }
    }
}

/// A scalar as it is packed: a type and its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packed<'a> {
    pub(super) kind: u64,
    pub(super) bytes: &'a [u8],
}

/// Reads values: a column of types and lengths beside one of bytes.
pub(super) struct Values<'a> {
    meta: Rle<'a, u64>,
    bytes: Reader<'a>,
}

impl<'a> Values<'a> {
    pub(super) fn new(meta: &'a [u8], bytes: &'a [u8]) -> Self {
        Self {
            meta: Rle::new(meta),
            bytes: Reader::new(bytes),
        }
    }

    /// The next value; its bytes are of the form that its type has.
    pub(super) fn next(&mut self) -> Result<Packed<'a>, Bad> {
        let meta = self.meta.next()?.unwrap_or(0);
        let kind = meta & 0b1111;
        let len = usize::try_from(meta >> 4).map_err(|_| Bad::Column)?;
        let bytes = self.bytes.take(len)?;
        let mut number = Reader::new(bytes);
        let fits = match kind {
            // Null, false, true.
            0..=2 => len == 0,
            3 => number.unsigned().is_ok() && number.is_empty(),
            // Int, moment.
            4 | 9 => number.signed().is_ok() && number.is_empty(),
            5 => len == 8,
            6 => std::str::from_utf8(bytes).is_ok(),
            7 => true,
            // Counters, which only increments change, and what is not known.
            _ => false,
        };
        if fits {
            Ok(Packed { kind, bytes })
        } else {
            Err(Bad::Column)
        }
    }

    pub(super) fn finish(self) -> Result<(), Bad> {
        if self.bytes.is_empty() {
            self.meta.finish()
        } else {
            Err(Bad::Column)
        }
    }
}
