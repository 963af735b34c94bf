package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

// outside asks the way any stranger can: HTTP, no keys, no memory shared with what is being
// checked.
type outside struct {
	client *safehttp.Client
}

// get asks for a URL; header pairs follow.
func (o outside) get(ctx context.Context, address string, header ...string) (*safehttp.Response, error) {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return o.client.Do(ctx, safehttp.Request{URL: address, Header: h})
}

// document gets an ActivityPub document.
func (o outside) document(ctx context.Context, id string) (activitypub.Object, error) {
	answer, err := o.get(ctx, id, "Accept", activityJSON)
	return readDocument(id, answer, err)
}

// decode gets JSON. Any status but 200 is a difference.
func (o outside) decode(ctx context.Context, address string, into any) error {
	answer, err := o.get(ctx, address, "Accept", "application/json")
	if err != nil {
		return err
	}
	if answer.Status != http.StatusOK {
		return difference{"200 from " + address, fmt.Sprintf("%d%s", answer.Status, quote(answer.Body))}
	}
	if err := json.Unmarshal(answer.Body, into); err != nil {
		return difference{"JSON from " + address, err.Error()}
	}
	return nil
}

// press sends a form as a button does, and returns the named value of the answer.
func (o outside) press(ctx context.Context, address, value string, pairs ...string) (string, error) {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	answer, err := o.client.Do(ctx, safehttp.Request{
		Method: http.MethodPost,
		URL:    address,
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {"application/json"}},
		Body:   []byte(form.Encode()),
	})
	if err != nil {
		return "", err
	}
	var made map[string]string
	if err := json.Unmarshal(answer.Body, &made); err != nil || answer.Status != http.StatusOK || made[value] == "" {
		return "", difference{"200 and the " + value + " from " + address, fmt.Sprintf("%d%s", answer.Status, quote(answer.Body))}
	}
	return made[value], nil
}

// thread is what the script reads of /api/v1/comments.
type thread struct {
	Post   struct{ ID, URL, Title string }
	Counts struct{ Replies, Likes, Boosts int }
	Items  []comment
}

type comment struct {
	ID     string
	Parent *string
	Author struct{ Name, Handle string }
	Text   string
	Edited *string
}

// with finds the comment that contains the words.
func (t thread) with(words string) (comment, bool) {
	for _, c := range t.Items {
		if strings.Contains(c.Text, words) {
			return c, true
		}
	}
	return comment{}, false
}

// String is the thread in one line, for a report.
func (t thread) String() string {
	var said []string
	for _, c := range t.Items {
		said = append(said, fmt.Sprintf("%s: %q", c.Author.Handle, c.Text))
	}
	return fmt.Sprintf("%d replies, %d likes, %d boosts; [%s]", t.Counts.Replies, t.Counts.Likes, t.Counts.Boosts, strings.Join(said, ", "))
}
