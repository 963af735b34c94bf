package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// The operators that a comparison is mistaken for.
var mistaken = map[token.Token][]string{
	token.EQL: {"!="}, token.NEQ: {"=="}, token.LSS: {"<=", ">="}, token.LEQ: {"<", ">"}, token.GTR: {">=", "<="}, token.GEQ: {">", "<"},
}

// visit makes the mistakes of one node.
func (f *field) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncLit:
		outer := f.results
		f.results = resultTypes(n.Type)
		ast.Inspect(n.Body, f.visit)
		f.results = outer
		return false
	case *ast.BinaryExpr:
		f.comparison(n)
	case *ast.IfStmt:
		f.condition(n.Cond)
	case *ast.ForStmt:
		f.condition(n.Cond)
	case *ast.SwitchStmt:
		f.cases(n)
	case *ast.ReturnStmt:
		f.returns(n)
	case *ast.CompositeLit:
		f.words(n)
	case *ast.CallExpr:
		return !isTalk(n) && f.call(n)
	case *ast.BlockStmt:
		f.statements(n.List)
	case *ast.CaseClause:
		f.statements(n.Body)
	case *ast.ImportSpec:
		return false
	}
	return true
}

// isTalk says that a call only makes words for people, or a pattern, in which any mistake is as good as another.
func isTalk(call *ast.CallExpr) bool {
	name, pkg := called(call)
	return pkg == "errors" || pkg == "regexp" || pkg == "fmt" && name == "Errorf" || name == "panic" || name == "dropped" || name == "done"
}

func called(call *ast.CallExpr) (name, pkg string) {
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		return fun.Name, ""
	case *ast.SelectorExpr:
		if x, ok := fun.X.(*ast.Ident); ok {
			pkg = x.Name
		}
		return fun.Sel.Name, pkg
	}
	return "", ""
}

func (f *field) comparison(e *ast.BinaryExpr) {
	left, right := f.text(e.X), f.text(e.Y)
	switch e.Op {
	case token.LAND, token.LOR:
		f.wrongly(e, left)
		f.wrongly(e, right)
		return
	}
	for _, op := range mistaken[e.Op] {
		f.wrongly(e, left+" "+op+" "+right)
	}
	if mistaken[e.Op] == nil || e.Op == token.EQL || e.Op == token.NEQ {
		return
	}
	for _, side := range []struct {
		e ast.Expr
		f string
	}{{e.X, "(%s + 1) " + e.Op.String() + " " + right}, {e.Y, left + " " + e.Op.String() + " (%s + 1)"}} {
		if f.isConstant(side.e) {
			f.wrongly(e, fmt.Sprintf(side.f, f.text(side.e)))
		}
	}
}

func (f *field) isConstant(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Kind == token.INT
	case *ast.Ident:
		return f.consts[e.Name]
	}
	return false
}

// condition negates what is not a comparison already.
func (f *field) condition(e ast.Expr) {
	if _, compares := e.(*ast.BinaryExpr); e != nil && !compares {
		f.wrongly(e, "!("+f.text(e)+")")
	}
}

func (f *field) cases(s *ast.SwitchStmt) {
	for _, c := range s.Body.List {
		for _, e := range c.(*ast.CaseClause).List {
			if s.Tag == nil {
				f.condition(e)
			} else if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				f.word(lit)
			}
		}
	}
}

// returns forgets an error, negates a bool and empties a string.
func (f *field) returns(s *ast.ReturnStmt) {
	if len(s.Results) != len(f.results) {
		return
	}
	var values []string
	for _, r := range s.Results {
		values = append(values, f.text(r))
	}
	for i, kind := range f.results {
		wrong := slices.Clone(values)
		switch _, compares := s.Results[i].(*ast.BinaryExpr); {
		case kind == "error" && values[i] != "nil":
			wrong[i] = "nil"
		case kind == "bool" && !compares:
			wrong[i] = "!(" + values[i] + ")"
		case kind == "string" && values[i] != `""`:
			wrong[i] = `""`
		default:
			continue
		}
		n := f.add(s, "return %s  →  %s", oneLine(strings.Join(values, ", ")), oneLine(strings.Join(wrong, ", ")))
		f.surround(s, fmt.Sprintf("if mutateOn(%d) { return %s }; ", n, strings.Join(wrong, ", ")), "")
	}
}

func (f *field) words(list *ast.CompositeLit) {
	for _, e := range list.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.BasicLit); ok && key.Kind == token.STRING {
				f.word(key)
			}
			e = pair.Value
		}
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			f.word(lit)
		}
	}
}

// call changes the words that a function is given.
func (f *field) call(call *ast.CallExpr) bool {
	for _, arg := range call.Args {
		if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			f.word(lit)
		}
	}
	return true
}

func (f *field) statements(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.ExprStmt, *ast.IncDecStmt:
			f.without(s)
		case *ast.AssignStmt:
			if s.Tok != token.DEFINE {
				f.without(s)
			}
		}
	}
}
