package demo

import "html/template"

// timelineView is what the template of the timeline sees.
type timelineView struct {
	Options  Options
	Me       *person
	People   []*person
	Blog     remote
	Follow   following
	Articles []articleView
	Done     string // what was just done
	Problem  string // what went wrong
	Lost     string // what the person had written when it did
	Version  int
}

type articleView struct {
	article
	reactionView
	Text    template.HTML
	Excerpt string
	Anchor  string
	Replies []noteView
}

type noteView struct {
	note
	reactionView
	Anchor  string
	Mine    bool
	Replies []noteView
}

// reactionView is the likes and boosts of one thing, and who is looking.
type reactionView struct {
	Me             *person
	object         string
	Liked, Boosted bool
	Likes, Boosts  int
}

// button is a form with one button that does something or takes it back.
type button struct {
	Action, As, Object, Label string
	Pressed                   bool
	Count                     int
}

// LikeButton is what the person may do next.
func (v reactionView) LikeButton() button {
	return v.toggle("like", "Like", v.Liked, v.Likes)
}

// BoostButton is what the person may do next.
func (v reactionView) BoostButton() button {
	return v.toggle("boost", "Boost", v.Boosted, v.Boosts)
}

func (v reactionView) toggle(action, label string, on bool, count int) button {
	b := button{Action: action, As: v.Me.Name, Object: v.object, Label: label, Pressed: on, Count: count}
	if on {
		b.Action = "un" + action
	}
	return b
}
