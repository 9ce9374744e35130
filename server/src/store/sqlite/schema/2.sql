-- Snapshots that stand for earlier entries of their documents (S10), and what they stand for. Apart from the log, whose
-- rows end with their bytes. A row of `superseded` stays when the bytes of its entry go, `since` then being NULL.

CREATE TABLE cover (
    network_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    upto INTEGER NOT NULL,
    PRIMARY KEY (network_id, seq),
    FOREIGN KEY (network_id, seq) REFERENCES log
) STRICT, WITHOUT ROWID;

CREATE TABLE superseded (
    network_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    superseded_by INTEGER NOT NULL,
    since INTEGER,
    PRIMARY KEY (network_id, seq),
    FOREIGN KEY (network_id, seq) REFERENCES log
) STRICT, WITHOUT ROWID;
CREATE INDEX superseded_since ON superseded (network_id, since) WHERE since IS NOT NULL;
