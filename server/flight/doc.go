// Package flight does a thing once for all who want its outcome at the same time.
//
// It is singleflight for servers: whoever leaves does not take the outcome from the others, and a
// panic is an error of all who wait and not the end of the program.
package flight
