package feeds

import "hansho/advisory"

func parseJPCERTPage(text string, doc Meta) (advisory.Advisory, error) { return advisory.Advisory{}, nil }
