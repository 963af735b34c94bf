package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// field is one file in which mistakes are made. They are insertions into its text, so that what stands inside of one can have others.
type field struct {
	*plantation
	fset       *token.FileSet
	path       string
	source     string
	tree       *ast.File
	insertions []insertion
	results    []string // the types of the results of the function we are in
}

type insertion struct {
	at   int
	text string
	size int // of what it surrounds: at one place, the larger opens first and closes last
	open bool
}

// planted is the file with its mistakes.
func (f *field) planted(only *regexp.Regexp) string {
	for _, d := range f.tree.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body != nil && only.MatchString(d.Name.Name) {
				f.results = resultTypes(d.Type)
				ast.Inspect(d.Body, f.visit)
			}
		case *ast.GenDecl:
			if d.Tok == token.VAR && only.String() == "" {
				ast.Inspect(d, f.visit)
			}
		}
	}
	slices.SortStableFunc(f.insertions, func(a, b insertion) int {
		switch {
		case a.at != b.at:
			return a.at - b.at
		case a.open != b.open: // what ends here ends before what begins here
			if a.open {
				return 1
			}
			return -1
		case a.open:
			return b.size - a.size
		}
		return a.size - b.size
	})
	var b strings.Builder
	last := 0
	for _, i := range f.insertions {
		b.WriteString(f.source[last:i.at] + i.text)
		last = i.at
	}
	return b.String() + f.source[last:]
}

func resultTypes(t *ast.FuncType) []string {
	var types []string
	if t.Results == nil {
		return nil
	}
	for _, r := range t.Results.List {
		name := "?"
		if id, ok := r.Type.(*ast.Ident); ok {
			name = id.Name
		}
		types = append(types, slices.Repeat([]string{name}, max(1, len(r.Names)))...)
	}
	return types
}

// add makes a mutant and gives its number.
func (f *field) add(at ast.Node, format string, args ...any) int {
	line := f.fset.Position(at.Pos()).Line
	f.mutants = append(f.mutants, mutant{fmt.Sprintf("%s:%d", filepath.Base(f.path), line), fmt.Sprintf(format, args...)})
	return len(f.mutants)
}

func (f *field) offset(p token.Pos) int { return f.fset.Position(p).Offset }

func (f *field) text(n ast.Node) string { return f.source[f.offset(n.Pos()):f.offset(n.End())] }

func (f *field) surround(n ast.Node, before, after string) {
	start, end := f.offset(n.Pos()), f.offset(n.End())
	// Of two around the same node, the later one is inside.
	size := (end-start)*1000 - len(f.insertions)
	f.insertions = append(f.insertions, insertion{start, before, size, true}, insertion{end, after, size, false})
}

// wrongly makes a bool expression say something else.
func (f *field) wrongly(e ast.Expr, wrong string) {
	n := f.add(e, "%s  →  %s", oneLine(f.text(e)), oneLine(wrong))
	f.surround(e, fmt.Sprintf("mutateBool(%d, func() bool { return %s }, func() bool { return ", n, wrong), " })")
}

// word makes a string literal another word.
func (f *field) word(lit *ast.BasicLit) {
	if text, err := strconv.Unquote(lit.Value); err != nil || text == "" || strings.Contains(text, "%w") {
		return
	}
	n := f.add(lit, "%s  →  another word", oneLine(lit.Value))
	f.surround(lit, fmt.Sprintf("mutateText(%d, ", n), ")")
}

// without leaves a statement out.
func (f *field) without(s ast.Stmt) {
	n := f.add(s, "without %s", oneLine(f.text(s)))
	f.surround(s, fmt.Sprintf("if !mutateOn(%d) { ", n), " }")
}

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 90 {
		return s[:90] + "…"
	}
	return s
}
