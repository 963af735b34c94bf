package publisher_test

import (
	"crypto/ed25519"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/integrity"
	"github.com/bloghorn/bloghorn/publisher/keyring"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/web"
)

func TestKeyForProofsIsMadeOnceWhenItIsAskedFor(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		if err := newKeys(db).Store(t.Context(), db, tea, someKey()); err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		seen := make([]string, 8)
		for n := range seen { // eight processes at once
			wait.Go(func() {
				key, err := newKeys(db).Prover(t.Context(), tea)
				if err != nil {
					t.Error(err)
					return
				}
				seen[n] = key.ID + string(key.Private)
			})
		}
		wait.Wait()
		for _, key := range seen {
			if key != seen[0] || key == "" {
				t.Fatal("two processes have two keys")
			}
		}
		public, err := newKeys(db).Public(t.Context(), tea, start)
		if err != nil || len(public.Proofs) != 1 || !strings.HasPrefix(public.Proofs[0].ID, tea+"#ed25519-key-") || public.Proofs[0].Controller != tea {
			t.Errorf("%+v, %v", public, err)
		}
	})
}

// TestKeysAreRotatedWithoutAGap goes through the change as two processes see it: one that rotates, one that serves meanwhile.
func TestKeysAreRotatedWithoutAGap(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		now := start
		clock := func() time.Time { return now }
		serving, rotating := keyring.New(db, secret, clock), keyring.New(db, secret, clock)
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(serving.Store(t.Context(), db, tea, someKey()))
		old, err := serving.Prover(t.Context(), tea)
		must(err)
		before, err := serving.Signer(t.Context(), tea)
		must(err)
		key, err := fediversetest.NewKey()
		must(err)
		rotate := func() (from time.Time, err error) {
			err = db.InTx(t.Context(), func(tx *database.Tx) (err error) {
				from, err = rotating.Rotate(t.Context(), tx, tea, key, false)
				return err
			})
			return from, err
		}
		from, err := rotate()
		must(err)
		if _, err := rotate(); !errors.Is(err, web.ErrTooMany) {
			t.Errorf("again at once: %v", err)
		}
		told, err := rotating.Public(t.Context(), tea, from)
		must(err)
		if shown, err := serving.Told(t.Context(), db, tea); err != nil || shown.RequestID != told.RequestID {
			t.Errorf("who edits the profile meanwhile tells %s, %v", shown.RequestID, err)
		}
		now = from.Add(-time.Second)
		if during, err := serving.Signer(t.Context(), tea); err != nil || during.ID != before.ID {
			t.Errorf("before the switch it signs as %s, %v", during.ID, err)
		}
		shown, err := serving.Public(t.Context(), tea, now)
		must(err)
		if shown.RequestID != before.ID || len(shown.Proofs) != 2 {
			t.Errorf("before the switch the actor shows %+v", shown)
		}
		now = from
		after, err := serving.Signer(t.Context(), tea)
		must(err)
		if after.ID == before.ID || after.ID != told.RequestID || !after.Private.Equal(key) {
			t.Errorf("after the switch it signs as %s, told was %s", after.ID, told.RequestID)
		}
		for at, want := range map[time.Time]string{start: before.ID, from.Add(-1): before.ID, from: after.ID} {
			if then, err := serving.SignerAt(t.Context(), tea, at); err != nil || then.ID != want || then.Private.Equal(key) != (want == after.ID) {
				t.Errorf("at %v it signed as %s, %v; want %s", at, then.ID, err, want)
			}
		}
		if prover, err := serving.Prover(t.Context(), tea); err != nil || prover.ID == old.ID {
			t.Errorf("after the switch it proves as %s, %v", prover.ID, err)
		}
		shown, err = serving.Public(t.Context(), tea, now)
		must(err)
		if shown.RequestID != after.ID || len(shown.Proofs) != 2 || shown.Proofs[0].ID != old.ID {
			t.Errorf("after the switch the actor shows %+v", shown)
		}
		now = now.Add(31 * 24 * time.Hour)
		if shown, err = serving.Public(t.Context(), tea, now); err != nil || len(shown.Proofs) != 1 {
			t.Errorf("after a month the actor shows %+v, %v", shown, err)
		}
		must(serving.Forget(t.Context()))
		_, err = rotate()
		must(err)
		if list, err := serving.List(t.Context(), tea); err != nil || len(list) != 4 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// ring is the keys of one actor, and the time.
type ring struct {
	*keyring.Keys
	t    *testing.T
	db   *database.DB
	now  time.Time
	from time.Time // when the keys of the last rotation take over
}

func newRing(t *testing.T, db *database.DB) *ring {
	r := &ring{t: t, db: db, now: start}
	r.Keys = keyring.New(db, secret, func() time.Time { return r.now })
	if err := r.Store(t.Context(), db, tea, someKey()); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *ring) rotate(stolen bool) {
	r.t.Helper()
	if _, err := r.Prover(r.t.Context(), tea); err != nil {
		r.t.Fatal(err)
	}
	err := r.db.InTx(r.t.Context(), func(tx *database.Tx) (err error) {
		r.from, err = r.Rotate(r.t.Context(), tx, tea, someKey(), stolen)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// TestStolenKeyIsBelievedNoLongerThanItSigns: neither the keys of today nor those that were retired
// as a habit are published after the switch.
func TestStolenKeyIsBelievedNoLongerThanItSigns(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		keys := newRing(t, db)
		keys.rotate(false)
		keys.now = keys.from.Add(time.Hour)
		keys.rotate(true)
		for at, want := range map[time.Time]int{keys.from.Add(-1): 3, keys.from: 1} {
			if shown, err := keys.Public(t.Context(), tea, at); err != nil || len(shown.Proofs) != want {
				t.Errorf("%v after the switch it shows %+v, %v; want %d", at.Sub(keys.from), shown.Proofs, err, want)
			}
		}
	})
}

// TestOldKeyIsDeletedWhenNothingNeedsIt: neither a delivery that is tried for two weeks nor the actor's document.
func TestOldKeyIsDeletedWhenNothingNeedsIt(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		keys := newRing(t, db)
		keys.rotate(false)
		for _, c := range []struct {
			days, want int
		}{{14, 4}, {16, 3}, {29, 3}, {31, 2}, {400, 2}} {
			keys.now = start.Add(time.Duration(c.days) * 24 * time.Hour)
			if err := keys.Forget(t.Context()); err != nil {
				t.Fatal(err)
			}
			if list, err := keys.List(t.Context(), tea); err != nil || len(list) != c.want {
				t.Errorf("after %d days it has %+v, %v; want %d", c.days, list, err, c.want)
			}
		}
	})
}

