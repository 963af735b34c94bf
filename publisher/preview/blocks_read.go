package preview

import (
	"slices"
	"strings"
)

// withoutPictures is text as servers show it that take no pictures inside. Their captions stay, as
// text.
func withoutPictures(blocks []Block) []Block {
	var kept []Block
	for _, b := range blocks {
		switch {
		case b.Kind == "picture":
			continue
		case b.Kind == "caption":
			b.Kind = "paragraph"
		case b.Inside != nil:
			if b.Inside = withoutPictures(b.Inside); b.Inside == nil {
				continue
			}
		}
		kept = append(kept, b)
	}
	return kept
}

func hasPicture(blocks []Block) bool {
	return slices.ContainsFunc(blocks, func(b Block) bool { return b.Kind == "picture" || hasPicture(b.Inside) })
}

// withoutTitle is the text as it goes into a community, where the title is not its first line.
func withoutTitle(blocks []Block, title string) []Block {
	if title != "" && len(blocks) > 0 && blocks[0].Kind == "paragraph" && len(blocks[0].Runs) == 1 && blocks[0].Runs[0].Strong &&
		blocks[0].Runs[0].Text == title {
		return blocks[1:]
	}
	return blocks
}

// firstLink is the first address that a text leads to, mentions and hashtags left aside.
func firstLink(blocks []Block) string {
	for _, b := range blocks {
		for _, r := range b.Runs {
			if strings.HasPrefix(r.Href, "http") && !r.Tag {
				return r.Href
			}
		}
		if target := firstLink(b.Inside); target != "" {
			return target
		}
	}
	return ""
}

// firstLine is the first line of a text.
func firstLine(blocks []Block) string {
	for _, b := range blocks {
		line, _, _ := strings.Cut(strings.TrimSpace(runsText(b.Runs)), "\n")
		if line == "" {
			line = firstLine(b.Inside)
		}
		if line != "" {
			return line
		}
	}
	return ""
}

// textOf is all the text of blocks.
func textOf(blocks []Block) string {
	var text strings.Builder
	for _, b := range blocks {
		text.WriteString(runsText(b.Runs) + " " + textOf(b.Inside) + " ")
	}
	return text.String()
}

func runsText(runs []Run) string {
	var text strings.Builder
	for _, r := range runs {
		text.WriteString(r.Text)
	}
	return text.String()
}
