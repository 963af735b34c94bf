// Package goldentest compares what a program makes of a fixture with the golden file that lies
// beside it. Every test package that imports it has a flag -update, which writes the golden files
// anew: look at the difference, then commit it.
package goldentest
