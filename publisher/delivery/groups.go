package delivery

import "iter"

// groups gathers values under keys and gives them back in the order in which the keys came, so that one statement can serve many rows
// and transactions touch them in a steady order.
type groups[K comparable, V any] struct {
	keys   []K
	values map[K][]V
}

func newGroups[K comparable, V any](size int) *groups[K, V] {
	return &groups[K, V]{values: make(map[K][]V, min(size, 64))}
}

func (g *groups[K, V]) add(key K, value V) {
	if _, known := g.values[key]; !known {
		g.keys = append(g.keys, key)
	}
	g.values[key] = append(g.values[key], value)
}

func (g *groups[K, V]) all() iter.Seq2[K, []V] {
	return func(yield func(K, []V) bool) {
		for _, key := range g.keys {
			if !yield(key, g.values[key]) {
				return
			}
		}
	}
}
