package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"archivist"
	"archivist/retrieval/ingest/canon"
	"archivist/retrieval/ingest/extract"
	"archivist/retrieval/ingest/feed"
	"archivist/retrieval/ingest/fetch"
)

// An Archive reads copies of pages that are gone. The one of the Internet Archive is https://archive.org/wayback/available, which answers
// ?url=ADDRESS with the newest copy it has (https://archive.org/help/wayback_api.php).
type Archive struct {
	Reader *Reader
	API    string // the address of its availability API
}

// OrCopy adds the offer of a copy of the page at address to the failure of a page that is gone. Where there is no copy, or the archive
// cannot be asked, and for every other error, it is the error as it came. A nil Archive has no copies.
func (a *Archive) OrCopy(ctx context.Context, address string, err error) error {
	var failure *archivist.Failure
	if a == nil || !errors.As(err, &failure) || failure.Code != archivist.Gone {
		return err
	}
	offer, findErr := a.find(ctx, address)
	if findErr != nil {
		return err
	}
	return offering(failure, offer)
}

// Read is Reader.Read for the newest copy of the page at address. The article has the page's own address, and the copy's in Head.Archived.
func (a *Archive) Read(ctx context.Context, library archivist.LibraryID, address string, stage func(archivist.Stage)) (archivist.Intake, error) {
	settings, err := a.Reader.Rules.Settings(ctx, library)
	if err != nil {
		return archivist.Intake{}, err
	}
	if err := checkDomain(settings, address); err != nil {
		return archivist.Intake{}, err
	}
	stage(archivist.StageFetching)
	offer, err := a.find(ctx, address)
	if err != nil {
		return archivist.Intake{}, err
	}
	response, err := a.Reader.Web.Get(ctx, fetch.Request{URL: offer.URL, Inside: a.Reader.Inside(library)})
	if err != nil {
		return archivist.Intake{}, err
	}
	stage(archivist.StageReading)
	intake, err := a.Reader.FromHTML(ctx, extract.Input{
		Body: extract.WithoutArchiveBar(response.Body), ContentType: response.ContentType, URL: address, Now: response.Fetched,
	})
	if err != nil {
		return archivist.Intake{}, err
	}
	intake.Article.Archived = response.URL
	intake.Links = keys([]string{address}, intake.Article.Key)
	if a.Reader.KeepPages {
		intake.Page = &archivist.Page{URL: response.URL, ContentType: response.ContentType, Fetched: response.Fetched, Body: response.Body}
	}
	return a.Reader.settle(ctx, library, intake, address)
}

// availability is what the API answers, as far as it matters.
type availability struct {
	Snapshots struct {
		Closest struct {
			Available bool   `json:"available"`
			URL       string `json:"url"`
			Timestamp string `json:"timestamp"` // 20240131235959, UTC
			Status    string `json:"status"`    // of the page when it was copied
		} `json:"closest"`
	} `json:"archived_snapshots"`
}

// find asks for the newest good copy of the page at address; a *archivist.Failure with Gone says that there is none. The API is the
// operator's choice, so that it may lie where the operator allows it.
func (a *Archive) find(ctx context.Context, address string) (archivist.Offer, error) {
	api, err := url.Parse(a.API)
	if err != nil {
		return archivist.Offer{}, err
	}
	query := api.Query()
	query.Set("url", address)
	api.RawQuery = query.Encode()
	response, err := a.Reader.Web.Get(ctx, fetch.Request{URL: api.String(), Inside: true, Takes: fetch.KindFeed}) // JSON is taken with feeds
	if err != nil {
		return archivist.Offer{}, err
	}
	none := &archivist.Failure{Code: archivist.Gone, Detail: "the archive has no copy"}
	var answer availability
	if err := json.Unmarshal(response.Body, &answer); err != nil {
		return archivist.Offer{}, none
	}
	copied := answer.Snapshots.Closest
	at, err := time.Parse("20060102150405", copied.Timestamp)
	if err != nil || !copied.Available || copied.Status != "200" {
		return archivist.Offer{}, none
	}
	link, err := canon.Normalise(copied.URL)
	if err != nil {
		return archivist.Offer{}, none
	}
	return archivist.Offer{Kind: archivist.OfferArchive, URL: link, At: at}, nil
}

// orFeed adds the offer of a feed to the failure of a page that is none of an article (a list, a front page, a film): the first feed that the
// page names, or the address itself if a feed is what was found there (without a page).
func orFeed(err error, page []byte, address string) error {
	var failure *archivist.Failure
	if !errors.As(err, &failure) {
		return err
	}
	switch {
	case failure.Code == archivist.Listing && page == nil:
		return offering(failure, archivist.Offer{Kind: archivist.OfferFeed, URL: address})
	case failure.Code == archivist.Listing, failure.Code == archivist.EmptyPage, failure.Code == archivist.WrongType:
		if feeds := feed.Links(page, address); len(feeds) > 0 {
			return offering(failure, archivist.Offer{Kind: archivist.OfferFeed, URL: feeds[0]})
		}
	}
	return err
}

// offering is a failure with an offer.
func offering(failure *archivist.Failure, offer archivist.Offer) error {
	with := *failure
	with.Offer = offer
	return &with
}
