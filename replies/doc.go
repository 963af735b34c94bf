// Package replies listens: it receives what other servers send and keeps the threads under the posts.
package replies
