// Package databasetest gives a test a migrated database of its own. Open gives one on SQLite, also
// in a synctest bubble. Each runs the test on SQLite and on a real server that speaks MySQL,
// because fakes do not have the collations, the deadlocks and the commits that bite; it is for what
// has SQL or locks of its own. OpenStrictest is for tests that send very many inputs.
//
// A SQLite database is a copy of one that was migrated once in this process. A database on the
// MySQL server is emptied when its test ends and serves the next one. Temporary folders lie in
// memory where the system has such a place.
//
// The server is the one named in BLOGHORN_TEST_MYSQL (mysql://user:pass@host:port/, allowed to
// create databases), else a mariadbd or mysqld found on PATH or in /usr/sbin, started once per test
// process on a free loopback port and stopped by Main. Where there is none the MySQL half of a test
// does not run, and Main says so in one line, which go test shows with -v; with CI=true that is a
// failure.
//
// A package that uses it has one line:
//
//	func TestMain(m *testing.M) { databasetest.Main(m) }
package databasetest
