package replies_test

import (
	"math/rand/v2"

	"github.com/bloghorn/bloghorn/server/costtest"
)

var someone = []Who{Nobody, Ada, Bob, Mallory, Ours}

// draw is a move that can be played: our records know only what could have come here. With a move
// given, it differs from that in one place.
func draw(r *rand.Rand, kind string, near *Move) Move {
	for {
		any := func() Who { return someone[r.IntN(len(someone))] }
		m := Move{
			Kind: kind, Signer: any(), Actor: any(), ID: any(), Object: any(), Profile: r.IntN(4) == 0, Author: any(), Record: any(), Inner: any(),
		}
		if near != nil {
			other := m
			m = *near
			places := []func(){
				func() { m.Signer = other.Signer }, func() { m.Actor = other.Actor }, func() { m.ID = other.ID },
				func() { m.Object, m.Profile = other.Object, other.Profile }, func() { m.Author = other.Author },
				func() { m.Record = other.Record }, func() { m.Inner = other.Inner },
			}
			places[r.IntN(len(places))]()
		}
		if playable(m) {
			return m
		}
	}
}

func playable(m Move) bool {
	thing := m.Object != Nobody && !m.Profile
	switch {
	case m.Profile && (m.Object == Nobody || m.Object == Ours && m.Kind != "Like" && m.Kind != "Delete"):
		return false
	case m.Kind == "Block" && hosts[m.Actor] == "":
		return false
	case m.Record == Nobody:
		return true
	}
	return thing && hosts[m.Record] != "" && hosts[m.Record] == hosts[m.Object] && m.Kind != "Follow" && m.Kind != "Block"
}

// hand is what is played of one kind: legal moves, their neighbours, and any.
func hand(r *rand.Rand, kind string) []Move {
	legal, near, others := costtest.Pick(4, 8), costtest.Pick(6, 13), costtest.Pick(3, 6)
	var all []Move
	for len(all) < legal {
		if m := draw(r, kind, nil); m.Legal() {
			all = append(all, m)
		}
	}
	for i := range near {
		all = append(all, draw(r, kind, &all[i%legal]))
	}
	for range others {
		all = append(all, draw(r, kind, nil))
	}
	return all
}
