package vendors

import "strings"

// The sharing groups that are nobody's: everyone, and no one.
const (
	publicGroup  = "ffffffff-ffff-ffff-ffff-ffffffffffff"
	nobodysGroup = "00000000-0000-0000-0000-000000000000"
)

// reservedGroups are what 2.1 wants those called, and nothing else.
var reservedGroups = map[string]string{publicGroup: "Public", nobodysGroup: "No sharing allowed"}

// csafSharing is the group that a document is for (2.1).
type csafSharing struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// sharing compares a document's sharing group with its TLP label (6.1.38, 6.1.39)
// and with its own name (6.1.40, 6.1.41).
func (c *checker) sharing() {
	group, label := c.d.Document.Distribution.Sharing, c.d.Document.Distribution.TLP.Label
	if group == nil {
		return
	}
	clear := strings.EqualFold(label, "CLEAR")
	unshared := group.ID == nobodysGroup && c.d.Document.Tracking.Status == "draft"
	switch {
	case group.ID == publicGroup && !clear:
		c.flaw("6.1.38", "shared with everyone, and TLP:%s", label)
	case group.ID != publicGroup && clear && !unshared:
		c.flaw("6.1.39", "TLP:CLEAR, and shared with %s only", group.ID)
	}
	for id, name := range reservedGroups {
		if group.Name == name && group.ID != id {
			c.flaw("6.1.40", "sharing group %s is called %q", group.ID, name)
		}
	}
	if name, ok := reservedGroups[group.ID]; ok && group.Name != name {
		c.flaw("6.1.41", "sharing group %s is called %q, not %q", group.ID, group.Name, name)
	}
}
