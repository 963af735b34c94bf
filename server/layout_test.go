package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/bloghorn/bloghorn/"

// floors are the storeys of the house, from the ground up. A package may import what lies lower, and its own parts.
var floors = []string{"server", "feeds", "publisher", "replies", "admin"}

// parts are, for the packages whose parts lie below the whole, these parts from the ground up, and then the whole itself.
var parts = map[string][]string{
	"feeds":     {"feeds/charset", "feeds/textsim", "feeds/webpage", "feeds/dates", "feeds/pageurl", "feeds/parser", "feeds/contenthash", "feeds/settings", "feeds/schedule", "feeds/match", "feeds/fetch", "feeds/pages", "feeds", "feeds/websub"},
	"publisher": {"publisher/activitypub", "publisher/integrity", "publisher/signature", "publisher/ids", "publisher/keyring", "publisher/delivery", "publisher/fediversetest", "publisher/remote", "publisher/article", "publisher/followers", "publisher", "publisher/preview"},
	"replies":   {"replies/thread", "replies/moderation", "replies/inbox", "replies/crawl", "replies", "replies/widget"},
}

// roof are the packages that know every other one, from the ground up.
var roof = []string{"server/exit", "server/config", "server/app", "server/cli", "server"}

// doorways name the place that may import a library; kong reads the settings together with the commands.
var doorways = map[string]string{
	"github.com/mmcdole/gofeed":           "feeds/parser/parse.go",
	"github.com/goodsign/monday":          "feeds/dates/months.go",
	"github.com/go-fed/httpsig":           "publisher/signature",
	"github.com/dunglas/httpsfv":          "publisher/signature",
	"github.com/gowebpki/jcs":             "publisher/integrity",
	"github.com/mr-tron/base58":           "publisher/integrity",
	"github.com/go-sql-driver/mysql":      "server/database",
	"modernc.org/sqlite":                  "server/database",
	"github.com/pressly/goose/v3":         "server/database",
	"github.com/microcosm-cc/bluemonday":  "server/safehtml",
	"github.com/yuin/goldmark":            "server/safehtml",
	"github.com/clipperhouse/uax29/v2":    "server/safehtml",
	"code.dny.dev/ssrf":                   "server/safehttp",
	"codeberg.org/readeck/go-readability": "feeds/webpage",
	"golang.org/x/sync/singleflight":      "server/flight",
	"github.com/hashicorp/golang-lru/v2":  "publisher",
	"github.com/alecthomas/kong":          "server/config server/cli",
	"github.com/BurntSushi/toml":          "server/config",
}

// TestImportsPointDown reads every import of every file, tests included.
func TestImportsPointDown(t *testing.T) {
	files := 0
	eachGoFile(t, func(file, dir string) {
		files++
		for _, imported := range importsOf(t, file) {
			if below, ours := strings.CutPrefix(imported, module); ours && !allowed(file, dir, below) {
				t.Errorf("%s imports %s, which does not lie below it", file, below)
			}
			checkDoorway(t, file, dir, imported)
		}
	})
	if files < 20 {
		t.Fatalf("only %d files read: is this the root?", files)
	}
}

const (
	maxLines = 400                       // of a file: a longer one makes its reader scroll to remember the beginning
	table    = "server/bounds/bounds.go" // it is looked up, not read
)

// TestFilesAreShortAndTheFixedPackagesAreUsed: these four are what the program was asked to be made of.
func TestFilesAreShortAndTheFixedPackagesAreUsed(t *testing.T) {
	used := map[string]bool{}
	eachGoFile(t, func(file, _ string) {
		text, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "\n"); n > maxLines && file != table {
			t.Errorf("%s has %d lines; split it by question", file, n)
		}
		for _, imported := range importsOf(t, file) {
			used[imported] = used[imported] || !strings.HasSuffix(file, "_test.go")
		}
	})
	for _, fixed := range []string{"github.com/gorilla/mux", "github.com/mmcdole/gofeed", "github.com/go-fed/httpsig", "github.com/go-sql-driver/mysql"} {
		if !used[fixed] {
			t.Errorf("nothing uses %s", fixed)
		}
	}
}

var pathInMap = regexp.MustCompile("`((?:server|feeds|publisher|replies|admin|testdata)/[a-z0-9_/]+(?:\\.[a-z]+)?)/?`")

