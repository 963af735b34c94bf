package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/testenv"
)

// fedifyPeer is an ActivityPub server nobody here wrote, driven through the control API of testdata/fedify/peer.mjs.
type fedifyPeer struct {
	t       *testing.T
	spec    string // what it signs by
	Origin  string `json:"origin"`
	Control string `json:"control"`
	Actor   string `json:"actor"`
}

// The signatures, by the names that Fedify has for them.
const (
	specRFC9421 = "rfc9421"
	specCavage  = "draft-cavage-http-signatures-12"
)

// startFedify starts the peer and stops it when the test ends. It signs by spec first, and takes nothing that is signed otherwise.
func startFedify(t *testing.T, spec string) *fedifyPeer {
	t.Helper()
	folder, err := filepath.Abs("../../testdata/fedify")
	if err != nil {
		t.Fatal(err)
	}
	node := filepath.Join(folder, "node_modules", "node", "bin", "node")
	if _, err := os.Stat(node); errors.Is(err, fs.ErrNotExist) {
		testenv.Missing(t, "the Fedify peer is not installed: npm ci --prefix testdata/fedify")
	}
	command := exec.Command(node, "peer.mjs")
	command.Dir, command.Env = folder, append(os.Environ(), "SPEC="+spec, "TAKES="+spec)
	command.Stderr = t.Output()
	stdin, err := command.StdinPipe() // the peer ends when this closes, also when the test is killed
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		command.Wait()
	})
	peer := &fedifyPeer{t: t, spec: spec}
	if err := json.NewDecoder(stdout).Decode(peer); err != nil {
		t.Fatalf("the Fedify peer did not start: %v", err)
	}
	return peer
}

// do sends an order to the peer and reads its answer into answer.
func (p *fedifyPeer) do(method, path string, order, answer any) {
	p.t.Helper()
	body, err := json.Marshal(order)
	if err != nil {
		p.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.Control+path, bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		p.t.Fatalf("%s %s %s: %d %v %s", method, path, body, res.StatusCode, err, text)
	}
	if answer == nil {
		return
	}
	if err := json.Unmarshal(text, answer); err != nil {
		p.t.Fatalf("%s %s: %v in %s", method, path, err, text)
	}
}

// sent is what the peer answers to an order: the ids of the activity and its object.
type sent struct{ ID, Object string }

type order map[string]any

func (p *fedifyPeer) send(path string, o order) (s sent) {
	p.t.Helper()
	p.do("POST", path, o, &s)
	return s
}

// received lists the activities of a type that arrived with a signature that Fedify found right.
func (p *fedifyPeer) received(kind string) (all []struct {
	ID, Actor, Object, Spec string
	Raw                     map[string]any
}) {
	p.t.Helper()
	p.do("GET", "/received?type="+kind, nil, &all)
	return all
}

// TestFedifyPeer talks with Fedify in both directions and by both signatures: what it checks of our signatures and documents, and what we
// make of its own. The database has no part in the signature, so each is tried on one engine.
func TestFedifyPeer(t *testing.T) {
	t.Parallel()
	for spec, databaseURL := range map[string]func(testing.TB) string{specRFC9421: databasetest.MySQLURL, specCavage: databasetest.SQLiteURL} {
		t.Run(spec, func(t *testing.T) {
			t.Parallel()
			talkWithFedify(t, databaseURL(t), spec)
		})
	}
}

func talkWithFedify(t *testing.T, databaseURL, spec string) {
	peer := startFedify(t, spec)
	other := startFedify(t, spec)
	us := start(t, databaseURL, func(s *config.Settings) {
		for _, p := range []*fedifyPeer{peer, other} {
			s.Federation.AllowPrivate = append(s.Federation.AllowPrivate, strings.TrimPrefix(p.Origin, "http://"))
		}
	})
	peerFollows(t, peer, us)
	page := us.feed.publish("tea", "On tea & time", "<p>Four minutes, no more.</p>")
	article := us.postID(page)
	peerGetsThePost(t, peer, us, article)
	peerTalks(t, peer, us, page, article)
	peerReacts(t, peer, us, page, article)
	peerEditsTwiceUnderOneID(t, peer, us, page, article)
	peerTakesBackFirst(t, peer, us, page, article)
	peerForwards(t, peer, other, us, page, article)
	proofsAreUnderstood(t, peer, other, us, page, article)
	for _, spec := range []string{specRFC9421, specCavage} {
		forgeriesAreRefused(t, peer, us, page, article, spec)
	}
	peerLeaves(t, peer, us)
	everythingWasSignedBy(t, peer, spec)
}

// everythingWasSignedBy checks what arrived at the peer, and that we learned from its first refusal: only what was on its way at the same
// time may have been refused too.
func everythingWasSignedBy(t *testing.T, peer *fedifyPeer, spec string) {
	t.Helper()
	for _, got := range peer.received("") {
		if got.Spec != spec {
			t.Errorf("%s was taken with the signature %s", got.ID, got.Spec)
		}
	}
	var requests []struct {
		Path, Spec string
		Status     int
	}
	peer.do("GET", "/requests", nil, &requests)
	refused, taken := 0, 0
	for _, r := range requests {
		if r.Status == http.StatusUnauthorized && r.Spec != spec {
			refused++
		}
		if r.Status < 300 && r.Spec == spec {
			taken++
		}
	}
	if most := 4; taken < 3 || refused > most || spec == specRFC9421 && refused == 0 {
		t.Errorf("%d requests were taken and %d refused: %+v", taken, refused, requests)
	}
}

