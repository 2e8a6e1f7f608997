package sql_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

func TestStatementIsWrittenOnceForBothEngines(t *testing.T) {
	tests := []struct {
		name, text       string
		lite, postgresql string
		params           []string
	}{
		{"a parameter", "SELECT a FROM t WHERE b = :b", "SELECT a FROM t WHERE b = ?1", "SELECT a FROM t WHERE b = $1", []string{"b"}},
		{"one parameter twice keeps its number", "SELECT :a, :b, :a", "SELECT ?1, ?2, ?1", "SELECT $1, $2, $1", []string{"a", "b"}},
		{"a comment goes", "-- why: :no\nSELECT 1 /* :nor this */ + :x", "SELECT 1 + ?1", "SELECT 1 + $1", []string{"x"}},
		{"a literal stays", "SELECT ':a', 'it''s :b', '--', '/*', ';' , :c", "SELECT ':a', 'it''s :b', '--', '/*', ';' , ?1",
			"SELECT ':a', 'it''s :b', '--', '/*', ';' , $1", []string{"c"}},
		{"a quoted name stays", `SELECT "a:b", "c""?:d" FROM t`, `SELECT "a:b", "c""?:d" FROM t`, `SELECT "a:b", "c""?:d" FROM t`, nil},
		{"a cast is no parameter", "SELECT :a::text", "SELECT ?1::text", "SELECT $1::text", []string{"a"}},
		{"a final semicolon goes", "SELECT :a ;\n-- done\n", "SELECT ?1", "SELECT $1", []string{"a"}},
		{"what only PostgreSQL knows", "SELECT 1 /*postgres FOR UPDATE SKIP LOCKED */", "SELECT 1", "SELECT 1 FOR UPDATE SKIP LOCKED", nil},
		{"one or the other", "SELECT /*sqlite :a, :b *//*postgres :b, :a */ ", "SELECT ?1, ?2", "SELECT $1, $2", []string{"a", "b"}},
		{"letters of any script", "SELECT :größe, ä", "SELECT ?1, ä", "SELECT $1, ä", []string{"größe"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			st := parse(t, tt.text)
			if got := sql.Compiled(st, false); got != tt.lite {
				t.Errorf("for SQLite it is %q, want %q", got, tt.lite)
			}
			if got := sql.Compiled(st, true); got != tt.postgresql {
				t.Errorf("for PostgreSQL it is %q, want %q", got, tt.postgresql)
			}
			if diff := cmp.Diff(tt.params, st.Params()); diff != "" {
				t.Errorf("parameters (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStatementThatTheEnginesWouldReadDifferentlyIsRefused(t *testing.T) {
	tests := []struct{ name, text, because string }{
		{"a positional parameter", "SELECT ?", "parameters are written :name"},
		{"a numbered parameter", "SELECT $1", "parameters are written :name"},
		{"SQLite's other parameter", "SELECT @a", "parameters are written :name"},
		{"a backtick", "SELECT `a`", "double quotes"},
		{"two statements", "SELECT 1; SELECT 2", "one statement a file"},
		{"an escape string", `SELECT E'\''`, "one engine only"},
		{"a blob literal", "SELECT x'00'", "one engine only"},
		{"an open literal", "SELECT 'a", "not closed"},
		{"an open name", `SELECT "a`, "not closed"},
		{"an open comment", "SELECT 1 /* a", "not closed"},
		{"comments in comments", "SELECT /* a /* b */ 1", "comments inside comments"},
		{"a line comment in a dialect's text", "SELECT 1 /*postgres -- a */", "line comment"},
		{"nothing", "-- only a reason\n", "no statement"},
		{"a parameter of one engine", "SELECT 1 /*postgres + :a */", "SQLite has the parameters [], PostgreSQL [a]"},
		{"the line is named", "SELECT\n1,\n?", "line 3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := sql.Parse("odd", tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.because) || !strings.Contains(err.Error(), "statement odd") {
				t.Errorf("the error is %v; want statement odd and %q", err, tt.because)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("SELECT ':a', :b -- c\n/*postgres :d */ /*sqlite :d */;")
	f.Fuzz(func(t *testing.T, text string) {
		st, err := sql.Parse("fuzz", text)
		if err != nil {
			return
		}
		for _, postgresql := range []bool{false, true} {
			if strings.TrimSpace(sql.Compiled(st, postgresql)) == "" {
				t.Errorf("%q became nothing", text)
			}
		}
	})
}

func TestEveryQueryFileIsUsedAndGivesItsReason(t *testing.T) {
	files, err := sql.QueryFiles()
	if err != nil {
		t.Fatal(err)
	}
	var used []string
	for _, st := range sql.Statements() {
		if slices.Contains(used, st.Name()) {
			t.Errorf("two variables hold %s.sql", st.Name())
		}
		used = append(used, st.Name())
	}
	for _, name := range files {
		if !slices.Contains(used, name) {
			t.Errorf("no variable holds %s.sql", name)
		}
		if !strings.HasPrefix(sql.QueryText(name), "-- ") {
			t.Errorf("%s.sql does not begin with its reason in a comment", name)
		}
	}
}

func TestStatementWithoutAFileIsNamedWhenTheProgramStarts(t *testing.T) {
	if err := sql.Missing("nowhere"); err == nil || !strings.Contains(err.Error(), "nowhere.sql") {
		t.Errorf("the error is %v; want it to name nowhere.sql", err)
	}
}

func TestEveryStatementIsUnderstoodByTheEngine(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sql.DB) {
		for _, st := range sql.Statements() {
			if err := sql.Prepare(context.Background(), db, st); err != nil {
				t.Errorf("%s: %v", st.Name(), err)
			}
		}
	})
}
