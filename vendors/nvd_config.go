package vendors

import (
	"hansho/advisory"
)

// configurations reads 1.1's object with nodes, or 2.0's array of objects with
// nodes. Several statements are alternatives.
func (n *nvdReader) configurations(e *nvdEntry) error {
	if n.dec.PeekKind() == '{' {
		return n.inside("nodes", func() error { return n.configs(&e.a.Configs, 0) })
	}
	return n.configs(&e.a.Configs, 0)
}

func (n *nvdReader) configs(list *[]advisory.Config, depth int) error {
	if depth > maxConfigDepth {
		return errTooDeep
	}
	return n.array(func() error {
		var c advisory.Config
		err := n.config(&c, depth)
		*list = append(*list, flatten(c))
		return err
	})
}

func (n *nvdReader) config(c *advisory.Config, depth int) error {
	return n.object(func(name []byte) error {
		switch string(name) {
		case "operator":
			return n.text(&c.Operator)
		case "negate":
			return n.flag(&c.Negate)
		case "children", "nodes":
			return n.configs(&c.Children, depth+1)
		case "cpe_match", "cpeMatch":
			return n.array(func() error {
				var m advisory.CPEMatch
				err := n.cpeMatch(&m)
				c.Matches = append(c.Matches, m)
				return err
			})
		}
		return n.skip()
	})
}

func (n *nvdReader) cpeMatch(m *advisory.CPEMatch) error {
	return n.object(func(name []byte) error {
		switch string(name) {
		case "vulnerable":
			return n.flag(&m.Vulnerable)
		case "cpe23Uri", "criteria":
			return n.text(&m.CPE)
		case "versionStartIncluding":
			return n.text(&m.StartIncluding)
		case "versionStartExcluding":
			return n.text(&m.StartExcluding)
		case "versionEndIncluding":
			return n.text(&m.EndIncluding)
		case "versionEndExcluding":
			return n.text(&m.EndExcluding)
		}
		return n.skip()
	})
}

// flatten drops a level that only wraps one node, as 2.0 does with every
// statement without a platform.
func flatten(c advisory.Config) advisory.Config {
	if len(c.Children) == 1 && len(c.Matches) == 0 && !c.Negate {
		return c.Children[0]
	}
	return c
}
