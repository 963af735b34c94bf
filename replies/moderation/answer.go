package moderation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/article"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/web"
)

// An answer is a reply by the blog itself: a row like the others, of author 0, so that threads,
// counts, collections and what others answer to it need no second way. It is public as what it
// answers is, and told in the transaction that stores it.

const (
	maxAnswer  = 5000        // characters
	sameAnswer = time.Minute // the same words to the same person again within this are a slip of the finger
)

// Answer has the blog answer a reply, in CommonMark. What answers a withheld one goes to its author
// and whom it names alone, and to everybody when readers see what it answers. web.ErrNotFound says
// that there is none; web.ErrRefused that a moderator keeps it from readers, or has not decided yet
// (an answer would tell them what they do not see), web.ErrInvalid what is wrong with the text,
// web.ErrTooMany that the same was just said.
func Answer(ctx context.Context, db *database.DB, id database.ID, text, who string, now time.Time) (thread.Reply, error) {
	return answerAt(ctx, db, text, who, now, func(tx *database.Tx) (thread.Target, error) {
		parent, err := thread.ReplyByID(ctx, tx, id)
		switch {
		case errors.Is(err, database.ErrNotFound) || err == nil && parent.Status == thread.Deleted:
			return thread.Target{}, fmt.Errorf("%w: there is no reply %s, or its author deleted it", web.ErrNotFound, id)
		case err != nil:
			return thread.Target{}, err
		case parent.Status != thread.Shown && parent.Status != thread.Withheld:
			return thread.Target{}, fmt.Errorf("%w: the reply is %s, so readers would see an answer to nothing; approve it first", web.ErrRefused, parent.Status)
		}
		blog, err := feeds.BlogByID(ctx, tx, parent.BlogID)
		return thread.Target{Blog: blog, PostID: parent.PostID, Reply: parent}, err
	})
}

// AnswerPost has the blog say something under a post of its own. The errors are those of Answer.
func AnswerPost(ctx context.Context, db *database.DB, b feeds.Blog, p feeds.Post, text, who string, now time.Time) (thread.Reply, error) {
	return answerAt(ctx, db, text, who, now, func(tx *database.Tx) (thread.Target, error) {
		_, removed, err := thread.BlogOfPost(ctx, tx, p.ID)
		if errors.Is(err, database.ErrNotFound) || err == nil && removed {
			return thread.Target{}, fmt.Errorf("%w: the post is not public", web.ErrRefused)
		}
		return thread.Target{Blog: b, PostID: p.ID}, err
	})
}

func answerAt(
	ctx context.Context, db *database.DB, text, who string, now time.Time, find func(*database.Tx) (thread.Target, error),
) (answer thread.Reply, err error) {
	content, err := readAnswer(text)
	if err != nil {
		return thread.Reply{}, err
	}
	err = thread.InTx(ctx, db, func(tx *database.Tx) error {
		at, err := find(tx)
		if err != nil {
			return err
		}
		r := newAnswer(at, content, now)
		answer = r.Reply
		if again, err := saidSince(ctx, tx, r, now.Add(-sameAnswer)); again || err != nil {
			return cmp.Or(err, fmt.Errorf("%w: the same was answered a moment ago", web.ErrTooMany))
		}
		if err := thread.InsertReply(ctx, tx, r); err != nil {
			return err
		}
		if r.Status == thread.Shown {
			if err := thread.Bump(ctx, tx, r.PostID, thread.Counted(r.Kind), now); err != nil {
				return err
			}
		}
		if _, err := remote.Recognise(ctx, tx, content.String(), now); err != nil {
			return err
		}
		note, err := noteOf(ctx, tx, at.Blog, r.Reply)
		if err != nil {
			return err
		}
		if err := publisher.BroadcastNote(ctx, tx, at.Blog, note, now); err != nil {
			return err
		}
		return decide(ctx, tx, Decision{BlogID: r.BlogID, Who: who, What: whatAnswer, Target: r.ObjectURI, At: now})
	})
	if err != nil {
		return thread.Reply{}, fmt.Errorf("answer: %w", err)
	}
	return answer, nil
}

