// Package database opens the one database a Bloghorn lives in, SQLite or anything that speaks
// MySQL, and gives every other package the same few tools to use it: a Querier that is either the
// database or a transaction, transactions that are tried again as a whole when they collide, and
// the types all tables share (Digest, ID, milliseconds).
//
// # Promises
//
// A transaction that InTx reports as committed is on disk: SQLite runs with synchronous=FULL,
// because in WAL mode NORMAL may lose the newest commits at a power cut and a 202 of our inbox has
// promised them. It is in the file that the next start will open: a commit to a SQLite file that
// was moved or replaced is an error (ErrLost).
//
// A migration that is stopped or killed at any of its statements is finished by the next start
// (migrate).
//
// There is one set of queries. They are written in the subset that SQLite, MySQL, MariaDB, Galera
// and TiDB share: no RETURNING, no upserts, no SKIP LOCKED, no GET_LOCK, no foreign keys, no
// savepoints. Insert and recognise ErrDuplicate; update and look at the number of rows; let unique
// keys decide races. Only the migrations differ.
//
// A process that ends and has changed rows tells the others (WakeOthers); those that serve ask once
// a second (Wakeups). A DB knows by itself whether it has changed anything, so no command can
// forget it.
//
// Probe says whether all of it can be used now. An error of the database itself is ErrFull or
// ErrUnavailable: what asks may ask again later.
//
// # Decisions
//
// ActivityPub ids are long and case-sensitive, and a MySQL index is neither long nor, by default,
// case-sensitive; so ids are looked up by their SHA-256 (Digest). Times are UTC milliseconds in
// BIGINT, the same on every engine. Ids are minted by us and ordered by time, because
// AUTO_INCREMENT leaves gaps and collides on Galera.
//
// SQLite gets one writing connection that begins every transaction IMMEDIATE, and several reading
// ones. Without IMMEDIATE a transaction that reads before it writes fails at once with SQLITE_BUSY
// whenever two of them meet.
//
// The last who closes a SQLite file leaves its -wal, empty, and its -shm: without them it could not
// be read on a disk that is full or read-only, and the server would not start there.
//
// Exec reports rows matched, not rows changed (ClientFoundRows on MySQL), because a compare-and-set
// that finds its row already as wanted has still succeeded.
package database
