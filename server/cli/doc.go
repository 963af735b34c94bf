// Package cli is the program: the commands that one can type, and the parts wired to a server.
//
//	cli.go         from the command line to an exit code
//	commands_*.go  what one can type; commands.go has what they share
//	app.go         builds the parts and gives each the few values that it uses
//	routes.go      every URL and its handler
//	settle.go      makes the blogs agree with the settings
//	ready.go       what readyz says
//	unwind.go      what waits because a clock was ahead
//	terminal.go    the one door to the screen
package cli
