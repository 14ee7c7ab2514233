package advisory

import (
	"fmt"
	"strconv"
)

// trustNames are how people write the ranks of trust in a configuration.
var trustNames = map[Trust]string{
	TrustCommunity:   "community",
	TrustDatabase:    "database",
	TrustCoordinator: "coordinator",
	TrustMaker:       "maker",
}

// String gives the rank's name, or its number where it has none.
func (t Trust) String() string {
	if name, ok := trustNames[t]; ok {
		return name
	}
	return strconv.Itoa(int(t))
}

// MarshalText writes the rank as String does.
func (t Trust) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads a rank by its name (community, database, coordinator,
// maker) or as a number. Empty is unset.
func (t *Trust) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*t = 0
		return nil
	}
	for rank, name := range trustNames {
		if name == string(text) {
			*t = rank
			return nil
		}
	}
	n, err := strconv.Atoi(string(text))
	if err != nil {
		return fmt.Errorf("trust %q: want community, database, coordinator or maker", text)
	}
	*t = Trust(n)
	return nil
}

// UnmarshalYAML reads the same words. A catalogue has one on each entry, and for
// a mere text the library walks through the whole document.
func (t *Trust) UnmarshalYAML(unmarshal func(any) error) error {
	var text string
	if err := unmarshal(&text); err != nil {
		return err
	}
	return t.UnmarshalText([]byte(text))
}
