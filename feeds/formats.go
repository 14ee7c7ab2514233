package feeds

// Formats are the public sources' formats, by name. vendors adds its own.
func Formats() []Format {
	return []Format{
		{Name: "jpcert", Parse: ParseJPCERT, New: newJPCERTSource},
		{Name: "ipa", Parse: ParseIPA},
		{Name: "jvn", Parse: ParseJVN},
		{Name: "jvndb", Parse: ParseJVNDB, New: newJVNDBSource},
		{Name: "kev", Parse: ParseKEV},
		{Name: "rss", Parse: ParseRSS},
		{Name: "jvn-dictionary", New: newDictionarySource},
	}
}
