package notify

import "time"

// Subscription is a standing wish of a channel or a person, made in Slack
// without an administrator; it adds to the routes of the configuration.
type Subscription struct {
	ID      string    `json:"id"`
	To      Address   `json:"to"`
	By      string    `json:"by"`
	Field   string    `json:"field"` // product, vendor, severity, owner
	Value   string    `json:"value"`
	Lang    string    `json:"lang"`
	Created time.Time `json:"created"`
}
