package fediversetest

import (
	"crypto/ed25519"
	"crypto/rand"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/integrity"
)

// Proving gives a person a key that signs what she says (FEP-521a, FEP-8b32).
func Proving(p *Person) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err) // only without a source of randomness
	}
	p.Prover = integrity.Key{ID: p.ID + "#ed25519-key", Private: private}
	set(p.actor, "assertionMethod", []activitypub.Multikey{
		{ID: p.Prover.ID, Type: "Multikey", Controller: p.ID, PublicKeyMultibase: integrity.Multikey(public)},
	})
}

// Proven is an activity with a proof by p, for others to pass on.
func (p *Person) Proven(activity activitypub.Object) activitypub.Object {
	p.f.t.Helper()
	body, err := integrity.Add(p.f.marshal(activity), p.Prover, p.f.Now())
	if err != nil {
		p.f.t.Fatalf("fediversetest: prove: %v", err)
	}
	o, err := activitypub.Parse(body)
	if err != nil {
		p.f.t.Fatalf("fediversetest: prove: %v", err)
	}
	return o
}
