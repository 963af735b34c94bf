package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/exit"
)

// parse reads a command line as main does and checks the settings.
func parse(t *testing.T, args ...string) (config.Settings, error) {
	t.Helper()
	line := newCommandLine()
	var out bytes.Buffer
	exited := -1
	parser, err := kong.New(&line, parserOptions(&out, &out, &exited)...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		return config.Settings{}, err
	}
	return line.Settings, line.Settings.Check()
}

func configFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bloghorn.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestNothingHasToBeConfigured(t *testing.T) {
	t.Chdir(t.TempDir())
	s, err := parse(t, "serve")
	if err != nil {
		t.Fatal(err)
	}
	if s.PublicURL != "http://127.0.0.1:8484" || s.Database.URL != "sqlite:data/bloghorn.db" || s.SecretKeyFile != "data/secret.key" ||
		time.Duration(s.Feed.MaxAge) != 7*24*time.Hour || s.Moderation.Unknown != "hold" {
		t.Errorf("%+v", s)
	}
}

func TestFlagBeatsEnvironmentBeatsFileBeatsDefault(t *testing.T) {
	file := configFile(t, "listen = \"127.0.0.1:1\"\ndata_dir = \"/from/file\"\n[feed]\npoll_interval = \"3m\"\nmax_age = \"9d\"\nallow_private = [\"a.test:80\", \"b.test:81\"]\n")
	t.Setenv("BLOGHORN_LISTEN", "127.0.0.1:2")
	t.Setenv("BLOGHORN_FEED_POLL_INTERVAL", "4m")
	s, err := parse(t, "serve", "--config", file, "--feed-poll-interval", "5m")
	if err != nil {
		t.Fatal(err)
	}
	if time.Duration(s.Feed.PollInterval) != 5*time.Minute || s.Listen != "127.0.0.1:2" || s.DataDir != "/from/file" ||
		time.Duration(s.Feed.MaxAge) != 9*24*time.Hour || time.Duration(s.Feed.PublishDelay) != 2*time.Minute || len(s.Feed.AllowPrivate) != 2 {
		t.Errorf("%+v", s)
	}
}

func TestWrongConfigurationSaysWhatAndWhere(t *testing.T) {
	for text, want := range map[string]string{
		"\n\npoll_intervall = \"1m\"\n":                                        `"poll_intervall" is unknown. Did you mean "feed.poll_interval"? (line 3)`,
		"[feed]\n# a comment\npol_interval=\"1m\"\n":                           `"feed.pol_interval" is unknown. Did you mean "feed.poll_interval"? (line 3)`,
		"[fed]\nallow_private = []\n":                                          `"fed" is unknown`,
		"listen = ":                                                            "line 1",
		"[feed]\npoll_interval = \"soon\"\n":                                   `"soon" is not a duration`,
		"[feed]\nmax_age = \"-3d\"\n":                                          `not a number of days`,
		"[feed]\nallow_private = [1]\n":                                        "texts in quotes (line 2)",
		"[feed]\npublish_delay = \"15d\"\n":                                    "14d or less",
		"[feed]\npoll_interval = \"8d\"\n":                                     "7d or less",
		"[moderation]\nunknown = \"maybe\"\n":                                  "must be one of",
		"public_url = \"ftp://x\"\n":                                           "is not an address",
		"public_url = \"http://blog.example\"\n":                               "is not https",
		"public_url = \"https://b.example/?a=1\"\n":                            "keep it plain",
		"listen = \"8484\"\n":                                                  "Write host:port",
		"[feed]\nallow_private = [\"blog.test\"]\n":                            "port written out",
		"public_url = \"https://b.example\"\n[feed]\npoll_interval = \"5s\"\n": "burden",
		"public_url = \"https://b.example\"\n[federation]\nallow_private = [\"127.0.0.1:8080\"]\n": "for tests on one computer",
	} {
		_, err := parse(t, "serve", "--config", configFile(t, text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", text, err, want)
		}
	}
}

func TestVariableThatIsNoSettingIsNamed(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, want := range map[string]string{
		"BLOGHORN_FEED_POLL_INTERVALL": "has no effect. Did you mean BLOGHORN_FEED_POLL_INTERVAL?",
		"BLOGHORN_PUBLIK_URL":          "Did you mean BLOGHORN_PUBLIC_URL?",
		"BLOGHORN_FEED_POLL_INTERVAL":  "",
		"BLOGHORN_SECRET_KEY":          "",
		"BLOGHORN_PORT_8484_TCP":       "", // of Kubernetes
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, "5m")
			var said bytes.Buffer
			run(t.Context(), []string{"reply", "log", "--limit", "1"}, io.Discard, &said)
			if got := said.String(); want != "" && !strings.Contains(got, want) || want == "" && strings.Contains(got, "no effect") {
				t.Errorf("%s; want %q", got, want)
			}
		})
	}
}

func TestExitCodesTellWhatWentWrong(t *testing.T) {
	t.Chdir(t.TempDir())
	makeDatabase(t, "data")
	for _, c := range []struct {
		want int
		say  string
		args []string
	}{
		{exit.OK, "bloghorn serve", nil},
		{exit.OK, "bloghorn " + app.Version, []string{"--version"}},
		{exit.Usage, `did you mean "serve"`, []string{"sevre"}},
		{exit.Usage, "See: bloghorn blog add --help", []string{"blog", "add"}},
		{exit.Usage, "unknown flag --publik-url", []string{"serve", "--publik-url", "x"}},
		{exit.Config, "cannot be read", []string{"serve", "--config", "missing.toml"}},
		{exit.Config, "sqlite:PATH", []string{"blog", "list", "--database-url", "postgres://x"}},
		{exit.Database, "Check that it runs", []string{"blog", "list", "--database-url", "mysql://u:geheim@127.0.0.1:1/x"}},
		{exit.Refused, "for tests on one computer", []string{"serve", "--public-url", "https://b.example", "--federation-allow-private", "127.0.0.1:1"}},
		{exit.Network, "--feed-allow-private 127.0.0.1:1, or feed.allow_private in bloghorn.toml for good. No blog was created.\n", []string{"blog", "add", "http://127.0.0.1:1/feed.xml"}},
		{exit.Usage, "bloghorn: not understood: \"Ä\" cannot be a handle", []string{"blog", "add", "https://blog.example", "--handle", "Ä"}},
		{exit.Usage, "is not the id of a reply", []string{"reply", "hide", "7"}},
		{exit.NotFound, "there is no reply", []string{"reply", "hide", "dirrxtyqaaaaa"}},
		{exit.NotFound, "is not blocked", []string{"block", "remove", "spam.example"}},
		{exit.Usage, "", []string{"block", "add", "not a domain"}},
		{exit.Failed, "does not answer", []string{"healthcheck", "http://127.0.0.1:1/readyz"}},
	} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), c.args, &stdout, &stderr)
		said := stdout.String() + stderr.String()
		if code != c.want || !strings.Contains(said, c.say) || strings.Contains(said, "geheim") {
			t.Errorf("%v: exit %d, want %d and %q:\n%s", c.args, code, c.want, c.say, said)
		}
	}
}

// makeDatabase makes the folder of data, a secret key and an empty database in it, and returns the database's file.
func makeDatabase(t *testing.T, data string) (file string) {
	t.Helper()
	file = filepath.Join(data, "bloghorn.db")
	content, err := os.ReadFile(strings.TrimPrefix(databasetest.SQLiteURL(t), "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.MakeSecret(filepath.Join(data, "secret.key")); err != nil {
		t.Fatal(err)
	}
	return file
}
