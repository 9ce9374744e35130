-- Photos and sounds for the website: plain bytes. `kind` is NULL until all parts are there and were looked at;
-- `width` and `height` are a photo's. `member` pays: what is deleted is given back.
CREATE TABLE medium (
    network_id BLOB NOT NULL CHECK (length(network_id) = 32),
    doc BLOB NOT NULL CHECK (length(doc) = 16),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    size INTEGER NOT NULL,
    member INTEGER NOT NULL,
    kind INTEGER,
    width INTEGER,
    height INTEGER,
    PRIMARY KEY (network_id, doc, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE medium_part (
    network_id BLOB NOT NULL,
    doc BLOB NOT NULL,
    hash BLOB NOT NULL,
    place INTEGER NOT NULL CHECK (place >= 0),
    bytes BLOB NOT NULL,
    PRIMARY KEY (network_id, doc, hash, place),
    FOREIGN KEY (network_id, doc, hash) REFERENCES medium
) STRICT;
