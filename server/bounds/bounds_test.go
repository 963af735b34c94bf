package bounds_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEachBoundSaysWhomItCountsAndIsUsedAndTested reads the table, and looks for each name in the code and in the tests.
func TestEachBoundSaysWhomItCountsAndIsUsedAndTested(t *testing.T) {
	used, tested := namesOutside(t)
	told := regexp.MustCompile(`(?s)\n\tper: .+\n\thonest: .+\n\tbeyond: `)
	table := tableOf(t)
	if len(table) < 5 {
		t.Fatalf("only %d bounds read", len(table))
	}
	for name, doc := range table {
		if !told.MatchString(doc) {
			t.Errorf("%s does not say per, honest and beyond, each in a line of its own", name)
		}
		if !used[name] {
			t.Errorf("nothing uses %s", name)
		}
		if !tested[name] {
			t.Errorf("no test names %s: show what happens beyond it, and that the honest case passes", name)
		}
	}
}

// tableOf is the exported constants and variables of bounds.go with their comments.
func tableOf(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "bounds.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	table := map[string]string{}
	for _, decl := range file.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range group.Specs {
			if value, ok := spec.(*ast.ValueSpec); ok {
				table[value.Names[0].Name] = value.Doc.Text()
			}
		}
	}
	return table
}

var mention = regexp.MustCompile(`\bbounds\.([A-Z]\w*)`)

func namesOutside(t *testing.T) (used, tested map[string]bool) {
	t.Helper()
	used, tested = map[string]bool{}, map[string]bool{}
	err := filepath.WalkDir("../..", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == ".git" || entry.Name() == "data" || entry.Name() == "bounds"):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		found := used
		if strings.HasSuffix(name, "_test.go") {
			found = tested
		}
		for _, m := range mention.FindAllStringSubmatch(string(text), -1) {
			found[m[1]] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return used, tested
}
