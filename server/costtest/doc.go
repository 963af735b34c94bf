// Package costtest bounds what hostile input may cost, on machines that have other things to do.
package costtest
