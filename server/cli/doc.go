// Package cli is the command line: from what somebody types to an exit code.
//
// cli.go parses it, commands.go lists the commands and has what they share, and each other file is
// what one can do with the thing of its name: blog*.go, post*.go, reply*.go. terminal.go is the one
// door to the screen.
package cli
