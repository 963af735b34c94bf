package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// mutant is one mistake.
type mutant struct {
	place string // file:line
	what  string
}

func (m mutant) String() string { return m.place + ": " + m.what }

// plantation is a package with all mistakes in it, each behind its switch.
type plantation struct {
	dir     string
	name    string            // of the package
	files   map[string]string // by path: what the compiler shall read instead
	mutants []mutant
	consts  map[string]bool // names of constants of the package
}

// plant reads a package and makes its mistakes.
func plant(dir string, files []string, only *regexp.Regexp) (*plantation, error) {
	p := &plantation{dir: dir, files: map[string]string{}, consts: map[string]bool{}}
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	var fields []*field
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		tree, err := parser.ParseFile(fset, path, source, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		p.name = tree.Name.Name
		p.noteConstants(tree)
		if len(files) == 0 || slices.Contains(files, filepath.Base(path)) {
			fields = append(fields, &field{plantation: p, fset: fset, path: path, source: string(source), tree: tree})
		}
	}
	for _, f := range fields {
		p.files[f.path] = f.planted(only)
	}
	if len(p.mutants) == 0 {
		return nil, fmt.Errorf("nothing to change in %s", dir)
	}
	p.files[filepath.Join(dir, "mutate_switch.go")] = "package " + p.name + switches
	return p, nil
}

func (p *plantation) noteConstants(tree *ast.File) {
	for _, d := range tree.Decls {
		group, ok := d.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			for _, name := range spec.(*ast.ValueSpec).Names {
				p.consts[name.Name] = true
			}
		}
	}
}

// switches is the part of the package that says which mistake is made.
const switches = `

import (
	"os"
	"strconv"
)

var mutateNumber = func() int { n, _ := strconv.Atoi(os.Getenv("MUTANT")); return n }()

func mutateOn(n int) bool { return n == mutateNumber }

func mutateBool(n int, wrong, right func() bool) bool {
	if n == mutateNumber {
		return wrong()
	}
	return right()
}

func mutateText(n int, s string) string {
	if n == mutateNumber {
		return s + "~mutant"
	}
	return s
}
`
