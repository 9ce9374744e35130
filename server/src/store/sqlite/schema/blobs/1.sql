-- The second file: parts of blobs (S12). The id of the network comes first in every primary key.

-- `n_parts` is NULL until the last part is there, and 0 once the blob was dropped: nothing of it comes again. A blob belongs to one document for ever.
CREATE TABLE blob (
    network_id BLOB NOT NULL CHECK (length(network_id) = 32),
    blob BLOB NOT NULL CHECK (length(blob) = 16),
    doc BLOB NOT NULL CHECK (length(doc) = 16),
    n_parts INTEGER,
    PRIMARY KEY (network_id, blob)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_of_document ON blob (network_id, doc);

-- `member` pays for it: an erasure gives that back. `bytes` is the last column: what is counted is counted without.
CREATE TABLE part (
    network_id BLOB NOT NULL,
    blob BLOB NOT NULL,
    place INTEGER NOT NULL CHECK (place >= 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    member INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (network_id, blob, place),
    FOREIGN KEY (network_id, blob) REFERENCES blob
) STRICT;

CREATE TABLE part_usage (
    network_id BLOB NOT NULL,
    member INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (network_id, member)
) STRICT, WITHOUT ROWID;
