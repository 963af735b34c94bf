// Package databasetest gives a test a fresh, migrated database of its own: SQLite always, and a real server that
// speaks MySQL, because fakes do not have the collations, the deadlocks and the commits that bite.
//
// The server is the one named in BLOGHORN_TEST_MYSQL (mysql://user:pass@host:port/, allowed to create databases), else
// a mariadbd or mysqld found on PATH, started once per test process on a temporary folder and a free loopback port, and
// stopped by Main. Where there is none the MySQL half of a test is skipped with a word on how to get one; with CI=true
// that is a failure, so that nobody mistakes an untested half for a good one.
//
// A package that uses it has one line:
//
//	func TestMain(m *testing.M) { databasetest.Main(m) }
package databasetest
