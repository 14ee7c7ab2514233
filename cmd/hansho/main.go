// Command hansho polls security advisories, matches them against what a company
// runs, and tells the right people.
package main

func main() {}
