package cli

import (
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/admin"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/database"
)

type adminCommands struct {
	Link adminLinkCommand `cmd:"" help:"Print a link that signs in to the admin pages, once, within 30 minutes."`
}

type adminLinkCommand struct{}

// Help shows how it is used.
func (adminLinkCommand) Help() string { return "For example:\n\n  bloghorn admin link" }

// Run prints the link.
func (adminLinkCommand) Run(in *invocation) error {
	return in.withDatabase(func(db *database.DB) error {
		token, err := admin.NewLink(in.ctx, db, time.Now())
		if err != nil {
			return fmt.Errorf("make a link: %w", err)
		}
		address := config.Dialable(in.settings.Admin.Listen)
		if _, _, err := askHealth(in, "http://"+address+"/readyz"); err != nil {
			fmt.Fprintf(in.stderr, "Nothing answers at %s at the moment, so this link opens nothing yet. It works once, within 30 minutes, as soon as "+
				"the server runs there: bloghorn serve\n", address)
		}
		_, err = fmt.Fprintln(in.stdout, adminLink(in.settings.Admin.Listen, token))
		return err
	})
}
