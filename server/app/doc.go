// Package app is a running Bloghorn: it builds every part, gives each the few values that it uses,
// and runs them.
//
//	app.go    builds the parts; a new loop stands in parts
//	routes.go every URL and its handler
//	serve.go  answers on both listeners, runs the loops, and stops in order
//	settle.go makes the blogs agree with the settings
//	ready.go  what readyz says
//	wake.go   how a command wakes the loops of a running server
//	unwind.go what waits because a clock was ahead
//	split.go  what a new blog's account is called, where its handle is of another host
//	paging.go how all rows of a list are visited
package app
