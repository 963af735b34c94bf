package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/testenv"
)

func main() {
	environ := os.Environ() // the command's temporary files stay where they were: it may run some of them
	remove := testenv.InMemory()
	code, err := run(os.Args[1:], environ)
	remove()
	if err != nil {
		fmt.Fprintln(os.Stderr, "withmysql:", err)
	}
	os.Exit(code)
}

func run(args, environ []string) (code int, err error) {
	if len(args) == 0 {
		return 2, errors.New("no command was named: go run ./.ci/withmysql COMMAND")
	}
	url, stop, err := databasetest.Serve()
	if err != nil {
		return 1, err
	}
	defer stop()
	command := exec.Command(args[0], args[1:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	command.Env = append(environ, "BLOGHORN_TEST_MYSQL="+url)
	err = command.Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return ended.ExitCode(), nil
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}
