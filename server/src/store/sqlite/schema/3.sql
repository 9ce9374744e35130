-- Erased documents (E1): their row and the entry that erased them stay for ever, so that nothing of them comes back.

ALTER TABLE document ADD COLUMN erased_seq INTEGER;

-- Those of which parts or media may still be in the second file.
CREATE TABLE erasing (
    network_id BLOB NOT NULL REFERENCES network,
    doc BLOB NOT NULL,
    PRIMARY KEY (network_id, doc)
) STRICT, WITHOUT ROWID;
