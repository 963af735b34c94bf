package cli

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/bloghorn/bloghorn/server/database"
)

// note is one of the peer's own, as it would send it, without its server knowing.
func (p *fedifyPeer) note(name, inReplyTo, html string) order {
	return order{
		"id": p.Actor + "/notes/" + name, "type": "Note", "attributedTo": p.Actor, "inReplyTo": inReplyTo, "content": html,
		"to": "https://www.w3.org/ns/activitystreams#Public",
	}
}

// activity is something the peer does with an object.
func (p *fedifyPeer) activity(kind, name string, object any) order {
	return order{
		"@context": "https://www.w3.org/ns/activitystreams", "id": p.Origin + "/activities/" + name, "type": kind, "actor": p.Actor, "object": object,
	}
}

// deliver has the peer send an activity to the blog, signed by a spec and spoiled as mode says, and answers the status.
func (p *fedifyPeer) deliver(us *running, spec, mode string, activity order) int {
	p.t.Helper()
	var answer struct{ Status int }
	p.do("POST", "/deliver?spec="+url.QueryEscape(spec), order{"inbox": us.blog.ActorID() + "/inbox", "mode": mode, "activity": activity}, &answer)
	return answer.Status
}

// hand delivers what has to be taken.
func (p *fedifyPeer) hand(us *running, activity order) {
	p.t.Helper()
	if status := p.deliver(us, p.spec, "ok", activity); status != http.StatusAccepted {
		p.t.Fatalf("%v: answered %d, want 202", activity["id"], status)
	}
}

// texts are those of the shown replies.
func (r *running) texts(page string) map[string]bool {
	shown := map[string]bool{}
	for _, item := range r.comments(page).Items {
		shown[item.Text] = true
	}
	return shown
}

// peerEditsTwiceUnderOneID does as GoToSocial does: every edit of a note is an Update with the same id.
func peerEditsTwiceUnderOneID(t *testing.T, peer *fedifyPeer, us *running, page, article string) {
	t.Helper()
	peer.hand(us, peer.activity("Create", "edited", peer.note("edited", article, "<p>As it was.</p>")))
	for _, edit := range []struct{ updated, text string }{{"2026-01-05T08:00:00Z", "Edited once."}, {"2026-01-05T09:00:00Z", "Edited twice."}} {
		note := peer.note("edited", article, "<p>"+edit.text+"</p>")
		note["updated"] = edit.updated
		peer.hand(us, peer.activity("Update", "edited#Update", note))
		if shown := us.texts(page); !shown[edit.text] {
			t.Errorf("%s: shown are %v", edit.text, shown)
		}
	}
	peer.hand(us, peer.activity("Delete", "edited#Delete", peer.note("edited", article, "")["id"]))
}

// peerTakesBackFirst has what takes back arrive before what it takes back.
func peerTakesBackFirst(t *testing.T, peer *fedifyPeer, us *running, page, article string) {
	t.Helper()
	before := us.comments(page).Counts
	note := peer.note("early", article, "<p>Deleted before it came.</p>")
	like := peer.activity("Like", "early-like", article)
	peer.hand(us, peer.activity("Delete", "early-delete", note["id"]))
	peer.hand(us, peer.activity("Create", "early-create", note))
	peer.hand(us, peer.activity("Undo", "early-undo", like))
	peer.hand(us, like)
	if after := us.comments(page).Counts; after != before {
		t.Errorf("what was taken back first counts: %+v, before %+v", after, before)
	}
}

// proofsAreUnderstood goes both ways: Fedify finds our proofs right, and wrong where something was changed; and what one Fedify server has
// signed and another brings has its effect here, without a question to the first beyond its key.
func proofsAreUnderstood(t *testing.T, peer, other *fedifyPeer, us *running, page, article string) {
	t.Helper()
	verified := func(document map[string]any) bool {
		var answer struct{ Verified bool }
		peer.do("POST", "/verify", order{"document": document}, &answer)
		return answer.Verified
	}
	ours := peer.received("Create")[0].Raw
	if !verified(ours) {
		t.Errorf("Fedify does not believe our proof: %v", ours["proof"])
	}
	ours["published"] = "2001-01-01T00:00:00Z"
	if verified(ours) {
		t.Error("Fedify believes our proof on something else")
	}

	parent := peer.send("/reply", order{"inReplyTo": article, "content": "<p>And coffee?</p>"})
	other.send("/reply", order{"inReplyTo": parent.Object, "content": "<p>Never.</p>"})
	var brought map[string]any
	eventually(t, "the answer at the first peer", func() bool {
		for _, got := range peer.received("Create") {
			if object, _ := got.Raw["object"].(map[string]any); object["inReplyTo"] == parent.Object {
				brought = got.Raw
			}
		}
		return brought != nil
	})
	if brought["proof"] == nil {
		t.Fatalf("Fedify has signed nothing: %v", brought)
	}
	peer.hand(us, brought)
	if shown := us.texts(page); !shown["Never."] {
		t.Errorf("what is proven waits for a question: %v", shown)
	}
}

// peerForwards has one server pass on what somebody on another wrote under a reply of its own, as ActivityPub §7.1.2 wants: we hear of it
// from the first, and believe the second. What is forwarded in the name of the second and not found there is nobody's word.
func peerForwards(t *testing.T, peer, other *fedifyPeer, us *running, page, article string) {
	t.Helper()
	parent := peer.send("/reply", order{"inReplyTo": article, "content": "<p>Who else drinks tea?</p>"})
	child := other.send("/reply", order{"inReplyTo": parent.Object, "content": "<p>I do.</p>", "quiet": true})
	forward := func(id, text string) {
		note := other.note("", parent.Object, text)
		note["id"] = id
		peer.hand(us, other.activity("Create", "forwarded-"+database.Hash(id).String(), note))
	}
	forward(other.Actor+"/notes/forged", "<p>Never said.</p>")
	forward(child.Object, "<p>I hate it.</p>")
	eventually(t, "the forwarded reply", func() bool { return us.texts(page)["I do."] })
	if shown := us.texts(page); shown["Never said."] || shown["I hate it."] {
		t.Errorf("words of the forwarder are shown as another's: %v", shown)
	}
	items := us.comments(page).Items
	if last := items[len(items)-1]; last.Parent == "" {
		t.Errorf("the forwarded reply stands below nothing: %+v", last)
	}
}