// TestMapOfTheHouseNamesWhatIsThere reads the paths in CONTRIBUTING.md.
func TestMapOfTheHouseNamesWhatIsThere(t *testing.T) {
	text, err := os.ReadFile("../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	paths := pathInMap.FindAllStringSubmatch(string(text), -1)
	if len(paths) < 40 {
		t.Fatalf("only %d paths are found", len(paths))
	}
	for _, path := range paths {
		if _, err := os.Stat(filepath.Join("..", path[1])); err != nil {
			t.Errorf("CONTRIBUTING.md names %s, which is not there", path[1])
		}
	}
}

// TestWrongArrowsAreSeen keeps the rules above from allowing everything.
func TestWrongArrowsAreSeen(t *testing.T) {
	for _, arrow := range [][2]string{
		{"feeds", "publisher"}, {"publisher", "replies"}, {"replies", "admin"}, {"server/web", "feeds"}, {"server/safehttp", "server/web"},
		{"publisher/activitypub", "publisher"}, {"publisher", "publisher/preview"}, {"replies", "replies/widget"}, {"replies/thread", "replies"}, {"server/demo", "publisher"}, {"server/demo", "feeds"}, {"feeds", "server/demo"}, {"replies", "server/cli"}, {"server/cli", "server"}, {"server/web", "server/cli"}, {"server/config", "server/cli"},
		{"feeds/webpage", "feeds"}, {"feeds/parser", "feeds"}, {"feeds/dates", "feeds/parser"}, {"feeds", "feeds/websub"}, {"feeds/charset", "feeds/webpage"}, {"publisher/delivery", "publisher"},
	} {
		if allowed(arrow[0]+"/x.go", arrow[0], arrow[1]) {
			t.Errorf("%s may import %s", arrow[0], arrow[1])
		}
	}
}

func allowed(file, dir, imported string) bool {
	test := strings.HasSuffix(file, "_test.go")
	switch {
	case dir == imported && test: // package x_test
		return true
	case indexOf(roof, imported) >= 0:
		return indexOf(roof, imported) < indexOf(roof, dir)
	case indexOf(roof, dir) >= 0:
		return true
	case test && (strings.HasSuffix(imported, "test") || imported == "server/testenv"): // databasetest, fediversetest, browsertest
		return true
	case dir == "server/demo":
		return imported == "publisher/signature" || imported == "publisher/activitypub" || isGround(imported)
	case isGround(dir):
		return groundArrow(dir, imported)
	case isGround(imported):
		return true
	}
	from, to := floor(dir), floor(imported)
	if from == to {
		if order, ok := parts[floors[from]]; ok {
			return indexOf(order, imported) >= 0 && indexOf(order, imported) < indexOf(order, dir)
		}
		return strings.HasPrefix(dir, imported+"/") // a part, such as the widget, stands on its whole
	}
	return to < from && imported != "server/demo"
}

// isGround is true for the plumbing, which knows nothing of blogs.
func isGround(dir string) bool {
	return strings.HasPrefix(dir, "server/") && !strings.HasPrefix(dir, "server/demo") && indexOf(roof, dir) < 0
}

// groundArrow: plumbing imports no other plumbing but the table of bounds, and web, which maps the
// kinds of database errors, and the helpers of tests.
func groundArrow(dir, imported string) bool {
	return imported == "server/bounds" || imported == "server/database" && (dir == "server/web" || dir == "server/database/databasetest") ||
		(strings.HasSuffix(imported, "test") || imported == "server/testenv") && strings.HasSuffix(dir, "test")
}

func indexOf(list []string, s string) int {
	for i, one := range list {
		if one == s {
			return i
		}
	}
	return -1
}

func floor(dir string) int {
	top, _, _ := strings.Cut(dir, "/")
	return indexOf(floors, top)
}

func checkDoorway(t *testing.T, file, dir, imported string) {
	for library, door := range doorways {
		if imported != library && !strings.HasPrefix(imported, library+"/") {
			continue
		}
		inside := slices.ContainsFunc(strings.Fields(door), func(d string) bool {
			return dir == d || file == d || strings.HasPrefix(dir, d+"/")
		})
		if !inside && !strings.HasSuffix(file, "_test.go") {
			t.Errorf("%s imports %s; its only doorway is %s", file, library, door)
		}
	}
}

func TestEveryPackageTellsItsStory(t *testing.T) {
	told, packages := map[string]bool{}, map[string]bool{}
	eachGoFile(t, func(file, dir string) {
		packages[dir] = true
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", file), nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if path.Base(file) == "doc.go" && parsed.Doc != nil {
			text := parsed.Doc.Text()
			told[dir] = strings.HasPrefix(text, "Package "+parsed.Name.Name+" ") || strings.HasPrefix(text, "Command ")
		}
	})
	for dir := range packages {
		if !told[dir] {
			t.Errorf("%s has no doc.go that begins with its name", dir)
		}
	}
}

func eachGoFile(t *testing.T, visit func(file, dir string)) {
	t.Helper()
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		base := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (base == "testdata" || base == "node_modules" || base == ".git" || base == "data"):
			return filepath.SkipDir
		case !entry.IsDir() && strings.HasSuffix(base, ".go"):
			file := strings.TrimPrefix(filepath.ToSlash(name), "../")
			visit(file, path.Dir(file))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func importsOf(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", file), nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	paths := make([]string, len(parsed.Imports))
	for i, spec := range parsed.Imports {
		paths[i], err = strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

// TestNobodyWritesPastTheTerminal looks for other ways to the screen in what is part of the program.
func TestNobodyWritesPastTheTerminal(t *testing.T) {
	t.Parallel()
	eachGoFile(t, func(file, dir string) {
		if strings.HasSuffix(file, "_test.go") || file == "server/cli/cli.go" || strings.HasPrefix(dir, ".ci") || strings.HasPrefix(dir, "testdata") ||
			strings.HasSuffix(dir, "test") || dir == "server/testenv" {
			return
		}
		text, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, way := range []string{"os.Stdout", "os.Stderr", "fmt.Print", "log.Print", "log.Fatal", "\tprintln(", "/dev/tty"} {
			if strings.Contains(string(text), way) {
				t.Errorf("%s uses %s; what strangers wrote reaches the screen only through terminal.go", file, way)
			}
		}
	})
}
