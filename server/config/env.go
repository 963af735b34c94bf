package config

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

const envPrefix = "BLOGHORN_"

// otherEnv are variables that no flag has: the secret key itself is not for command lines,
// screenshots are taken by tests. So is what begins with BLOGHORN_TEST_.
var otherEnv = []string{"BLOGHORN_SECRET_KEY", "BLOGHORN_SCREENSHOTS"}

// WarnOfEnvironment says which variables look like settings and are none. It is no error, as it is
// in the file: who starts us may have others by that name, and Kubernetes sets BLOGHORN_PORT and
// the like where a service is called bloghorn.
func WarnOfEnvironment(ctx *kong.Context) error {
	known := map[string]string{}
	for _, flag := range ctx.Model.Flags {
		for _, name := range flag.Envs {
			known[name] = name
		}
	}
	for _, name := range unknownEnv(os.Environ(), known) {
		advice := ""
		if near := Nearest(name, known); near != "" {
			advice = " Did you mean " + near + "?"
		}
		fmt.Fprintf(ctx.Stderr, "bloghorn: %s is no setting and has no effect.%s\n", name, advice)
	}
	return nil
}

func unknownEnv(environ []string, known map[string]string) (names []string) {
	for _, line := range environ {
		name, _, _ := strings.Cut(line, "=")
		rest, ours := strings.CutPrefix(name, envPrefix)
		link := rest == "PORT" || strings.HasPrefix(rest, "PORT_") || strings.HasPrefix(rest, "SERVICE_")
		test := strings.HasPrefix(rest, "TEST_")
		if ours && !link && !test && known[name] == "" && !slices.Contains(otherEnv, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
