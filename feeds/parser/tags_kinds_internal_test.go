package parser

import (
	"slices"
	"testing"
)

// WordPress' name for having no category says nothing in any language, and is no hashtag.
func TestKindsOfNamesForHavingNoCategory(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Unkategorisiert", "Allgemein", "Non classé", "Sin categoría", "Senza categoria", "Geen categorie", "Sem categoria", "Без рубрики", "未分類",
		"未分类", "Bez kategorii", "Okategoriserade", "Ikke kategoriseret", "Uncategorised", "Luokittelematon", "Kategorisiz", "Nezařazené",
		"Egyéb kategória", "Χωρίς κατηγορία", "غير مصنف", "UNCATEGORIZED", " non&nbsp;classé ",
	} {
		if got := (Item{Tags: Tags([]string{name, "Tea"}, plainRSS)}).Hashtags(); !slices.Equal(got, []string{"Tea"}) {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, name := range []string{"Allgemeinbildung", "Kategorie", "Classé"} {
		if got := (Item{Tags: Tags([]string{name}, plainRSS)}).Hashtags(); !slices.Equal(got, []string{name}) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