// TestKeyInUseIsPublishedHoweverManyThereWere: what is left out of a list that is too long is old.
func TestKeyInUseIsPublishedHoweverManyThereWere(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		keys := newRing(t, db)
		for range 12 {
			keys.rotate(false)
			keys.now = keys.now.Add(time.Hour)
		}
		signs, err := keys.Prover(t.Context(), tea)
		if err != nil {
			t.Fatal(err)
		}
		shown, err := keys.Public(t.Context(), tea, keys.now)
		if err != nil || shown.Proofs[len(shown.Proofs)-1].ID != signs.ID {
			t.Errorf("it signs with %s and shows %+v, %v", signs.ID, shown.Proofs, err)
		}
	})
}

func TestProofFitsAndIsTheSameAtEachTry(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		keys := newKeys(db)
		if err := keys.Store(t.Context(), db, tea, someKey()); err != nil {
			t.Fatal(err)
		}
		body := []byte(`{"@context":"https://www.w3.org/ns/activitystreams","id":"x","type":"Create","actor":"` + tea + `"}`)
		once, err := keys.Prove(t.Context(), tea, "Create", body, start)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := newKeys(db).Prove(t.Context(), tea, "Create", body, start); string(again) != string(once) {
			t.Error("another process makes other bytes")
		}
		o, err := activitypub.Parse(once)
		if err != nil {
			t.Fatal(err)
		}
		proof, err := integrity.Read(o)
		key, _ := keys.Prover(t.Context(), tea)
		if err != nil || proof.Method != key.ID || proof.Verify(key.Private.Public().(ed25519.PublicKey)) != nil {
			t.Errorf("%s: %v", once, err)
		}
		if accept, err := keys.Prove(t.Context(), tea, "Accept", body, start); err != nil || string(accept) != string(body) {
			t.Errorf("an Accept: %s, %v", accept, err)
		}
	})
}
