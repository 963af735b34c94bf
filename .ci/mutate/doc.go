// Command mutate asks whether tests would notice a mistake: it makes small ones in a package, one at a time, and runs its tests. A mistake
// that no test notices has survived, and is printed with its place.
//
//	go run ./.ci/mutate -files origin.go,refs.go ./publisher/activitypub
//	go run ./.ci/mutate -files activities.go -only '^(authorise|may)' -run 'Authority|Origins' ./replies
//
// The mistakes: a comparison turned round or off by one, one side of && and || left out, a condition or a bool result negated, an error
// not returned, a string returned empty, a word in a list or a case that is another word, a statement left out.
//
// All of them are compiled into one test binary, each behind a switch, and the environment variable MUTANT says which one is made. So a
// package is compiled once, and a mutant costs one run of its tests. The files of the tree are not touched: the compiler is given others
// in their place (go help build, -overlay).
//
// A survivor is a question, not a fault: some mistakes change nothing that can be seen. They are looked at by hand, so this is no part of
// the gate.
package main
