package ingest

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"strings"
	"unicode"

	"archivist"
	"archivist/retrieval/ingest/extract"
	"archivist/retrieval/ingest/fetch"
	"archivist/retrieval/ingest/file"
)

// Files is the Handler of archivist.JobFile: it brings in a file that somebody attached. Whoever makes such a job vouches that its address
// is one at which attachments lie.
type Files struct{ Pages }

// Do reads the file and stores its article, which closes the job.
func (f *Files) Do(ctx context.Context, job archivist.Job, stage func(archivist.Stage)) (stored bool, err error) {
	settings, err := f.Reader.Rules.Settings(ctx, job.Library)
	if err != nil {
		return false, err
	}
	stage(archivist.StageFetching)
	response, err := f.Reader.Web.Get(ctx, fetch.Request{URL: job.URL, Inside: f.Reader.Inside(job.Library), Takes: fetch.KindPDF, Handed: true})
	if err != nil {
		return false, err
	}
	stage(archivist.StageReading)
	intake, err := f.Reader.fromFile(ctx, fileName(job.URL), response)
	if err != nil {
		return false, err
	}
	// What a file says of its origin is held to the moderators' rule too. One that says nothing is of no site, which a list of those
	// that are let in does not hold.
	if err := checkDomain(settings, intake.Article.URL); err != nil {
		return false, err
	}
	// Nobody vouches for what a file says of itself: it takes the place of no stored article, and of no other file of its name, and the site that
	// it says it is from learns nothing of it.
	intake.Web = false
	intake.Article.Key = fmt.Sprintf("file:%x/%s", intake.Hash[:8], fileName(job.URL))
	return f.put(ctx, job, intake, stage)
}

// maxFileName is the most characters that a file's name keeps.
const maxFileName = 200

// fileName is the name of the file at an address: what stands last in its path, without what cannot be seen.
func fileName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	name := []rune(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, path.Base(u.Path)))
	return string(name[max(0, len(name)-maxFileName):]) // its end tells its kind
}

// fromFile is the article of a file, read by its name's ending. It has the address that it declares, else "file:" and its name.
func (r *Reader) fromFile(ctx context.Context, name string, response *fetch.Response) (archivist.Intake, error) {
	ending := strings.ToLower(path.Ext(name))
	in := extract.Input{Body: response.Body, ContentType: "text/html", URL: "file:" + name, Now: response.Fetched}
	if isPDF := response.Kind == fetch.KindPDF; isPDF != (ending == ".pdf") {
		return archivist.Intake{}, &archivist.Failure{Code: archivist.WrongType, Detail: "not what its name says"}
	}
	switch ending {
	case ".pdf":
		return r.FromPDF(ctx, in)
	case ".html", ".htm", ".xhtml":
		return r.FromHTML(ctx, in)
	case ".txt":
		return fromText(file.Text(name, in.Body))
	case ".md":
		return fromText(file.Markdown(name, in.Body))
	}
	return archivist.Intake{}, &archivist.Failure{Code: archivist.WrongType, Detail: "file"}
}

func fromText(article archivist.Article, err error) (archivist.Intake, error) {
	if err != nil {
		return archivist.Intake{}, err
	}
	return NewIntake(article), nil
}
