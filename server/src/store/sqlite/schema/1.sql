-- The id of the network comes first in every primary key: a store that is split, is split by it.

-- Hash of the code that founds the first network, while it was not used.
CREATE TABLE founding (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- `head` is the counter of seqs (S1).
CREATE TABLE network (
    network_id BLOB NOT NULL CHECK (length(network_id) = 32),
    log_id BLOB NOT NULL CHECK (length(log_id) = 16),
    head INTEGER NOT NULL,
    chain BLOB NOT NULL CHECK (length(chain) = 16),
    name TEXT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    PRIMARY KEY (network_id)
) STRICT, WITHOUT ROWID;

-- `bytes` is NULL when they were taken back. It is the last column: a row that is skipped is skipped without them.
CREATE TABLE log (
    network_id BLOB NOT NULL REFERENCES network,
    seq INTEGER NOT NULL CHECK (seq > 0),
    id BLOB NOT NULL CHECK (length(id) = 32),
    chain BLOB NOT NULL CHECK (length(chain) = 16),
    kind INTEGER NOT NULL,
    doc BLOB CHECK (length(doc) = 16),
    device INTEGER NOT NULL,
    bytes BLOB,
    PRIMARY KEY (network_id, seq)
) STRICT;
CREATE UNIQUE INDEX log_by_id ON log (network_id, id);
CREATE INDEX log_by_document ON log (network_id, doc, seq) WHERE doc IS NOT NULL;
CREATE INDEX log_of_records ON log (network_id, seq) WHERE kind = 0;

CREATE TABLE detached (
    network_id BLOB NOT NULL REFERENCES network,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    bytes BLOB NOT NULL,
    PRIMARY KEY (network_id, hash)
) STRICT;

CREATE TABLE invitation (
    network_id BLOB NOT NULL REFERENCES network,
    public_key BLOB NOT NULL CHECK (length(public_key) = 32),
    PRIMARY KEY (network_id, public_key)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX invitation_by_key ON invitation (public_key);

-- `collection`, `readers` and `keys` are CBOR; table `reader` says the readers once more, to search by.
CREATE TABLE document (
    network_id BLOB NOT NULL REFERENCES network,
    doc BLOB NOT NULL CHECK (length(doc) = 16),
    collection BLOB NOT NULL,
    author INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    readers BLOB NOT NULL,
    keys BLOB NOT NULL,
    publication_id BLOB CHECK (length(publication_id) = 32),
    publication_seq INTEGER,
    is_withdrawn INTEGER,
    PRIMARY KEY (network_id, doc)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_of_publication ON document (network_id, doc) WHERE publication_seq IS NOT NULL;

CREATE TABLE reader (
    network_id BLOB NOT NULL,
    doc BLOB NOT NULL,
    reader BLOB NOT NULL,
    first_seq INTEGER NOT NULL,
    PRIMARY KEY (network_id, doc, reader),
    FOREIGN KEY (network_id, doc) REFERENCES document
) STRICT, WITHOUT ROWID;
CREATE INDEX reader_by_group ON reader (network_id, reader, first_seq, doc);

CREATE TABLE usage (
    network_id BLOB NOT NULL REFERENCES network,
    member INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    documents INTEGER NOT NULL,
    PRIMARY KEY (network_id, member)
) STRICT, WITHOUT ROWID;
