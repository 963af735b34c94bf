package fediversetest

import (
	"io"
	"net/http"
)

// Ask gets a document, signed by p as a server in secure mode wants it, and says what was answered.
// Of the options, those about signing and headers count.
func (p *Person) Ask(address string, options ...Option) *Sent {
	p.f.t.Helper()
	l := letter{key: p.Key, at: p.f.Now()}
	l.style.Scheme = p.f.Scheme
	for _, option := range options {
		option(&l)
	}
	r, err := http.NewRequestWithContext(p.f.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		p.f.t.Fatalf("fediversetest: %v", err)
	}
	r.Header.Set("Accept", "application/activity+json")
	if !l.unsigned {
		if err := l.style.Sign(r, l.key, nil, l.at); err != nil {
			p.f.t.Fatalf("fediversetest: sign a GET: %v", err)
		}
	}
	for _, spoil := range l.spoil {
		spoil(r, nil)
	}
	response, err := p.f.RoundTrip(r)
	if err != nil {
		return &Sent{Err: err}
	}
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	return &Sent{Status: response.StatusCode, Answer: string(said), Header: response.Header, Err: err}
}
