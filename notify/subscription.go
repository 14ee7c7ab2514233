package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Subscription is a standing wish of a channel or a person, made in Slack
// without an administrator; it adds to the routes of the configuration.
type Subscription struct {
	ID      string    `json:"id"`
	To      Address   `json:"to"`
	By      string    `json:"by"`
	Field   string    `json:"field"` // one of SubscriptionFields
	Value   string    `json:"value"`
	Lang    string    `json:"lang"`
	Created time.Time `json:"created"`
}

// SubscriptionFields are what can be subscribed to.
var SubscriptionFields = []string{"product", "vendor", "severity", "owner", "tag", "item", "source"}

// maxValue bounds what a subscription names, in bytes.
const maxValue = 400

// Check says what is wrong with a subscription.
func (s Subscription) Check() error {
	switch {
	case !slices.Contains(SubscriptionFields, s.Field):
		return fmt.Errorf("%q: want one of %s", s.Field, strings.Join(SubscriptionFields, ", "))
	case s.Value == "" || len(s.Value) > maxValue:
		return fmt.Errorf("%s: what it is about is missing, or too long", s.Field)
	case s.Field == "severity" && rank(s.Value) < 0:
		return fmt.Errorf("severity: %q is not one of %s", s.Value, strings.Join(ratings, ", "))
	}
	return nil
}
