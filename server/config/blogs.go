package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/server/exit"
)

// Blog is one [[blogs]] of bloghorn.toml: what a blog that was added before shall be. It is applied
// when serve starts, so the file wins over what blog edit has stored.
type Blog struct {
	Handle  string
	Changes Changes
	Where   string            // of its handle: "bloghorn.toml (line 7)"
	lines   map[string]string // the same of each change
}

const blogsKey = "blogs"

func ParseBlogs(path, text string) (entries []Blog, err error) {
	var file struct{ Blogs []map[string]any }
	if _, err := toml.Decode(text, &file); err != nil {
		return nil, exit.With(exit.Config, "%s: blogs is written as [[blogs]], once for each blog: %v.", path, err)
	}
	for i, values := range file.Blogs {
		entry, err := parseBlog(path, text, i, values)
		if err != nil {
			return nil, err
		}
		twice := slices.ContainsFunc(entries, func(e Blog) bool { return e.Handle == entry.Handle })
		if twice {
			return nil, exit.With(exit.Config, "%s: the blog %q has two entries; keep one.", entry.Where, entry.Handle)
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

func parseBlog(path, text string, i int, values map[string]any) (Blog, error) {
	at := func(key string) string { return fmt.Sprintf("%s (line %d)", path, blogLineOf(text, i, key)) }
	entry := Blog{Changes: Changes{}, Where: at("handle"), lines: map[string]string{}}
	keys := blogKeys()
	var scratch feeds.Blog
	for key, value := range values {
		if keys[key] == "" {
			return entry, unknownBlogKey(at(key), key, keys)
		}
		written, err := plain(value)
		if err != nil {
			return entry, exit.With(exit.Config, "%s: %s: %v.", at(key), key, err)
		}
		word, _ := written.(string) // an empty list is no value
		if key == "handle" {
			entry.Handle = word
			continue
		}
		entry.Changes[key], entry.lines[key] = word, at(key)
		if err := (Changes{key: word}).Apply(&scratch); err != nil {
			return entry, exit.With(exit.Config, "%s: %w.", at(key), err)
		}
	}
	if _, _, err := feeds.ParseHandle(entry.Handle); err != nil {
		return entry, exit.With(exit.Config, "%s: an entry of [[blogs]] needs the handle of its blog, as handle = \"tea\" or \"tea@blog.example\": %w.", entry.Where, err)
	}
	return entry, nil
}

// blogKeys are what an entry may hold. The address of a feed is not among them: it has to be
// fetched and looked at first.
func blogKeys() map[string]string {
	keys := map[string]string{"handle": "handle"}
	for _, key := range append(settings.Names(), profileKeys...) {
		keys[key] = key
	}
	return keys
}

func unknownBlogKey(where, key string, keys map[string]string) error {
	advice := ""
	if near := Nearest(key, keys); near != "" {
		advice = fmt.Sprintf(" Did you mean %q?", near)
	}
	if key == "feed" {
		advice = " The feed is changed by: bloghorn blog edit NAME --feed URL."
	}
	return exit.With(exit.Config, "%s: the key %q of [[blogs]] is unknown.%s", where, key, advice)
}

// blogLineOf finds the line of a key in the i-th [[blogs]], or else that of its header.
func blogLineOf(text string, i int, key string) int {
	header, entry := 1, -1
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") && strings.Trim(line, "[] \t") == blogsKey {
			if entry++; entry == i {
				header = n + 1
			}
			continue
		}
		name, _, found := strings.Cut(line, "=")
		if entry == i && found && strings.Trim(name, ` "'`) == key {
			return n + 1
		}
	}
	return header
}

// RefuseFixed is an error where the file sets what is to be changed of a blog: it is applied
// whenever serve starts, so the change would not last. at are the host of the blog's handle and the
// one it is served from.
func (s Settings) RefuseFixed(username string, at [2]string, changes Changes) error {
	for _, entry := range s.Blogs {
		user, host, err := feeds.ParseHandle(entry.Handle)
		if err != nil || user != username || host != "" && !slices.Contains(at[:], host) {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(changes)) {
			if where, fixed := entry.lines[key]; fixed {
				return exit.With(exit.Refused, "%s is set by %s, which holds whenever serve starts. Nothing was changed. Change it there, or take that line out", key, where)
			}
		}
	}
	return nil
}
