// Package dnstest answers the questions of Go's own resolver in a test, without a network.
package dnstest
