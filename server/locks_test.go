package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestNobodyAsksWithALockHeld: a question to the database or to the network may take a minute, and
// so does everybody who wants the lock then. Whoever asks takes a ctx, so nothing that takes one
// may be called between Lock and Unlock, nor anything logged.
func TestNobodyAsksWithALockHeld(t *testing.T) {
	locks := 0
	eachGoFile(t, func(file, _ string) {
		if strings.HasSuffix(file, "_test.go") {
			return
		}
		files := token.NewFileSet()
		parsed, err := parser.ParseFile(files, filepath.Join("..", file), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		n, asked := askedWithLock(parsed)
		locks += n
		for _, call := range asked {
			t.Errorf("%s: %s is called with a lock held", files.Position(call.Pos()), nameOf(call.Fun))
		}
	})
	if locks < 20 {
		t.Errorf("only %d locks found: is this the root?", locks)
	}
}

// TestQuestionsWithALockAreSeen keeps the rule above from allowing everything.
func TestQuestionsWithALockAreSeen(t *testing.T) {
	for text, want := range map[string]int{
		"s.mu.Lock(); defer s.mu.Unlock(); read(ctx)":                      1,
		"s.mu.Lock(); s.n++; s.mu.Unlock(); read(ctx)":                     0,
		"read(ctx); s.mu.Lock(); defer s.mu.Unlock(); s.n++":               0,
		"s.mu.RLock(); defer s.mu.RUnlock(); s.db.Query(r.Context(), q)":   1,
		"s.mu.Lock(); defer s.mu.Unlock(); if bad { s.Log.Warn(\"bad\") }": 1,
		"s.mu.Lock(); defer s.mu.Unlock(); go read(ctx)":                   0,
		"for { s.Lock(); s.Unlock(); read(ctx) }":                          0,
	} {
		parsed, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nfunc f() {\n"+text+"\n}", 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, asked := askedWithLock(parsed); len(asked) != want {
			t.Errorf("%d questions found in %s", len(asked), text)
		}
	}
}

func askedWithLock(file *ast.File) (locks int, asked []*ast.CallExpr) {
	ast.Inspect(file, func(n ast.Node) bool {
		var body *ast.BlockStmt
		switch f := n.(type) {
		case *ast.FuncDecl:
			body = f.Body
		case *ast.FuncLit:
			body = f.Body
		}
		if body != nil {
			n, found := askedIn(body)
			locks, asked = locks+n, append(asked, found...)
		}
		return true
	})
	return locks, asked
}

// askedIn goes through the calls of one function in the order in which they are written.
func askedIn(body *ast.BlockStmt) (locks int, asked []*ast.CallExpr) {
	held := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.GoStmt, *ast.DeferStmt: // later, or in another goroutine
			return false
		case *ast.CallExpr:
			name := nameOf(n.Fun)
			switch method := name[strings.LastIndex(name, ".")+1:]; {
			case method == "Lock" || method == "RLock":
				held, locks = true, locks+1
			case method == "Unlock" || method == "RUnlock":
				held = false
			case held && (strings.Contains(strings.ToLower(name), "log.") || slices.ContainsFunc(n.Args, isContext)):
				asked = append(asked, n)
			}
		}
		return true
	})
	return locks, asked
}

func isContext(arg ast.Expr) bool {
	if call, ok := arg.(*ast.CallExpr); ok {
		return strings.HasSuffix(nameOf(call.Fun), ".Context")
	}
	name := nameOf(arg)
	return name == "ctx" || strings.HasSuffix(name, "Ctx")
}

// nameOf writes a name with the fields before it: s.mu.Lock.
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return nameOf(e.X) + "." + e.Sel.Name
	}
	return ""
}

// TestLogHasOneDoorway: a line that is written past it has no bounds.
func TestLogHasOneDoorway(t *testing.T) {
	eachGoFile(t, func(file, _ string) {
		if strings.HasSuffix(file, "_test.go") || file == "server/app/serve.go" {
			return
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", file), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && slices.Contains([]string{"slog.NewTextHandler", "slog.NewJSONHandler", "log.Print", "log.Printf"}, nameOf(call.Fun)) {
				t.Errorf("%s makes a log of its own; newLogger makes one with bounds", file)
			}
			return true
		})
	})
}