func peerFollows(t *testing.T, peer *fedifyPeer, us *running) {
	t.Helper()
	actor := us.blog.ActorID()
	peer.send("/follow", order{"target": actor})
	eventually(t, "the Accept of the peer's Follow", func() bool {
		var state struct{ Following map[string]string }
		peer.do("GET", "/state", nil, &state)
		return state.Following[actor] == "accepted"
	})
	if n := document(t, actor+"/followers")["totalItems"]; n != 1.0 {
		t.Errorf("followers say %v, want 1", n)
	}
}

func peerGetsThePost(t *testing.T, peer *fedifyPeer, us *running, article string) {
	t.Helper()
	eventually(t, "the Create at the peer", func() bool { return len(peer.received("Create")) > 0 })
	creates := peer.received("Create")
	if len(creates) != 1 || creates[0].Object != article || creates[0].ID != article+"/create" || creates[0].Actor != us.blog.ActorID() {
		t.Fatalf("the peer got %+v", creates)
	}
	object, _ := creates[0].Raw["object"].(map[string]any)
	if object["type"] != "Article" || object["name"] != "On tea & time" || !strings.Contains(object["content"].(string), "Four minutes") {
		t.Errorf("the Article is %v", object)
	}
	us.feed.edit("tea", "<p>Five minutes, at most.</p>")
	eventually(t, "the Update at the peer", func() bool { return len(peer.received("Update")) > 0 })
	object, _ = peer.received("Update")[0].Raw["object"].(map[string]any)
	if object["id"] != article || !strings.Contains(object["content"].(string), "Five minutes") || object["updated"] == nil {
		t.Errorf("the edited Article is %v", object)
	}
	for _, id := range []string{us.blog.ActorID(), article, us.blog.ActorID() + "/outbox"} {
		var got struct {
			Status int
			Type   string
		}
		if peer.do("POST", "/fetch", order{"url": id}, &got); got.Status != 200 || !strings.HasPrefix(got.Type, activityJSON) {
			t.Errorf("the peer fetches %s: %+v", id, got)
		}
	}
}

func peerTalks(t *testing.T, peer *fedifyPeer, us *running, page, article string) {
	t.Helper()
	first := peer.send("/reply", order{"inReplyTo": article, "content": "<p>Three for me.</p>"})
	thread := us.comments(page)
	if thread.Counts.Replies != 1 || thread.Items[0].Text != "Three for me." || thread.Items[0].Author.Name != "Pia Peer" {
		t.Fatalf("after a reply: %+v", thread)
	}
	second := peer.send("/reply", order{"inReplyTo": first.Object, "mention": us.blog.ActorID(), "content": "<p>Or <b>four</b><script>alert(1)</script>.</p>"})
	thread = us.comments(page)
	if len(thread.Items) != 2 || thread.Items[1].Parent != thread.Items[0].ID || strings.Contains(thread.Items[1].HTML, "script") {
		t.Fatalf("after a reply to the reply: %+v", thread)
	}
	peer.send("/update", order{"id": first.Object, "content": "<p>Three and a half.</p>"})
	if thread = us.comments(page); thread.Items[0].Text != "Three and a half." || thread.Items[0].Edited == "" {
		t.Errorf("after an edit: %+v", thread.Items[0])
	}
	peer.send("/update", order{"id": first.Object, "content": "<p>Three, really.</p>"})
	if thread = us.comments(page); thread.Items[0].Text != "Three, really." {
		t.Errorf("after a second edit: %+v", thread.Items[0])
	}
	peer.send("/delete", order{"id": second.Object})
	if thread = us.comments(page); thread.Counts.Replies != 1 || len(thread.Items) != 1 {
		t.Errorf("after a delete: %+v", thread)
	}
}

func peerReacts(t *testing.T, peer *fedifyPeer, us *running, page, article string) {
	t.Helper()
	like := peer.send("/like", order{"object": article})
	boost := peer.send("/announce", order{"object": article})
	if c := us.comments(page).Counts; c.Likes != 1 || c.Boosts != 1 {
		t.Errorf("after like and boost: %+v", c)
	}
	peer.send("/undo", order{"id": like.ID})
	peer.send("/undo", order{"id": boost.ID})
	if c := us.comments(page).Counts; c.Likes != 0 || c.Boosts != 0 {
		t.Errorf("after both are undone: %+v", c)
	}
}

// forgeriesAreRefused spoils one thing at a time, beginning with nothing, so that the refusals prove what they seem to.
func forgeriesAreRefused(t *testing.T, peer *fedifyPeer, us *running, page, article, spec string) {
	t.Helper()
	before := us.comments(page)
	deliver := func(mode string) int {
		note := peer.note(spec+mode, article, "<p>"+mode+"</p>")
		return peer.deliver(us, spec, mode, peer.activity("Create", spec+mode, note))
	}
	for _, mode := range []string{"unsigned", "badsig", "wrongkey", "baddigest", "olddate"} {
		if status := deliver(mode); status != http.StatusUnauthorized {
			t.Errorf("%s: answered %d, want 401", mode, status)
		}
	}
	if after := us.comments(page); after.Counts != before.Counts {
		t.Errorf("a forgery changed %+v to %+v", before.Counts, after.Counts)
	}
	if status := deliver("ok"); status != http.StatusAccepted || us.comments(page).Counts.Replies != before.Counts.Replies+1 {
		t.Errorf("the same, not spoiled: answered %d, counts %+v", status, us.comments(page).Counts)
	}
}

func peerLeaves(t *testing.T, peer *fedifyPeer, us *running) {
	t.Helper()
	peer.send("/unfollow", order{"target": us.blog.ActorID()})
	if n := document(t, us.blog.ActorID()+"/followers")["totalItems"]; n != 0.0 {
		t.Errorf("followers say %v, want 0", n)
	}
}
