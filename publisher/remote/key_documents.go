package remote

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/integrity"
	"github.com/bloghorn/bloghorn/publisher/signature"
)

// fetchKey gets a key and proves its owner: whoever the key's document names as owner must, in a
// document of its own, list the key. Three forms are met:
//
//	actor document        keyID is ACTOR#main-key; the actor lists the key         Mastodon and most others
//	document of the key   keyID is its own document, naming the actor as owner      Pleroma's old keys, FEP-521a
//	stub actor            keyID answers with a few fields of the actor              GoToSocial, open to unsigned requests
//	Multikey              keyID is in the actor's assertionMethod                   FEP-521a, for proofs (FEP-8b32)
//
// In the second and third the actor is asked as well. Key and owner are of one origin.
func (m *Directory) fetchKey(ctx context.Context, keyID string) (owner, pem string, err error) {
	first, err := m.get(forStranger(ctx), keyID)
	if err != nil {
		return "", "", err
	}
	key, err := keyIn(first.doc, keyID)
	if err != nil {
		return "", "", err
	}
	owner = cmp.Or(key.Ref("owner"), key.Ref("controller"))
	if !activitypub.SameOrigin(owner, keyID) {
		return "", "", fmt.Errorf("%w: the owner %.200q of the key is on another server", ErrNotTrusted, owner)
	}
	actor := first
	if owner != first.url || !first.proven() {
		if actor, err = m.get(ctx, owner); err != nil {
			return "", "", err
		}
	}
	if pem, err = listedKey(actor, owner, key, m.Now()); err != nil {
		return "", "", err
	}
	m.remember(actor)
	return owner, pem, nil
}

// keyLists are where actors list their keys.
var keyLists = []string{"publicKey", "assertionMethod"}

// keyIn finds a key in the document that its id leads to: listed by an actor, or the document
// itself.
func keyIn(doc activitypub.Object, keyID string) (activitypub.Object, error) {
	for _, list := range keyLists {
		for _, key := range doc.Objects(list) {
			if key.ID() == keyID {
				return key, nil
			}
		}
	}
	if doc.ID() == keyID && doc.Has("publicKeyPem") {
		return doc, nil
	}
	return nil, fmt.Errorf("%w: the document does not hold the key %s", ErrNotTrusted, keyID)
}

// listedKey is the key as its owner has it, in PEM. An actor that only names the key leaves the
// words to the key's own document.
func listedKey(actor fetched, owner string, key activitypub.Object, now time.Time) (pem string, err error) {
	if !actor.proven() || actor.doc.ID() != owner {
		return "", fmt.Errorf("%w: the document of the owner %s has another id", ErrNotTrusted, owner)
	}
	if !actor.doc.Is(activitypub.ActorTypes...) {
		return "", fmt.Errorf("%w: the owner %s is not an actor", ErrNotTrusted, owner)
	}
	listed, err := entryOf(actor.doc, key)
	if err != nil {
		return "", err
	}
	if listed.Ref("owner") != owner && listed.Ref("controller") != owner {
		return "", fmt.Errorf("%w: the owner %s lists the key as somebody else's", ErrNotTrusted, owner)
	}
	if expires, ok := listed.Time("expires"); listed.Has("revoked") || ok && now.After(expires) {
		return "", fmt.Errorf("%w: the key is revoked or expired", ErrNotTrusted)
	}
	public, err := readKey(listed)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNotTrusted, err)
	}
	return public.PEM(), nil
}

func readKey(listed activitypub.Object) (signature.PublicKey, error) {
	if !listed.Has("publicKeyMultibase") {
		return signature.ParsePublic(listed.String("publicKeyPem"))
	}
	key, err := integrity.ParseMultikey(listed.String("publicKeyMultibase"))
	return signature.PublicKey{Ed25519: key}, err
}

func entryOf(actor, key activitypub.Object) (activitypub.Object, error) {
	for _, list := range keyLists {
		for _, listed := range actor.Objects(list) {
			if listed.ID() == key.ID() {
				return listed, nil
			}
		}
	}
	for _, ref := range actor.Refs("publicKey") {
		if ref == key.ID() {
			return key, nil
		}
	}
	return nil, fmt.Errorf("%w: the owner %s does not list the key", ErrNotTrusted, actor.ID())
}
