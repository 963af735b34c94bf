package config

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/settings"
)

// BlogFlags returns the settings of one blog as flags, from settings.Infos: a pointer to a struct
// with a *string for each, which is nil where the flag was not given.
func BlogFlags() kong.Plugins {
	var fields []reflect.StructField
	for _, info := range settings.Infos() {
		flag := strings.ReplaceAll(info.Name, "_", "-")
		fields = append(fields, reflect.StructField{
			Name: "F_" + info.Name, Type: reflect.TypeFor[*string](),
			Tag: reflect.StructTag(fmt.Sprintf("name:%q help:%q placeholder:%q", flag, info.Help, info.Placeholder)),
		})
	}
	return kong.Plugins{reflect.New(reflect.StructOf(fields)).Interface()}
}

// ChangesOf returns the flags that were given, by the names of the settings.
func ChangesOf(flags kong.Plugins) Changes {
	values := map[string]*string{}
	for _, one := range flags {
		v := reflect.ValueOf(one).Elem()
		for i, info := range settings.Infos() {
			values[info.Name] = v.Field(i).Interface().(*string)
		}
	}
	return Given(values)
}

func Given(flags map[string]*string) Changes {
	c := Changes{}
	for name, value := range flags {
		if value != nil {
			c[name] = *value
		}
	}
	return c
}

// Changes are new values by name: a setting of settings.Names, or a part of the profile.
type Changes map[string]string

var profileKeys = []string{"title", "summary", "icon", "site"}

// Apply is what feeds.Edit wants.
func (c Changes) Apply(b *feeds.Blog) error {
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

// Line is a value of a blog, and its name.
type Line struct{ Name, Value string }

// Differences says in a line each what an edit has changed.
func Differences(was, is feeds.Blog) (lines []string) {
	before, after := Lines(was), Lines(is)
	for i, line := range after {
		if line != before[i] {
			lines = append(lines, fmt.Sprintf("%s: %s (was %s)", line.Name, line.Value, before[i].Value))
		}
	}
	return lines
}

// Lines returns the profile and the settings of a blog.
func Lines(b feeds.Blog) []Line {
	lines := []Line{
		{"title", b.Title}, {"summary", strings.Join(strings.Fields(b.Summary), " ")}, {"icon", b.IconURL}, {"site", b.SiteURL}, {"feed", b.FeedURL},
	}
	for _, info := range settings.Infos() {
		value := b.Settings.Get(info.Name)
		if value == "" {
			value = info.Usual + " (default)"
		}
		lines = append(lines, Line{info.Name, value})
	}
	return lines
}
