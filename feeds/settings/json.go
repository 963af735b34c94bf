package settings

import (
	"encoding/json"
	"fmt"
)

// Settings are stored as a JSON object of texts. A name that this version does not know was written
// by a newer one: it means nothing here and is still there after an edit. A known name with a value
// that is not known is an error, not a default: a post must not become public because an older
// program does not understand the word that keeps it from it.

// Read reads what JSON wrote; "" is all defaults.
func Read(text string) (s Settings, err error) {
	stored, err := settingsMap(text)
	if err != nil {
		return s, err
	}
	for _, k := range keys {
		raw, ok := stored[k.Name]
		if !ok {
			continue
		}
		var value string
		if err = json.Unmarshal(raw, &value); err == nil {
			err = k.set(&s, value)
		}
		if err != nil {
			return Settings{}, fmt.Errorf("%s: %w", k.Name, err)
		}
	}
	return s, nil
}

// JSON writes the settings into what is stored; "" where there are none.
func (s Settings) JSON(stored string) string {
	all, err := settingsMap(stored)
	if err != nil {
		all = map[string]json.RawMessage{}
	}
	for _, k := range keys {
		delete(all, k.Name)
		if value := k.get(&s); value != "" {
			all[k.Name], _ = json.Marshal(value) // strings always marshal
		}
	}
	if len(all) == 0 {
		return ""
	}
	text, _ := json.Marshal(all) // so do maps of them
	return string(text)
}

func settingsMap(text string) (map[string]json.RawMessage, error) {
	all := map[string]json.RawMessage{}
	if text == "" {
		return all, nil
	}
	return all, json.Unmarshal([]byte(text), &all)
}
