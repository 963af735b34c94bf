package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// suite is a test binary and how it is run.
type suite struct {
	run     string
	skip    string
	short   bool
	workers int

	scratch string
	limit   time.Duration // of one run: a mutant may loop for ever
}

// compile makes the binary, and sees that its tests pass while no mistake is made.
func (s *suite) compile(p *plantation) (err error) {
	if s.scratch, err = os.MkdirTemp("", "mutate"); err != nil {
		return err
	}
	replace := map[string]string{}
	for path, text := range p.files {
		replace[path] = filepath.Join(s.scratch, filepath.Base(path))
		if err := os.WriteFile(replace[path], []byte(text), 0o600); err != nil {
			return err
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	at := filepath.Join(s.scratch, "overlay.json")
	if err := os.WriteFile(at, overlay, 0o600); err != nil {
		return err
	}
	c := exec.Command("go", "test", "-c", "-vet=off", "-overlay", at, "-o", s.binary(), ".")
	c.Dir = p.dir
	if said, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("the package with its mutants does not compile: %w\n%s", err, said)
	}
	began := time.Now()
	s.limit = 10 * time.Minute
	if passed, said := s.passes(p.dir, 0); !passed {
		return fmt.Errorf("the tests fail without any mutant\n%s", said)
	}
	s.limit = 20*time.Second + 5*time.Since(began)
	return nil
}

func (s *suite) binary() string { return filepath.Join(s.scratch, "mutants.test") }

// passes runs the tests with a mistake made.
func (s *suite) passes(dir string, number int) (passed bool, said []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), s.limit)
	defer cancel()
	args := []string{"-test.failfast", "-test.run", s.run, "-test.skip", s.skip}
	if s.short {
		args = append(args, "-test.short")
	}
	c := exec.CommandContext(ctx, s.binary(), args...)
	c.Dir = dir
	c.Env = append(os.Environ(), fmt.Sprint("MUTANT=", number))
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	return c.Run() == nil, out.Bytes()
}

// try makes one mistake after the other, prints those that no test noticed, and counts the others.
func (s *suite) try(p *plantation) (killed int, err error) {
	if s.workers < 1 {
		return 0, errors.New("somebody has to work")
	}
	numbers := make(chan int)
	var busy sync.WaitGroup
	var dead atomic.Int64
	for range s.workers {
		busy.Go(func() {
			for i := range numbers {
				if passed, _ := s.passes(p.dir, i+1); passed {
					fmt.Println("survived:", p.mutants[i])
				} else {
					dead.Add(1)
				}
			}
		})
	}
	for i := range p.mutants {
		numbers <- i
	}
	close(numbers)
	busy.Wait()
	return int(dead.Load()), nil
}
