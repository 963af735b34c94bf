package database

import (
	sqlite3 "modernc.org/sqlite/lib"
)

// heed looks at what came of a write. After one that a read-only disk refused, the connections to a
// SQLite file are opened anew for each use, and one reads at a time, until a write succeeds: SQLite
// shares what it has opened read-only among all connections of a process, and looks again whether
// it may write only where there is a moment without any.
func (db *DB) heed(err error) error {
	if db.engine != SQLite || db.read == db.write {
		return err
	}
	refused := sqliteCode(err)&0xff == sqlite3.SQLITE_READONLY
	if err != nil && !refused || !db.refused.CompareAndSwap(!refused, refused) {
		return err
	}
	readers, idle := sqliteReaders, sqliteReaders
	if refused {
		readers, idle = 1, 0
	}
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(idle)
	return err
}
