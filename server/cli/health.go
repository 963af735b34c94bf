package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

type healthcheckCommand struct {
	URL string `arg:"" optional:"" help:"Address to ask (default: /readyz of the configured listen address)."`
}

// Help shows how it is used.
func (healthcheckCommand) Help() string {
	return "It says in words what is wrong, which /readyz tells only you: disk full or read-only, database away, damaged or " +
		"without its cluster, a right or a table missing.\n\nFor example:\n\n" +
		"  In a Dockerfile:  HEALTHCHECK CMD [\"bloghorn\", \"healthcheck\"]\n" +
		"  By hand:          bloghorn healthcheck http://127.0.0.1:8484/readyz"
}

// Run asks and reports by the exit code. The address comes from the operator, so it alone may be
// private.
func (c healthcheckCommand) Run(in *invocation) error {
	address := c.URL
	if address == "" {
		address = "http://" + config.Dialable(in.settings.Listen) + "/readyz"
	}
	status, words, err := askHealth(in, address)
	switch {
	case err != nil:
		return err
	case status == http.StatusOK:
		fmt.Fprintln(in.stdout, "ok")
		return nil
	}
	if c.URL == "" { // the public address tells strangers little
		if _, more, err := askHealth(in, "http://"+config.Dialable(in.settings.Admin.Listen)+"/readyz"); err == nil {
			words = more
		}
	}
	return exit.With(exit.Failed, "the server is not ready: %s answered %d: %s", address, status, words)
}

func askHealth(in *invocation, address string) (status int, words string, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return 0, "", exit.With(exit.Usage, "%q is not an address to ask. Write http://host:port/readyz.", address)
	}
	client := safehttp.New(safehttp.Options{UserAgent: app.UserAgent("healthcheck"), Allow: []string{safehttp.HostPort(u)}})
	answer, err := client.Do(in.ctx, safehttp.Request{URL: address, Timeout: 5 * time.Second})
	if err != nil {
		return 0, "", exit.With(exit.Failed, "the server does not answer: %v. Does bloghorn serve run? --listen says where, or the address to ask does", err)
	}
	return answer.Status, strings.TrimSpace(string(answer.Body)), nil
}
