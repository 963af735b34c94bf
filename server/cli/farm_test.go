package cli

import (
	"bytes"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/costtest"
)

// farm is many small fediverse servers on loopback, each with some people, who remember what their inboxes got. One RSA
// key serves them all, because making a thousand would take a minute and prove nothing.
type farm struct {
	t      testing.TB
	key    *rsa.PrivateKey
	hosts  []*httptest.Server
	people []string // ids of the actors

	mu    sync.Mutex
	inbox map[string]map[string]map[string]int // by actor, type of activity, id: how often it came
	inAll map[string]int                       // by type: how many arrived, repeats included

	mostCreates int           // so many are answered, the others when goOn is closed; 0 answers all
	goOn        chan struct{} // see mostCreates
}

func newFarm(t testing.TB, hosts, peopleEach int) *farm {
	t.Helper()
	key, err := fediversetest.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	f := &farm{t: t, key: key, inbox: map[string]map[string]map[string]int{}, inAll: map[string]int{}, goOn: make(chan struct{})}
	for range hosts {
		host := httptest.NewServer(http.HandlerFunc(f.serve))
		t.Cleanup(host.Close)
		f.hosts = append(f.hosts, host)
		for i := range peopleEach {
			f.people = append(f.people, fmt.Sprintf("%s/users/p%d", host.URL, i))
		}
	}
	return f
}

// addresses are what federation.allow_private must hold.
func (f *farm) addresses() (all []string) {
	for _, host := range f.hosts {
		all = append(all, strings.TrimPrefix(host.URL, "http://"))
	}
	return all
}

func (f *farm) serve(w http.ResponseWriter, r *http.Request) {
	actor, isInbox := strings.CutSuffix("http://"+r.Host+r.URL.Path, "/inbox")
	if !isInbox {
		w.Header().Set("Content-Type", activityJSON)
		json.NewEncoder(w).Encode(f.actor(actor))
		return
	}
	body, err := io.ReadAll(r.Body)
	var activity struct{ ID, Type string }
	if err != nil || json.Unmarshal(body, &activity) != nil {
		http.Error(w, "unreadable", 400)
		return
	}
	if n := f.record(actor, activity.Type, activity.ID); activity.Type == "Create" && f.mostCreates > 0 && n > f.mostCreates {
		select {
		case <-f.goOn:
		case <-r.Context().Done():
			return
		}
	}
	w.WriteHeader(http.StatusAccepted)
}

// record returns how many of its type have come.
func (f *farm) record(actor, kind, id string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.inbox[actor] == nil {
		f.inbox[actor] = map[string]map[string]int{}
	}
	if f.inbox[actor][kind] == nil {
		f.inbox[actor][kind] = map[string]int{}
	}
	f.inbox[actor][kind][id]++
	f.inAll[kind]++
	return f.inAll[kind]
}

// arrived is how many activities of a type came, repeats included.
func (f *farm) arrived(kind string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.inAll[kind]
}

// reached is how many people got an activity of a type, and how many of them got two with different ids.
func (f *farm) reached(kind string) (people, twice int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, got := range f.inbox {
		if len(got[kind]) > 0 {
			people++
		}
		if len(got[kind]) > 1 {
			twice++
		}
	}
	return people, twice
}

func (f *farm) actor(id string) map[string]any {
	return map[string]any{
		"@context": []string{"https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"},
		"id":       id, "type": "Person", "preferredUsername": id[strings.LastIndexByte(id, '/')+1:], "inbox": id + "/inbox", "followers": id + "/followers",
		"publicKey": map[string]string{"id": id + "#main-key", "owner": id, "publicKeyPem": signature.EncodePublicPEM(&f.key.PublicKey)},
	}
}

// signed makes a request that delivers an activity of a person.
func (f *farm) signed(person, inbox string, activity map[string]any) *http.Request {
	f.t.Helper()
	activity["@context"], activity["actor"] = "https://www.w3.org/ns/activitystreams", person
	body, err := json.Marshal(activity)
	if err != nil {
		f.t.Fatal(err)
	}
	r, err := http.NewRequest("POST", inbox, bytes.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	r.Header.Set("Content-Type", activityJSON)
	if err := signature.Sign(r, signature.Key{ID: person + "#main-key", Private: f.key}, body, time.Now()); err != nil {
		f.t.Fatal(err)
	}
	return r
}

// allFollow lets everybody follow the actor, a few at a time.
func (f *farm) allFollow(actor string) {
	f.t.Helper()
	f.follow(actor, f.people)
}

func (f *farm) follow(actor string, people []string) {
	f.t.Helper()
	var all sync.WaitGroup
	turns := make(chan struct{}, 8)
	for i, person := range people {
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			id := fmt.Sprintf("%s#follow-%d-%d", person, i, time.Now().UnixNano())
			if err := f.deliver(person, actor+"/inbox", map[string]any{"id": id, "type": "Follow", "object": actor}); err != nil {
				f.t.Errorf("the Follow of %s: %v", person, err)
			}
		})
	}
	all.Wait()
}

// deliver sends an activity until it is taken, as the queue of a server does: a busy machine may say 503.
func (f *farm) deliver(person, inbox string, activity map[string]any) error {
	for deadline := time.Now().Add(costtest.Patience); ; time.Sleep(time.Second) {
		res, err := http.DefaultClient.Do(f.signed(person, inbox, activity))
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusAccepted {
				return nil
			}
			err = fmt.Errorf("answered %s", res.Status)
			if res.StatusCode != http.StatusServiceUnavailable {
				return err
			}
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}

// without are the people who got no activity of a type.
func (f *farm) without(kind string) (people []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, person := range f.people {
		if len(f.inbox[person][kind]) == 0 {
			people = append(people, person)
		}
	}
	return people
}
