package vendors

import "hansho/feeds"

// documentFormats are the standard forms in which makers, coordinators and
// databases publish.
func documentFormats() []feeds.Format {
	return []feeds.Format{
		{Name: "csaf", Parse: ParseCSAF, New: newCSAFSource},
		{Name: "cve5", Parse: ParseCVE5, New: newCVE5Source},
		{Name: "cvrf", Parse: ParseCVRF},
		{Name: "epss", Parse: ParseEPSS},
		{Name: "msrc", Parse: ParseMSRC, New: newMSRCSource},
		{Name: "nvd", Parse: ParseNVD, New: newNVDSource},
		{Name: "osv", Parse: ParseOSV, New: newOSVSource},
	}
}
