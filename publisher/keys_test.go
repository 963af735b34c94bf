package publisher_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/keyring"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

const (
	tea    = base + "/blogs/tea"
	coffee = base + "/blogs/coffee"
)

func newKeys(db *database.DB) *keyring.Keys {
	keys := keyring.New(db, secret, func() time.Time { return start })
	keys.Generate = fediversetest.NewKey
	return keys
}

func TestKeySurvivesARestartAndIsNeverStoredInClear(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		if err := newKeys(db).Store(ctx, db, tea, someKey()); err != nil {
			t.Fatal(err)
		}
		key, err := newKeys(db).Signer(ctx, tea)
		if err != nil || !strings.HasPrefix(key.ID, tea+"#main-key-") || !key.Private.Equal(someKey()) {
			t.Fatalf("%v %v", key.ID, err)
		}
		public, err := newKeys(db).Public(ctx, tea, start)
		if err != nil || public.RequestID != key.ID || public.RequestPEM != signature.EncodePublicPEM(&someKey().PublicKey) {
			t.Fatalf("%+v %v", public, err)
		}
		var sealed []byte
		if err := db.QueryRow(ctx, `SELECT sealed FROM actor_keys WHERE owner = ?`, tea).Scan(&sealed); err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKCS8PrivateKey(someKey())
		if err != nil || bytes.Contains(sealed, der[len(der)/2:len(der)/2+32]) || sealed[0] != 1 {
			t.Errorf("the key can be read in the database (%v)", err)
		}
		if _, err := newKeys(db).Signer(ctx, coffee); !errors.Is(err, database.ErrNotFound) {
			t.Errorf("a key nobody made: %v", err)
		}
	})
}

func TestAnotherSecretIsNoticed(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		for range 2 {
			if err := newKeys(db).Check(ctx); err != nil {
				t.Fatal(err)
			}
		}
		wrong := keyring.New(db, bytes.Repeat([]byte("x"), 32), func() time.Time { return start })
		short := keyring.New(db, secret[:31], func() time.Time { return start })
		for name, keys := range map[string]*keyring.Keys{"another": wrong, "a short one": short} {
			if err := keys.Check(ctx); !errors.Is(err, keyring.ErrWrongSecret) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestAnotherSecretIsNoticedWithoutTheCheckValue(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		if exist, err := keyring.KeysExist(ctx, db); exist || err != nil {
			t.Fatal(exist, err)
		}
		if err := newKeys(db).Store(ctx, db, tea, someKey()); err != nil {
			t.Fatal(err)
		}
		if exist, err := keyring.KeysExist(ctx, db); !exist || err != nil {
			t.Fatal(exist, err)
		}
		wrong := keyring.New(db, bytes.Repeat([]byte("x"), 32), func() time.Time { return start })
		if err := wrong.Check(ctx); !errors.Is(err, keyring.ErrWrongSecret) {
			t.Errorf("wrong: %v", err)
		}
		if err := newKeys(db).Check(ctx); err != nil {
			t.Errorf("right: %v", err)
		}
	})
}

// Whoever can write to the database must not be able to make a blog sign with a key of his choice.
func TestTamperedKeyIsRefused(t *testing.T) {
	other, err := fediversetest.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]string{
		"sealed key of another row": `UPDATE actor_keys SET sealed = ? WHERE owner = ?`,
		"public key of another row": `UPDATE actor_keys SET public_pem = ? WHERE owner = ?`,
	} {
		t.Run(name, func(t *testing.T) {
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				ctx := t.Context()
				if err := errors.Join(newKeys(db).Store(ctx, db, tea, someKey()), newKeys(db).Store(ctx, db, coffee, other)); err != nil {
					t.Fatal(err)
				}
				var sealed []byte
				var pem string
				if err := db.QueryRow(ctx, `SELECT sealed, public_pem FROM actor_keys WHERE owner = ?`, coffee).Scan(&sealed,
					&pem); err != nil {
					t.Fatal(err)
				}
				with := any(sealed)
				if name == "public key of another row" {
					with = pem
				}
				if _, err := db.Exec(ctx, change, with, tea); err != nil {
					t.Fatal(err)
				}
				if _, err := newKeys(db).Signer(ctx, tea); !errors.Is(err, keyring.ErrTampered) {
					t.Errorf("%v", err)
				}
			})
		})
	}
}

func TestDamagedKeyIsRefused(t *testing.T) {
	db := databasetest.Open(t)
	ctx := t.Context()
	if err := newKeys(db).Store(ctx, db, tea, someKey()); err != nil {
		t.Fatal(err)
	}
	var sealed []byte
	if err := db.QueryRow(ctx, `SELECT sealed FROM actor_keys WHERE owner = ?`, tea).Scan(&sealed); err != nil {
		t.Fatal(err)
	}
	flipped := func(i int) []byte {
		b := bytes.Clone(sealed)
		b[i] ^= 1
		return b
	}
	for name, damaged := range map[string][]byte{
		"empty": {}, "version": flipped(0), "nonce": flipped(1), "text": flipped(40), "tag": flipped(len(sealed) - 1),
		"short": sealed[:12], "cut": sealed[:len(sealed)-1],
	} {
		if _, err := db.Exec(ctx, `UPDATE actor_keys SET sealed = ? WHERE owner = ?`, damaged, tea); err != nil {
			t.Fatal(err)
		}
		if _, err := newKeys(db).Signer(ctx, tea); !errors.Is(err, keyring.ErrTampered) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestManyProcessesMakeOneInstanceKey(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				if err := newKeys(db).EnsureInstance(t.Context(), base); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		var n int
		if err := db.QueryRow(t.Context(), `SELECT COUNT(*) FROM actor_keys`).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d keys, %v", n, err)
		}
	})
}

func TestManyDeliveriesAskForOneKey(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		keys := newKeys(db)
		if err := keys.Store(t.Context(), db, tea, someKey()); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if key, err := keys.Signer(t.Context(), tea); err != nil || !key.Private.Equal(someKey()) {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
}

func TestKeyMovesWithItsActorsID(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx, keys := t.Context(), newKeys(db)
		if err := keys.Store(ctx, db, tea, someKey()); err != nil {
			t.Fatal(err)
		}
		if _, err := keys.Signer(ctx, tea); err != nil {
			t.Fatal(err)
		}
		if err := keys.Rename(ctx, db, tea, coffee); err != nil {
			t.Fatal(err)
		}
		if _, err := keys.Signer(ctx, tea); !errors.Is(err, database.ErrNotFound) {
			t.Errorf("old id: %v", err)
		}
		if key, err := keys.Signer(ctx, coffee); err != nil || !strings.HasPrefix(key.ID, coffee+"#main-key-") {
			t.Errorf("new id: %v %v", key.ID, err)
		}
	})
}

// TestKeysAreAsLongAsServersWant makes a real key; other tests share some that were made once.
func TestKeysAreAsLongAsServersWant(t *testing.T) {
	key, err := keyring.New(nil, secret, time.Now).Generate()
	if err != nil {
		t.Fatal(err)
	}
	if bits := key.N.BitLen(); bits != 2048 {
		t.Errorf("the key has %d bits, want 2048", bits)
	}
}
