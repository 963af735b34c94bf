package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/alecthomas/kong"

	"github.com/bloghorn/bloghorn/server/exit"
)

const DefaultFile = "bloghorn.toml"

// ReadFile gives kong the values of bloghorn.toml for settings that neither a flag nor the
// environment sets. Its command line embeds settings.
func ReadFile(ctx *kong.Context) error {
	path, named := DefaultFile, false
	for _, flag := range ctx.Model.Flags {
		if flag.Name == "config" {
			if value, _ := ctx.FlagValue(flag).(string); value != "" {
				path, named = value, true
			}
		}
	}
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !named:
		return nil
	case errors.Is(err, fs.ErrPermission):
		return exit.With(exit.Config, "the configuration file may not be read: %v. Run this as the user Bloghorn runs as, or let that file be read.", err)
	case err != nil:
		return exit.With(exit.Config, "the configuration file cannot be read: %v. Check the path given by --config or BLOGHORN_CONFIG.", err)
	}
	values, err := parseConfig(path, string(text), settingKeys(ctx.Model))
	if err != nil {
		return err
	}
	values.belongTo(filepath.Dir(path))
	ctx.AddResolver(values)
	blogs, err := ParseBlogs(path, string(text))
	if err != nil {
		return err
	}
	ctx.Model.Target.Addr().Interface().(interface{ readFrom(string, []Blog) }).readFrom(path, blogs)
	return nil
}

// readFrom keeps what no flag of kong's could hold.
func (s *Settings) readFrom(path string, blogs []Blog) { s.ConfigFile, s.Blogs = path, blogs }

// configValues are the values of a file by the name of their flag.
type configValues map[string]any

// belongTo makes the paths of a file those beside it, whatever folder a command is typed in.
func (c configValues) belongTo(folder string) {
	if c["data-dir"] == nil {
		c["data-dir"] = "data"
	}
	for _, name := range []string{"data-dir", "secret-key-file"} {
		if path, ok := c[name].(string); ok && path != "" && !filepath.IsAbs(path) {
			c[name] = filepath.Join(folder, path)
		}
	}
	if url, ok := c["database-url"].(string); ok {
		if path, sqlite := strings.CutPrefix(url, "sqlite:"); sqlite && path != "" && !filepath.IsAbs(path) {
			c["database-url"] = "sqlite:" + filepath.Join(folder, path)
		}
	}
}

// Validate has nothing left to do: parseConfig has refused unknown keys.
func (configValues) Validate(*kong.Application) error { return nil }

// Resolve gives the file's value, unless the environment has one: kong asks resolvers after it has
// read the environment.
func (c configValues) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	value, ok := c[flag.Name]
	if !ok {
		return nil, nil
	}
	return value, nil
}

// settingKeys maps each key of the file ("feed.poll_interval") to its flag ("feed-poll-interval").
func settingKeys(model *kong.Application) map[string]string {
	keys := map[string]string{}
	for _, flag := range model.Flags {
		if len(flag.Envs) == 0 || flag.Name == "config" {
			continue
		}
		keys[KeyOf(flag.Name)] = flag.Name
	}
	return keys
}

// KeyOf is the key of the file for a flag.
func KeyOf(flag string) string {
	for _, section := range []string{"database", "feed", "federation", "moderation", "admin", "ops"} {
		if rest, ok := strings.CutPrefix(flag, section+"-"); ok {
			flag = section + "." + rest
		}
	}
	return strings.ReplaceAll(flag, "-", "_")
}

// parseConfig reads the text of a file. An unknown key is an error with its line and the nearest
// right name: a setting that is silently ignored looks like a bug of the program.
func parseConfig(path, text string, keys map[string]string) (configValues, error) {
	var tree map[string]any
	meta, err := toml.Decode(text, &tree)
	if err != nil {
		var at toml.ParseError
		if errors.As(err, &at) {
			return nil, exit.With(exit.Config, "%s is not valid TOML: %s (line %d).", path, at.Message, at.Position.Line)
		}
		return nil, exit.With(exit.Config, "%s is not valid TOML: %v.", path, err)
	}
	values := configValues{}
	for _, key := range meta.Keys() {
		if key[0] == blogsKey {
			continue // blogs.go reads them
		}
		name := strings.Join(key, ".")
		value := lookup(tree, key)
		if _, section := value.(map[string]any); section && isSection(name, keys) {
			continue
		}
		flag, known := keys[name]
		if !known {
			return nil, unknownKey(path, text, key, keys)
		}
		if values[flag], err = plain(value); err != nil {
			return nil, exit.With(exit.Config, "%s: %s: %v (line %d).", path, name, err, lineOf(text, key))
		}
	}
	return values, nil
}

func lookup(tree map[string]any, key toml.Key) any {
	var value any = tree
	for _, part := range key {
		branch, _ := value.(map[string]any)
		value = branch[part]
	}
	return value
}

func isSection(name string, keys map[string]string) bool {
	for key := range keys {
		if strings.HasPrefix(key, name+".") {
			return true
		}
	}
	return false
}

// plain turns a TOML value into what kong's parsers read: text, or texts joined by commas.
func plain(value any) (any, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case int64, bool, float64:
		return fmt.Sprint(v), nil
	case []any:
		if len(v) == 0 {
			return nil, nil // as if the line were not there
		}
		texts := make([]string, len(v))
		for i, one := range v {
			text, ok := one.(string)
			if !ok {
				return nil, errors.New("a list holds texts in quotes")
			}
			texts[i] = text
		}
		return strings.Join(texts, ","), nil
	}
	return nil, fmt.Errorf("a value of this kind (%T) has no meaning here", value)
}

func unknownKey(path, text string, key toml.Key, keys map[string]string) error {
	name := strings.Join(key, ".")
	advice := ""
	if near := Nearest(name, keys); near != "" {
		advice = fmt.Sprintf(" Did you mean %q?", near)
	}
	return exit.With(exit.Config, "%s: the key %q is unknown.%s (line %d)", path, name, advice, lineOf(text, key))
}

// Nearest is the key most like name, "" if none is close.
func Nearest(name string, keys map[string]string) string {
	best, near := "", len(name)/2+1
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		// A key written without its section, or in the wrong one, counts by its last part.
		d := min(distance(name, key), distance(lastPart(name), lastPart(key))+1)
		if d < near {
			best, near = key, d
		}
	}
	return best
}

func lastPart(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }

// distance is Levenshtein's: how many letters to add, drop or change.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}

// lineOf finds the line a key stands on, which the TOML library does not tell.
func lineOf(text string, key toml.Key) int {
	section := ""
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if header, ok := strings.CutPrefix(line, "["); ok {
			section = strings.Trim(header, "[] ") + "."
			if strings.TrimSuffix(section, ".") == strings.Join(key, ".") {
				return i + 1
			}
			continue
		}
		name, _, found := strings.Cut(line, "=")
		if found && section+strings.Trim(name, ` "'`) == strings.Join(key, ".") {
			return i + 1
		}
	}
	return 1
}
