// Package inventory holds what the company runs and with whom it works: items,
// partners, and the readers of the forms in which a company declares them
// (YAML, CSV, a spreadsheet, an SBOM, a package listing).
package inventory

import "time"

// Kind is what sort of thing an item is. The values are stored.
type Kind string

// The kinds of item that a company runs.
const (
	KindServer  Kind = "server"
	KindClient  Kind = "client"
	KindNetwork Kind = "network"
	KindIoT     Kind = "iot"
	KindCloud   Kind = "cloud"
	KindLibrary Kind = "library"
	KindService Kind = "service"
)

// Item is one thing the company runs. Only a name, a product or an identifier
// is needed; ID is made from them where it is missing, and stays the same.
type Item struct {
	ID       string   `json:"id" yaml:"id"`
	Name     string   `json:"name,omitempty" yaml:"name,omitempty"` // the company's own name: 受発注システム
	Vendor   string   `json:"vendor,omitempty" yaml:"vendor,omitempty"`
	Product  string   `json:"product,omitempty" yaml:"product,omitempty"`
	Version  string   `json:"version,omitempty" yaml:"version,omitempty"`
	CPE      string   `json:"cpe,omitempty" yaml:"cpe,omitempty"`
	PURL     string   `json:"purl,omitempty" yaml:"purl,omitempty"`
	Kind     Kind     `json:"kind,omitempty" yaml:"kind,omitempty"`
	Owner    string   `json:"owner,omitempty" yaml:"owner,omitempty"` // 部署
	Contact  string   `json:"contact,omitempty" yaml:"contact,omitempty"`
	Exposure string   `json:"exposure,omitempty" yaml:"exposure,omitempty"` // internet, internal, …
	Supplier string   `json:"supplier,omitempty" yaml:"supplier,omitempty"`
	Aliases  []string `json:"aliases,omitempty" yaml:"aliases,omitempty"`
	// Contains names what is built in: products ("Apache Log4j 2.14.1"), CPEs
	// or purls. An item that contains log4j is affected by log4j.
	Contains []string `json:"contains,omitempty" yaml:"contains,omitempty"`
	Tags     []string `json:"tags,omitempty" yaml:"tags,omitempty"`
	// StatusPage and SecurityPage are a cloud service's own pages.
	StatusPage   string `json:"status_page,omitempty" yaml:"status_page,omitempty"`
	SecurityPage string `json:"security_page,omitempty" yaml:"security_page,omitempty"`

	// Origin is where the item was declared (file:line), for messages.
	Origin string `json:"-" yaml:"-"`
	// Missing says that the last import of the item's file no longer had it.
	Missing bool `json:"missing,omitempty" yaml:"missing,omitempty"`
	// Imported says which import the item came from; nil where it was declared
	// by hand.
	Imported *Imported `json:"imported,omitempty" yaml:"imported,omitempty"`
}

// Imported is what an import wrote of an item.
type Imported struct {
	From string    `json:"from" yaml:"from"` // the origin of the import: a file's name
	Key  string    `json:"key" yaml:"key"`   // the item's id there, whatever a hand made of Item.ID
	Seen time.Time `json:"seen" yaml:"seen"` // the last import that had it
}

// Import is one origin as it was last imported. Items are the values that it
// had then, so that the next import can tell what a hand changed or took out.
type Import struct {
	Origin string `json:"origin" yaml:"origin"`
	Digest string `json:"digest" yaml:"digest"` // of the items and partners: the same again is no import
	// Seal is the digest of Items by themselves: a search and replace over the
	// whole file changes them too, and must not pass for what was imported.
	Seal  string    `json:"seal,omitempty" yaml:"seal,omitempty"`
	At    time.Time `json:"at" yaml:"at"`
	Items []Item    `json:"items" yaml:"items"`
}

// Partner is a company outside with which ours works: a supplier who is asked,
// a customer who is told.
type Partner struct {
	ID        string   `json:"id" yaml:"id"`
	Company   string   `json:"company" yaml:"company"`
	Person    string   `json:"person,omitempty" yaml:"person,omitempty"`
	Title     string   `json:"title,omitempty" yaml:"title,omitempty"`         // 部署・役職, set before the name
	Honorific string   `json:"honorific,omitempty" yaml:"honorific,omitempty"` // 様, 御中; chosen from Person where empty
	Lang      string   `json:"lang,omitempty" yaml:"lang,omitempty"`           // ja or en; ja where empty
	Class     string   `json:"class,omitempty" yaml:"class,omitempty"`         // how much detail: full, summary, minimal
	Role      string   `json:"role,omitempty" yaml:"role,omitempty"`           // supplier, customer, both
	Email     []string `json:"email,omitempty" yaml:"email,omitempty"`
	// VEX is the machine-readable form of our state that goes with letters to this
	// partner: openvex or csaf. It names each system, so the class must be full.
	VEX string `json:"vex,omitempty" yaml:"vex,omitempty"`
	// Channel is the mail channel of the configuration by which letters to this
	// partner go, such as one that writes in ISO-2022-JP; the usual one where empty.
	Channel string `json:"channel,omitempty" yaml:"channel,omitempty"`
	// Items are ids or tags of the items that concern this partner; empty is all.
	Items  []string `json:"items,omitempty" yaml:"items,omitempty"`
	Origin string   `json:"-" yaml:"-"`
	// From is the origin of the import that added the partner, empty for one
	// that was declared by hand.
	From string `json:"from,omitempty" yaml:"from,omitempty"`
}

// Inventory is all that a company declared.
type Inventory struct {
	Items    []Item    `json:"items" yaml:"items"`
	Partners []Partner `json:"partners,omitempty" yaml:"partners,omitempty"`
	Imports  []Import  `json:"imports,omitempty" yaml:"imports,omitempty"`
}
