package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/alecthomas/kong"

	"github.com/bloghorn/bloghorn/feeds"
	blogsettings "github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/web"
)

// blogEntry is one [[blogs]] of bloghorn.toml: what a blog that was added before shall be. It is applied when serve starts, so the file
// wins over what blog edit has stored.
type blogEntry struct {
	handle  string
	changes blogChanges
	where   string            // of its handle: "bloghorn.toml (line 7)"
	lines   map[string]string // the same of each change
}

const blogsKey = "blogs"

// readBlogs puts the [[blogs]] of the file into the settings, where no flag of kong's could hold them.
func readBlogs(ctx *kong.Context, path, text string) error {
	entries, err := parseBlogs(path, text)
	if err != nil {
		return err
	}
	if line, ok := ctx.Model.Target.Addr().Interface().(*commandLine); ok {
		line.settings.Blogs = entries
	}
	return nil
}

func parseBlogs(path, text string) (entries []blogEntry, err error) {
	var file struct{ Blogs []map[string]any }
	if _, err := toml.Decode(text, &file); err != nil {
		return nil, exit.With(exit.Config, "%s: blogs is written as [[blogs]], once for each blog: %v.", path, err)
	}
	for i, values := range file.Blogs {
		entry, err := parseBlog(path, text, i, values)
		if err != nil {
			return nil, err
		}
		twice := slices.ContainsFunc(entries, func(e blogEntry) bool { return e.handle == entry.handle })
		if twice {
			return nil, exit.With(exit.Config, "%s: the blog %q has two entries; keep one.", entry.where, entry.handle)
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

func parseBlog(path, text string, i int, values map[string]any) (blogEntry, error) {
	at := func(key string) string { return fmt.Sprintf("%s (line %d)", path, blogLineOf(text, i, key)) }
	entry := blogEntry{changes: blogChanges{}, where: at("handle"), lines: map[string]string{}}
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
			entry.handle = word
			continue
		}
		entry.changes[key], entry.lines[key] = word, at(key)
		if err := (blogChanges{key: word}).apply(&scratch); err != nil {
			return entry, exit.With(exit.Config, "%s: %w.", at(key), err)
		}
	}
	if _, _, err := feeds.ParseHandle(entry.handle); err != nil {
		return entry, exit.With(exit.Config, "%s: an entry of [[blogs]] needs the handle of its blog, as handle = \"tea\" or \"tea@blog.example\": %w.", entry.where, err)
	}
	return entry, nil
}

// blogKeys are what an entry may hold. The address of a feed is not among them: it has to be fetched and looked at first.
func blogKeys() map[string]string {
	keys := map[string]string{"handle": "handle"}
	for _, key := range append(blogsettings.Names(), profileKeys...) {
		keys[key] = key
	}
	return keys
}

func unknownBlogKey(where, key string, keys map[string]string) error {
	advice := ""
	if near := nearest(key, keys); near != "" {
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

// applyBlogs makes the blogs agree with the configuration file. One that it names and nobody has added is an error: a typing mistake
// would otherwise leave a blog public that was to be unlisted.
func (a *app) applyBlogs(ctx context.Context) error {
	for _, entry := range a.settings.Blogs {
		b, err := feeds.FindBlog(ctx, a.db, entry.handle)
		if errors.Is(err, web.ErrNotFound) {
			return a.unknownBlog(ctx, entry, err)
		}
		if err != nil {
			return exit.With(exit.Config, "%s: %w", entry.where, err)
		}
		was, is, err := a.changeBlog(ctx, b, entry.changes.apply)
		if err != nil {
			return exit.With(exit.Config, "%s: %s: %w", entry.where, entry.handle, err)
		}
		for _, line := range differences(was, is) {
			a.log.Info("set by the configuration file", "blog", b.Acct(), "change", line)
		}
	}
	return nil
}

func (a *app) unknownBlog(ctx context.Context, entry blogEntry, cause error) error {
	names := map[string]string{}
	err := eachBlog(ctx, a.db, func(b feeds.Blog) error {
		names[b.Username], names[b.Acct()] = b.Acct(), b.Acct()
		return nil
	})
	if err != nil {
		return err
	}
	advice := "Add it first: bloghorn blog add URL --handle " + entry.handle
	if near := nearest(entry.handle, names); near != "" {
		advice = fmt.Sprintf("Did you mean %q?", near)
	}
	return exit.With(exit.Config, "%s: %w. %s", entry.where, cause, advice)
}

// refuseFixed is an error where the file sets what is to be changed of a blog: it is applied
// whenever serve starts, so the change would not last. at are the host of the blog's handle and the
// one it is served from.
func (s settings) refuseFixed(username string, at [2]string, changes blogChanges) error {
	for _, entry := range s.Blogs {
		user, host, err := feeds.ParseHandle(entry.handle)
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
