package cli

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/bloghorn/bloghorn/feeds"
	blogsettings "github.com/bloghorn/bloghorn/feeds/settings"
)

// newBlogFlags returns the settings of one blog as flags, from blogsettings.Infos: a pointer to a struct with a *string for each, which
// is nil where the flag was not given.
func newBlogFlags() kong.Plugins {
	var fields []reflect.StructField
	for _, info := range blogsettings.Infos() {
		flag := strings.ReplaceAll(info.Name, "_", "-")
		fields = append(fields, reflect.StructField{
			Name: "F_" + info.Name, Type: reflect.TypeFor[*string](),
			Tag: reflect.StructTag(fmt.Sprintf("name:%q help:%q placeholder:%q", flag, info.Help, info.Placeholder)),
		})
	}
	return kong.Plugins{reflect.New(reflect.StructOf(fields)).Interface()}
}

// changesOf returns the flags that were given, by the names of the settings.
func changesOf(flags kong.Plugins) blogChanges {
	values := map[string]*string{}
	for _, one := range flags {
		v := reflect.ValueOf(one).Elem()
		for i, info := range blogsettings.Infos() {
			values[info.Name] = v.Field(i).Interface().(*string)
		}
	}
	return given(values)
}

func given(flags map[string]*string) blogChanges {
	c := blogChanges{}
	for name, value := range flags {
		if value != nil {
			c[name] = *value
		}
	}
	return c
}

// blogChanges are new values by name: a setting of blogsettings.Names, or a part of the profile.
type blogChanges map[string]string

var profileKeys = []string{"title", "summary", "icon", "site"}

// apply is what feeds.Edit wants.
func (c blogChanges) apply(b *feeds.Blog) error {
	for name, value := range c {
		switch name {
		case "title":
			b.Title = value
		case "summary":
			b.Summary = value
		case "icon":
			b.IconURL = value
		case "site":
			b.SiteURL = value
		case "feed":
			b.FeedURL = value
		default:
			if err := b.Settings.Set(name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// differences says in a line each what an edit has changed.
func differences(was, is feeds.Blog) (lines []string) {
	before, after := blogLines(was), blogLines(is)
	for i, line := range after {
		if line != before[i] {
			lines = append(lines, fmt.Sprintf("%s: %s (was %s)", line.name, line.value, before[i].value))
		}
	}
	return lines
}

func blogLines(b feeds.Blog) []namedValue {
	lines := []namedValue{
		{"title", b.Title}, {"summary", strings.Join(strings.Fields(b.Summary), " ")}, {"icon", b.IconURL}, {"site", b.SiteURL}, {"feed", b.FeedURL},
	}
	for _, info := range blogsettings.Infos() {
		value := b.Settings.Get(info.Name)
		if value == "" {
			value = info.Usual + " (default)"
		}
		lines = append(lines, namedValue{info.Name, value})
	}
	return lines
}
