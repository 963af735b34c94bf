package replies_test

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
)

// TestKindsOfObjectsAttributedToAGroupToo: a person who writes in a group is the author; what
// cannot be told is ignored, and no server is told that it may not.
func TestKindsOfObjectsAttributedToAGroupToo(t *testing.T) {
	typed := func(kind, id string) map[string]any { return map[string]any{"type": kind, "id": id} }
	for name, c := range map[string]struct {
		attributed func(ada, eve, group string) []any
		status     int
		verdict    string
	}{
		"PeerTube: account and channel": {func(ada, _, group string) []any { return []any{typed("Person", ada), typed("Group", group)} }, 202, "shown"},
		"the group first":               {func(ada, _, group string) []any { return []any{typed("Group", group), ada} }, 202, "shown"},
		"a group of the same server":    {func(ada, _, _ string) []any { return []any{ada, "https://pasture.example/c/tea"} }, 202, "shown"},
		"a known group elsewhere":       {func(ada, _, group string) []any { return []any{ada, group} }, 202, "shown"},
		"the same twice":                {func(ada, _, _ string) []any { return []any{ada, typed("Person", ada)} }, 202, "shown"},
		"somebody unknown elsewhere":    {func(ada, _, _ string) []any { return []any{ada, "https://lemmy.example/c/unknown"} }, 202, "it is attributed to others as well"},
		"a known person elsewhere":      {func(ada, eve, _ string) []any { return []any{ada, eve} }, 403, ""},
		"a group alone, and another":    {func(_, eve, group string) []any { return []any{typed("Group", group), eve} }, 403, ""},
		"others alone":                  {func(_, eve, group string) []any { return []any{eve, group} }, 403, ""},
		"a group alone":                 {func(_, _, group string) []any { return []any{typed("Group", group)} }, 403, ""},
		"a crowd": {func(ada, _, _ string) []any {
			return []any{ada, ada + "1", ada + "2", ada + "3", ada + "4", ada + "5"}
		}, 403, ""},
	} {
		t.Run(name, func(t *testing.T) {
			onSQLite(t, func(t *testing.T, w *world) {
				ada, eve := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("eve", "meadow.example")
				group := w.fedi.Person("tea", "lemmy.example", fediversetest.Profile("type", "Group"))
				w.accepted(eve.Like(w.teaID))
				w.accepted(group.Like(w.teaID))
				sent := w.answered(ada.Reply(w.teaID, "one", with("attributedTo", c.attributed(ada.ID, eve.ID, group.ID))), c.status)
				if got := w.lastVerdict(); c.verdict != "" && !strings.HasSuffix(got, ": "+c.verdict) {
					t.Errorf("the journal says %q, want %q", got, c.verdict)
				}
				if c.verdict != "shown" {
					w.expect()
					return
				}
				w.expect("ada: one")
				w.answered(eve.Post(shared, map[string]any{"id": eve.ID + "#d", "type": "Delete", "actor": eve.ID, "object": sent.ObjectID}), 403)
				w.expect("ada: one")
			})
		})
	}
}
