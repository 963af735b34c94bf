package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

func main() {
	files := flag.String("files", "", "the files to make mistakes in, with commas between them; all of the package if empty")
	only := flag.String("only", "", "the functions to make them in, as a regular expression")
	run := flag.String("run", "", "the tests to run, as for go test")
	skip := flag.String("skip", "", "the tests to leave out, such as slow ones")
	short := flag.Bool("short", false, "run the tests with -short")
	workers := flag.Int("workers", 2, "how many tests run at once")
	list := flag.Bool("list", false, "print the mutants and run nothing")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: mutate [flags] ./folder/of/package")
		flag.Usage()
		os.Exit(2)
	}
	pattern, err := regexp.Compile(*only)
	if err == nil {
		err = mutate(flag.Arg(0), names(*files), pattern, *list, suite{run: *run, skip: *skip, short: *short, workers: *workers})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func names(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}

func mutate(dir string, files []string, only *regexp.Regexp, list bool, s suite) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	p, err := plant(dir, files, only)
	if err != nil {
		return err
	}
	if list {
		for _, m := range p.mutants {
			fmt.Println(m)
		}
		return nil
	}
	if err := s.compile(p); err != nil {
		return err
	}
	defer os.RemoveAll(s.scratch)
	began := time.Now()
	killed, err := s.try(p)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d of %d killed in %v\n", filepath.Base(dir), killed, len(p.mutants), time.Since(began).Round(time.Second))
	return nil
}
