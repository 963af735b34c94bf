package activitypub

// Public is the collection that stands for everybody, as we write it. Readers meet it in three
// spellings; IsPublic knows them.
const Public = "https://www.w3.org/ns/activitystreams#Public"

// IsPublic says whether a reference means everybody.
func IsPublic(ref string) bool {
	return ref == Public || ref == "as:Public" || ref == "Public"
}

// Ref is the id that the property refers to: a string, the id of an embedded object, the href of a
// Link, or the first of these in a list. It is "" where there is none. Where several would be a
// lie, ask Single.
func (o Object) Ref(key string) string {
	for _, v := range list(o[key]) {
		if ref := reference(v); ref != "" {
			return ref
		}
	}
	return ""
}

// Refs are all ids that the property refers to, in order, 1000 at most.
func (o Object) Refs(key string) []string {
	var refs []string
	for _, v := range list(o[key]) {
		if ref := reference(v); ref != "" {
			refs = append(refs, ref)
		}
	}
	return refs
}

// Single is the id that the property refers to, and true only where it refers to exactly one. Who
// acts and who wrote must be read with it: of a list, one reader takes the first and another the
// last.
func (o Object) Single(key string) (string, bool) {
	values := list(o[key])
	if len(values) != 1 {
		return "", false
	}
	ref := reference(values[0])
	return ref, ref != ""
}

func reference(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	o, _ := asObject(v)
	if id := o.ID(); id != "" {
		return id
	}
	href, _ := o["href"].(string)
	return href
}

// Visibility is who may read an object.
type Visibility string

const (
	VisibilityPublic   Visibility = "public"
	VisibilityUnlisted Visibility = "unlisted" // readable by everybody, not promoted
	VisibilityPrivate  Visibility = "private"  // followers only, direct, or not said
)

// VisibilityOf reads the object's own to and cc and nothing else: what the activity around it says
// does not count, and an object without addresses is private.
func VisibilityOf(o Object) Visibility {
	for _, ref := range o.Refs("to") {
		if IsPublic(ref) {
			return VisibilityPublic
		}
	}
	for _, ref := range o.Refs("cc") {
		if IsPublic(ref) {
			return VisibilityUnlisted
		}
	}
	return VisibilityPrivate
}
