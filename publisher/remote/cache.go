package remote

import lru "github.com/hashicorp/golang-lru/v2"

// newCache returns a map that forgets what was not asked for the longest, above size entries. It is
// safe for concurrent use.
func newCache[K comparable, V any](size int) *lru.Cache[K, V] {
	cache, err := lru.New[K, V](size)
	if err != nil {
		panic(err) // of a size below 1 alone
	}
	return cache
}
