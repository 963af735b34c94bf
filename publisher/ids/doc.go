// Package ids makes every id that leaves this server. All of them begin with the base URL in the
// blog's row: an id is a promise to other servers, and today's configuration must not be able to
// break it.
package ids
