package widget

import "sync"

// memory keeps values until it is full, and then forgets those that were not asked for since it was
// last half full. It is a fraction of a linked list's code and forgets nearly as well.
type memory[K comparable, V any] struct {
	max int // bytes; nothing is kept where it is 0

	mu       sync.Mutex
	new, old map[K]kept[V]
	size     int // bytes in new
}

type kept[V any] struct {
	value V
	size  int
}

const overhead = 200 // bytes that an entry costs beside its value

func (m *memory[K, V]) get(key K) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.new[key]; ok {
		return e.value, true
	}
	e, ok := m.old[key]
	if ok {
		m.add(key, e)
	}
	return e.value, ok
}

func (m *memory[K, V]) put(key K, value V, size int) {
	if size+overhead > m.max/2 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.add(key, kept[V]{value, size + overhead})
}

func (m *memory[K, V]) drop(key K) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.size -= m.new[key].size
	delete(m.new, key)
	delete(m.old, key)
}

func (m *memory[K, V]) add(key K, e kept[V]) {
	if m.new == nil || m.size+e.size > m.max/2 {
		m.old, m.new, m.size = m.new, map[K]kept[V]{}, 0
	}
	m.size += e.size - m.new[key].size
	m.new[key] = e
}
