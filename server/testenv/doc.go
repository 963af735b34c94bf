// Package testenv says what the machine that runs the tests has, and what it lacks.
//
// Main makes temporary folders lie in memory where there is enough of it: most of what a test of
// the database waits for is the disk.
//
// A test that needs a database server, a browser or a peer calls Missing where there is none, and
// is skipped. NotRun counts a part that was left out, and the test goes on. Report says both once
// per package, with a word on how to get what is missing; go test shows it with -v. With CI=true a
// missing part is a failure, so that nobody mistakes an untested half for a good one.
package testenv
