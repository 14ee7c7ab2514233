// Package peers holds the tests of hansho's mail against the programs that other
// companies run: Postfix with greylisting and refusals by recipient, Dovecot,
// opendkim's verifier, SpamAssassin's rules. They are Debian's packages
// (.ci/peers installs them), started on loopback from folders of their own; where
// one is missing, its tests skip and say so.
package peers
