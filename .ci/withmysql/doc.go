// Command withmysql runs a command beside a MySQL server that the tests of all packages share:
//
//	go run ./.ci/withmysql go test ./...
//
// Without it each test process starts a server of its own. The server is the one of package
// databasetest, and ends with the command, whose exit code is passed on.
package main
