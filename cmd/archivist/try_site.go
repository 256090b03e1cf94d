package main

import (
	"bytes"
	"fmt"
	"html"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// sampleSite serves the sample pages at an address that ends in "/", with all their links leading there, and a front page that lists them.
func sampleSite(address string) http.Handler {
	pages := map[string][]byte{}
	for _, folder := range []string{heraldSamples, clubSamples, linkSamples} {
		for name, body := range samplePages(folder) {
			for _, host := range []string{heraldAddress, clubAddress} {
				body = bytes.ReplaceAll(body, []byte(host), []byte(address))
			}
			pages["/"+name] = body
		}
	}
	var front strings.Builder
	front.WriteString("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sample pages</title></head><body><h1>Sample pages of Archivist's playground</h1>\n<ul>\n")
	for _, path := range slices.Sorted(maps.Keys(pages)) {
		fmt.Fprintf(&front, "<li><a href=\"%s\">%[1]s</a></li>\n", html.EscapeString(path))
	}
	front.WriteString("</ul></body></html>\n")
	pages["/"] = []byte(front.String())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, found := pages[r.URL.Path]
		if !found {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(body) // an error is a reader that has gone
	})
}
