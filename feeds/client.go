package feeds

// Client is the one HTTP client for all sources: polite, conditional, bounded.
type Client struct{}
