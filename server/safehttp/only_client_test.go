package safehttp_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// otherWays are the names of the standard library that lead out of the program without this package's checks.
var otherWays = map[string][]string{
	"net/http":          {"Get", "Post", "Head", "PostForm", "DefaultClient", "DefaultTransport", "Client", "Transport", "ProxyFromEnvironment"},
	"net":               {"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "DialUnix", "Dialer"},
	"crypto/tls":        {"Dial", "DialWithDialer", "Dialer"},
	"net/http/httputil": {"NewSingleHostReverseProxy", "ReverseProxy", "NewClientConn", "NewProxyClientConn"},
	"net/rpc":           {"Dial", "DialHTTP", "DialHTTPPath"},
	"net/smtp":          {"Dial", "SendMail"},
	"code.dny.dev/ssrf": {"New"},
}

// Mastodon's CVE-2026-27477 was a second client without the guard. Here there is none: no file of the program, whichever package,
// names another way out.
func TestNoOtherClientInTheProgram(t *testing.T) {
	root := filepath.Join("..", "..")
	files := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && leaveOut(path, entry.Name()):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		files++
		for _, found := range waysOut(t, path, nil) {
			t.Errorf("%s: only server/safehttp may send requests", found)
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Fatalf("read %d files, %v", files, err)
	}
}

// leaveOut: this package, and folders that the go command does not read either.
func leaveOut(path, name string) bool {
	hidden := strings.HasPrefix(name, ".") && strings.Trim(name, ".") != ""
	return hidden || name == "testdata" || name == "node_modules" || strings.HasSuffix(filepath.ToSlash(path), "server/safehttp")
}

func TestWaysOutAreSeen(t *testing.T) {
	const source = `package x
import (
	"net"
	web "net/http"
	"crypto/tls"
)
var a = &web.Client{}
var b = new(web.Client)
var c = net.Dialer{}
func f() { web.Get(""); web.DefaultClient.Do(nil); net.DialTimeout("", "", 0); tls.Dial("", "", nil) }
func g(h web.Handler) { net.Listen("tcp", ""); _ = web.MethodGet }
`
	if got := waysOut(t, "x.go", source); len(got) != 7 {
		t.Errorf("found %d: %v", len(got), got)
	}
	if got := waysOut(t, "x.go", "package x\nimport . \"net/http\"\nvar c = Client{}"); len(got) != 1 {
		t.Errorf("dot import: %v", got)
	}
}

// waysOut lists where a file names one of the other ways.
func waysOut(t *testing.T, path string, source any) (found []string) {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{} // local name → import path
	for _, spec := range file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		local := imported[strings.LastIndex(imported, "/")+1:]
		if spec.Name != nil {
			local = spec.Name.Name
		}
		if local == "." && otherWays[imported] != nil {
			found = append(found, files.Position(spec.Pos()).String()+": import . "+imported)
		}
		names[local] = imported
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if pkg, ok := selector.X.(*ast.Ident); ok && slices.Contains(otherWays[names[pkg.Name]], selector.Sel.Name) {
				found = append(found, files.Position(n.Pos()).String()+": "+pkg.Name+"."+selector.Sel.Name)
			}
		}
		return true
	})
	return found
}
