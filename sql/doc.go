// Package sql answers one question: how is it kept?
//
// It is the only room that knows a database. Two engines stand behind one [DB]: SQLite for a service that runs alone, PostgreSQL for
// several nodes that share one. Everything written goes through [DB.Write], which returns nil only when the change would survive a
// power cut; everything shown is read through [DB.Read], which sees only what was committed.
package sql