// readAnswer is the text as readers will see it.
func readAnswer(text string) (safehtml.HTML, error) {
	if !utf8.ValidString(text) {
		return safehtml.HTML{}, fmt.Errorf("%w: the answer is not text in UTF-8; save it as that", web.ErrInvalid)
	}
	if n := utf8.RuneCountInString(text); n > maxAnswer {
		return safehtml.HTML{}, fmt.Errorf("%w: an answer is text of at most %d characters; this has %d", web.ErrInvalid, maxAnswer, n)
	}
	content := safehtml.Markdown(text)
	switch {
	case strings.TrimSpace(safehtml.Text(content.String())) != "":
		return content, nil
	case strings.TrimSpace(text) == "":
		return content, fmt.Errorf("%w: the answer is empty", web.ErrInvalid)
	case strings.Contains(text, "<"):
		return content, fmt.Errorf("%w: HTML is not taken, and nothing else is in the answer; write it in Markdown, as **this** or [this](https://blog.example)", web.ErrInvalid)
	}
	return content, fmt.Errorf("%w: as Markdown the answer has no words that anybody would see", web.ErrInvalid)
}

// newAnswer is as public as what it answers and as the blog's posts.
func newAnswer(at thread.Target, content safehtml.HTML, now time.Time) thread.Row {
	id := database.NewID(now)
	uri := ids.NoteID(at.Blog, id)
	visibility := activitypub.VisibilityPublic
	if at.Blog.Settings.Visibility == settings.VisibilityUnlisted || at.Reply.Visibility == string(activitypub.VisibilityUnlisted) {
		visibility = activitypub.VisibilityUnlisted
	}
	r := thread.Row{Reply: thread.Reply{
		ID: id, BlogID: at.Blog.ID, PostID: at.PostID, ObjectURI: uri, URL: uri,
		HTML: content, Language: cmp.Or(at.Blog.Settings.Language, at.Blog.Language), Visibility: string(visibility), Kind: thread.KindReply, Status: thread.Shown,
		PublishedAt: now, ReceivedAt: now,
	}, Hash: database.Hash(content.String())}
	if at.Reply.Status == thread.Withheld {
		r.Status = thread.Withheld
	}
	r.Hang(at.Reply.Reply)
	return r
}

// EditAnswer gives an answer of the blog another text, and tells everybody. What others wrote is
// web.ErrRefused.
func EditAnswer(ctx context.Context, db *database.DB, id database.ID, text, who string, now time.Time) error {
	content, err := readAnswer(text)
	if err != nil {
		return err
	}
	return changeAnswer(ctx, db, id, Decision{Who: who, What: whatEdit, At: now}, func(tx *database.Tx, stored thread.Stored, r thread.Reply, b feeds.Blog) error {
		if stored.Status != thread.Shown && stored.Status != thread.Withheld { // a withheld one was told to whom it answers
			return fmt.Errorf("%w: the answer is hidden, and an edit would be sent to everybody; approve it first", web.ErrRefused)
		}
		if stored.Hash == database.Hash(content.String()) {
			return fmt.Errorf("%w: it says that already", web.ErrTooMany)
		}
		r.HTML, r.EditedAt = content, slices.MaxFunc([]time.Time{now, r.PublishedAt.Add(time.Second), r.EditedAt.Add(time.Second)}, time.Time.Compare)
		if err := thread.UpdateReply(ctx, tx, stored, thread.Row{Reply: r, Hash: database.Hash(content.String())}); err != nil {
			return err
		}
		if err := thread.Bump(ctx, tx, r.PostID, thread.Counts{}, now); err != nil {
			return err
		}
		if _, err := remote.Recognise(ctx, tx, content.String(), now); err != nil {
			return err
		}
		note, err := noteOf(ctx, tx, b, r)
		if err != nil {
			return err
		}
		return publisher.BroadcastNote(ctx, tx, b, note, now)
	})
}

// DeleteAnswer takes an answer of the blog back, and tells everybody. Its id never comes back. What
// others wrote is web.ErrRefused: it can be hidden.
func DeleteAnswer(ctx context.Context, db *database.DB, id database.ID, who string, now time.Time) error {
	return changeAnswer(ctx, db, id, Decision{Who: who, What: whatDelete, At: now}, func(tx *database.Tx, stored thread.Stored, r thread.Reply, b feeds.Blog) error {
		note, err := noteOf(ctx, tx, b, r)
		if err != nil {
			return err
		}
		if err := thread.PurgeReply(ctx, tx, r.ID, r.Status); err != nil {
			return err
		}
		if r.Status == thread.Shown {
			if err := thread.Bump(ctx, tx, r.PostID, thread.Counted(r.Kind).Negative(), now); err != nil {
				return err
			}
		}
		return publisher.RetractNote(ctx, tx, b, note, now)
	})
}

