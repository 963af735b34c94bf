package demo

import (
	"context"
	"fmt"
)

// line is one reply of the conversation that is there when the demo starts.
type line struct {
	who     string
	post    int // which of the blog's posts, counted from the newest
	answers int // which line it answers, counted from 1; 0 is the post itself
	text    string
}

var smallTalk = []line{
	{"ada", 0, 0, "We had a bus like this in the mountains. The driver knew everybody’s shopping day.\n\n" +
		"I still do not trust anything that leaves on time."},
	{"bo", 0, 1, "Ours waited for the lady from the post office and her cat. The cat had opinions about the seats."},
	{"cleo", 0, 0, "“She has the bread” goes on my wall. Thank you for this one."},
	{"ada", 0, 2, "I hope the cat had a ticket."},
	{"cleo", 1, 0, "I went and looked at the pole with the white stripes. The pole is right."},
	{"bo", 2, 0, "I cook for a living and have nothing to add, except perhaps a little nutmeg. Sorry."},
	{"finn", 0, 0, "Does anybody have the timetable of that line? I collect them, and mine ends in 1998."},
}

// Stranger is the id of the one person whose reply waits for the owner, so that the admin page has
// something to decide.
func (r *Reader) Stranger() string {
	for _, p := range r.people {
		if p.stranger {
			return p.ID
		}
	}
	return ""
}

// Seed lets the people of the reader follow the blog and talk about its posts, so that the first
// page one opens is not empty. It sends what the buttons would send. It returns when Bloghorn has
// taken the last activity.
func (r *Reader) Seed(ctx context.Context) error {
	for _, p := range r.people {
		if p.stranger {
			continue
		}
		if _, err := r.Follow(ctx, p.Name); err != nil {
			return fmt.Errorf("let %s follow the sample blog: %w", p.Name, err)
		}
	}
	posts := r.posts()
	if len(posts) == 0 {
		return fmt.Errorf("%w: the outbox of %s has no post to talk about", errRemote, r.options.Actor)
	}
	if err := r.talk(ctx, posts); err != nil {
		return err
	}
	return r.applaud(ctx, posts)
}

func (r *Reader) posts() (ids []string) {
	r.memory.look(func() {
		for _, a := range r.memory.articles {
			ids = append(ids, a.ID)
		}
	})
	return ids
}

func (r *Reader) talk(ctx context.Context, posts []string) error {
	said := make([]string, len(smallTalk))
	for i, l := range smallTalk {
		if l.post >= len(posts) {
			continue
		}
		to := posts[l.post]
		if l.answers > 0 {
			to = said[l.answers-1]
		}
		id, err := r.Reply(ctx, l.who, to, l.text, false)
		if err != nil {
			return fmt.Errorf("let %s say something: %w", l.who, err)
		}
		said[i] = id
	}
	return nil
}

// applaud makes everybody like the newest post, and some boost it.
func (r *Reader) applaud(ctx context.Context, posts []string) error {
	for i, p := range r.people {
		if p.stranger {
			continue
		}
		if _, err := r.Like(ctx, p.Name, posts[0]); err != nil {
			return fmt.Errorf("let %s like a post: %w", p.Name, err)
		}
		if i == 0 {
			continue
		}
		if _, err := r.Boost(ctx, p.Name, posts[0]); err != nil {
			return fmt.Errorf("let %s boost a post: %w", p.Name, err)
		}
	}
	return nil
}
