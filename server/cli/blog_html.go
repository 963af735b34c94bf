package cli

import (
	"fmt"
	"html"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/server/database"
)

type blogHTMLCommand struct {
	blogName
	Post string `help:"Also the lines for the page of this post: its id or address." placeholder:"POST"`
}

// Help shows how it is used.
func (blogHTMLCommand) Help() string {
	return "For example:\n\n  bloghorn blog html tea\n  bloghorn blog html tea --post https://blog.example/tea"
}

// Run prints the lines, ready to be pasted.
func (c blogHTMLCommand) Run(in *invocation) error {
	return in.withDatabase(func(db *database.DB) error {
		b, err := c.blog(in.ctx, db)
		if err != nil {
			return err
		}
		for _, line := range blogHTML(b) {
			fmt.Fprintf(in.stdout, "<!-- %s -->\n%s\n", line.Name, line.Value)
		}
		if c.Post == "" {
			return nil
		}
		owner, p, err := findPost(in.ctx, db, c.Post)
		if err != nil {
			return err
		}
		fmt.Fprintf(in.stdout, "<!-- In the head of this post alone: whoever searches for its address finds it. -->\n%s\n", alternate(ids.PostID(owner, p.ID)))
		return nil
	})
}

// blogHTML is what a blog's own pages say about its account, each line with where it belongs and
// what it is good for. Mastodon believes a profile's link where the page links back to the very url
// of the profile, names an author in previews where the page names them, and finds an account by a
// page's alternate only under its exact id.
func blogHTML(b feeds.Blog) []line {
	return []line{
		{"In the head of every page: link previews on Mastodon name your account.",
			fmt.Sprintf(`<meta name="fediverse:creator" content="@%s">`, html.EscapeString(b.Acct()))},
		{"In the head of the home page: your link on your profile is shown as verified.",
			fmt.Sprintf(`<link rel="me" href="%s">`, html.EscapeString(publisher.ProfileURL(b)))},
		{"In the head of the home page: whoever searches for its address finds your account.", alternate(b.ActorID())},
		{"In the head of each post, with the address of its page percent-encoded at the end: whoever searches for that address finds the post.",
			alternate(publisher.PageObjectURL(b) + "ADDRESS-OF-THE-POST")},
		{"Where the comments shall be, on the page of each post.", fmt.Sprintf(
			`<script type="module" src="%[1]s/widget/1/comments.js"></script>
<bloghorn-comments>
  <a href="%[1]s/thread?url=ADDRESS-OF-THE-POST">Comments on the fediverse</a>
</bloghorn-comments>`, html.EscapeString(b.BaseURL))},
	}
}

func alternate(id string) string {
	return fmt.Sprintf(`<link rel="alternate" type="application/activity+json" href="%s">`, html.EscapeString(id))
}