func changeAnswer(
	ctx context.Context, db *database.DB, id database.ID, d Decision, change func(*database.Tx, thread.Stored, thread.Reply, feeds.Blog) error,
) error {
	err := thread.InTx(ctx, db, func(tx *database.Tx) error {
		stored, r, err := thread.WholeReply(ctx, tx, id)
		switch {
		case errors.Is(err, database.ErrNotFound) || err == nil && stored.Status == thread.Deleted:
			return fmt.Errorf("%w: there is no answer %s, or it was deleted", web.ErrNotFound, id)
		case err != nil:
			return err
		case stored.AuthorID != thread.OfTheBlog:
			return fmt.Errorf("%w: somebody else wrote it; their words can be hidden (reply hide), and changed by nobody but them", web.ErrRefused)
		}
		b, err := feeds.BlogByID(ctx, tx, stored.BlogID)
		if err != nil {
			return err
		}
		if err := change(tx, stored, r, b); err != nil {
			return err
		}
		d.BlogID, d.Target = stored.BlogID, stored.ObjectURI
		return decide(ctx, tx, d)
	})
	if err != nil {
		return fmt.Errorf("%s the answer: %w", d.What, err)
	}
	return nil
}

// noteOf is an answer as it is told. Whom it answers is read from the thread: their name may have
// changed since. Who is blocked is not named to their server.
func noteOf(ctx context.Context, q database.Querier, blog feeds.Blog, r thread.Reply) (n article.Note, err error) {
	n = article.Note{
		ID: r.ID, PostID: r.PostID, HTML: r.HTML.String(), Language: r.Language, Unlisted: r.Visibility == string(activitypub.VisibilityUnlisted),
		PublishedAt: r.PublishedAt, UpdatedAt: r.EditedAt, Private: r.Status == thread.Withheld, Blocked: Blocked,
	}
	if n.Named, err = remote.NamedIn(ctx, q, blog, n.HTML, Blocked); err != nil {
		return n, err
	}
	if r.ParentID == 0 {
		n.InReplyTo = ids.PostID(blog, r.PostID)
		return n, nil
	}
	parent, err := thread.ReplyByID(ctx, q, r.ParentID)
	if err != nil {
		return n, fmt.Errorf("read what is answered: %w", err)
	}
	n.InReplyTo = parent.ObjectURI
	for parent.AuthorID == thread.OfTheBlog && parent.ParentID != 0 && n.Private { // the blog goes on with what it said
		if parent, err = thread.ReplyByID(ctx, q, parent.ParentID); err != nil {
			return n, fmt.Errorf("read what was answered before: %w", err)
		}
	}
	authors, err := remote.ActorsByID(ctx, q, []database.ID{parent.AuthorID})
	n.To = authors[parent.AuthorID]
	return n, err
}

// showAnswers shows what the blog answered to a reply while it was withheld, now that it is to be
// shown, and what it answered to that; tells everybody what only the author had; and notes what
// that changes.
func showAnswers(ctx context.Context, q database.Querier, r thread.Authored, to string, c thread.Changes, now time.Time) error {
	if to != thread.Shown {
		return nil
	}
	for {
		answers, err := withheldAnswersTo(ctx, q, r.PostID, r.ID, thread.AuthoredPage)
		if err != nil {
			return fmt.Errorf("list the answers to a reply: %w", err)
		}
		for _, id := range answers {
			if err := showWithheld(ctx, q, id); err != nil {
				return err
			}
			c.Add(r.PostID, thread.Counts{Replies: 1})
			if err := publishAnswer(ctx, q, id, now); err != nil {
				return err
			}
			if err := showAnswers(ctx, q, thread.Authored{ID: id, PostID: r.PostID}, to, c, now); err != nil {
				return err
			}
		}
		if len(answers) < thread.AuthoredPage {
			return nil
		}
	}
}

// publishAnswer tells everybody what the blog answered, unless they were told before.
func publishAnswer(ctx context.Context, q database.Querier, id database.ID, now time.Time) error {
	stored, r, err := thread.WholeReply(ctx, q, id)
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	b, err := feeds.BlogByID(ctx, q, stored.BlogID)
	if err != nil {
		return fmt.Errorf("read the blog: %w", err)
	}
	note, err := noteOf(ctx, q, b, r)
	if err != nil {
		return err
	}
	return publisher.PublishNote(ctx, q, b, note, now)
}
