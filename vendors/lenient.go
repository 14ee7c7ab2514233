package vendors

import (
	"encoding/json"
	"errors"
)

// decode fills v from a JSON document. What has another type than the format
// promises is left out and told as odd: a maker's notice isn't lost for one field.
// err says that the document is not JSON.
func decode(body []byte, v any) (odd, err error) {
	odd = json.Unmarshal(body, v)
	var syntax *json.SyntaxError
	if errors.As(odd, &syntax) {
		return nil, odd
	}
	return odd, nil
}
