package demo

import (
	"slices"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

// What the reader remembers at most. The oldest go first.
const (
	maxArticles = 100
	maxNotes    = 1000
	maxTraffic  = 200
)

// article is a post that arrived or was found in the outbox.
type article struct {
	ID, URL, Title, Author string
	HTML                   safehtml.HTML
	PublishedAt, EditedAt  time.Time
}

// note is a reply that one of the reader's people wrote.
type note struct {
	ID, InReplyTo string
	Root          string // the article at the top of the conversation
	By            *person
	Text          string
	Private       bool // only the blog gets it
	Edits         int
	PublishedAt   time.Time
	EditedAt      time.Time
	Gone          bool // deleted by its author; its id answers 410 from now on
}

// reaction names a like or a boost: there is one of each kind by one person on one thing.
type reaction struct {
	who, kind, object string
}

const (
	like  = "Like"
	boost = "Announce"
)

// following is how far a person got with following the blog.
type following struct {
	ID    string // of the Follow activity
	State string // "requested", "accepted" or "rejected"
}

// memory is everything the reader knows; it ends with the process. Its methods lock, so no caller
// may hold it across the network.
type memory struct {
	mu        sync.Mutex
	version   int // grows with every change: the page asks for it
	blog      remote
	articles  []article // newest first
	notes     []note    // oldest first
	reactions map[reaction]string
	follows   map[string]following // by name of the person
	traffic   []exchange           // newest first
}

func newMemory() *memory {
	return &memory{reactions: map[reaction]string{}, follows: map[string]following{}}
}

// change runs f with the lock held and counts the change.
func (m *memory) change(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f()
	m.version++
}

// look runs f with the lock held.
func (m *memory) look(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f()
}

// keepArticle stores a post, or its newer text under the same id and author.
func (m *memory) keepArticle(a article) {
	m.change(func() {
		at := slices.IndexFunc(m.articles, func(known article) bool { return known.ID == a.ID })
		if at >= 0 {
			if m.articles[at].Author == a.Author {
				m.articles[at] = a
			}
			return
		}
		m.articles = append(m.articles, a)
		slices.SortStableFunc(m.articles, func(a, b article) int { return b.PublishedAt.Compare(a.PublishedAt) })
		m.articles = m.articles[:min(len(m.articles), maxArticles)]
	})
}

// dropArticle forgets a post that its author deleted.
func (m *memory) dropArticle(id, author string) {
	m.change(func() {
		m.articles = slices.DeleteFunc(m.articles, func(a article) bool { return a.ID == id && a.Author == author })
	})
}

func (m *memory) article(id string) (a article, ok bool) {
	m.look(func() {
		at := slices.IndexFunc(m.articles, func(known article) bool { return known.ID == id })
		if ok = at >= 0; ok {
			a = m.articles[at]
		}
	})
	return a, ok
}

func (m *memory) keepNote(n note) {
	m.change(func() {
		at := slices.IndexFunc(m.notes, func(known note) bool { return known.ID == n.ID })
		if at >= 0 {
			m.notes[at] = n
			return
		}
		m.notes = append(m.notes, n)
		m.notes = m.notes[max(0, len(m.notes)-maxNotes):]
	})
}

// forgetNote takes back a note that could not be sent.
func (m *memory) forgetNote(id string) {
	m.change(func() {
		m.notes = slices.DeleteFunc(m.notes, func(n note) bool { return n.ID == id })
	})
}

func (m *memory) note(id string) (n note, ok bool) {
	m.look(func() {
		at := slices.IndexFunc(m.notes, func(known note) bool { return known.ID == id })
		if ok = at >= 0; ok {
			n = m.notes[at]
		}
	})
	return n, ok
}

func (m *memory) reaction(key reaction) (id string, ok bool) {
	m.look(func() { id, ok = m.reactions[key] })
	return id, ok
}

// setReaction stores the activity behind a reaction; "" takes the reaction back.
func (m *memory) setReaction(key reaction, id string) {
	m.change(func() {
		if id == "" {
			delete(m.reactions, key)
			return
		}
		m.reactions[key] = id
	})
}

func (m *memory) follow(who string) (f following) {
	m.look(func() { f = m.follows[who] })
	return f
}

func (m *memory) setFollow(who string, f following) {
	m.change(func() { m.follows[who] = f })
}
