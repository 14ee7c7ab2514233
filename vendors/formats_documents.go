package vendors

import "hansho/feeds"

// documentFormats are the standard forms in which makers, coordinators and
// databases publish.
func documentFormats() []feeds.Format {
	return []feeds.Format{
		{Name: "csaf", Parse: ParseCSAF, New: newCSAFSource},
		{Name: "cve5", Parse: ParseCVE5},
		{Name: "epss", Parse: ParseEPSS},
		{Name: "nvd", Parse: ParseNVD},
		{Name: "osv", Parse: ParseOSV},
	}
}
