// Package web holds the few things every HTTP handler here needs: handlers that return errors, the
// one map from an error to a status, answers with ETag, and the middleware around everything.
//
// A handler is a HandlerFunc: it writes its answer or returns an error and has written nothing.
// Packages wrap one of the kinds below with %w and say in words what happened; only this package
// knows which status a kind has, so no two routes disagree about it.
//
//	return fmt.Errorf("%w: no blog is called %q here", web.ErrNotFound, handle)
//
// What it promises: the words of an error of a known kind are for the person who asked. ErrBusy and
// an error without a kind are our own trouble: its cause goes to the log, and the answer says only
// that something broke and which request id to mention. Deadline answers for a handler that hangs.
// Every answer forbids type sniffing; every error forbids scripts and caching.
package web
