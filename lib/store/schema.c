#include "store/schema.h"

#include <stddef.h>

/* Times are milliseconds since 1970, UTC.  Personal data live in ticket, applicant, message and
 * event_detail; the chain in event holds only digests of them, so they can be erased. */
static const char step_1[] =
	"CREATE TABLE fact (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE ledger ("
	" id INTEGER PRIMARY KEY, uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL, size INTEGER NOT NULL,"
	" internaldate INTEGER NOT NULL, sha256 BLOB, state INTEGER NOT NULL, reader_deaths INTEGER NOT NULL DEFAULT 0,"
	" disposition TEXT, reason TEXT, ticket_id INTEGER, has_raw INTEGER NOT NULL, moved INTEGER NOT NULL,"
	" handled_at INTEGER, UNIQUE (uidvalidity, uid)) STRICT;"
	"CREATE INDEX ledger_stored ON ledger (id) WHERE state = 0;"
	"CREATE INDEX ledger_unmoved ON ledger (uidvalidity, id) WHERE state = 1 AND moved = 0;"
	"CREATE INDEX ledger_quarantine ON ledger (id) WHERE disposition IN ('quarantined', 'too-big');"
	"CREATE TABLE seen (ledger_id INTEGER PRIMARY KEY REFERENCES ledger, message_id BLOB, sender BLOB NOT NULL,"
	" content BLOB NOT NULL, at INTEGER NOT NULL) STRICT;"
	"CREATE INDEX seen_id ON seen (message_id) WHERE message_id IS NOT NULL;"
	"CREATE INDEX seen_sender ON seen (sender, at);"
	"CREATE TABLE counter (year INTEGER PRIMARY KEY, next INTEGER NOT NULL) STRICT;"
	"CREATE TABLE ticket ("
	" id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, state TEXT NOT NULL, kind TEXT NOT NULL,"
	" requester_name TEXT, requester_address TEXT, assigned_to TEXT, opened_at INTEGER NOT NULL, closed_at INTEGER,"
	" held_until INTEGER, merged_into TEXT, request_id TEXT, last_id TEXT, open INTEGER NOT NULL) STRICT;"
	"CREATE INDEX ticket_open ON ticket (id) WHERE open = 1;"
	"CREATE INDEX ticket_held ON ticket (held_until) WHERE held_until IS NOT NULL;"
	"CREATE INDEX ticket_state ON ticket (state, id);"
	"CREATE TABLE applicant ("
	" id INTEGER PRIMARY KEY, ticket_id INTEGER NOT NULL REFERENCES ticket, state TEXT NOT NULL,"
	" v0 TEXT, v1 TEXT, v2 TEXT, v3 TEXT, v4 TEXT, v5 TEXT, v6 TEXT, v7 TEXT,"
	" g0 TEXT, g1 TEXT, g2 TEXT, g3 TEXT, g4 TEXT, g5 TEXT, g6 TEXT, g7 TEXT,"
	" renewed_until TEXT, renewed_assumed INTEGER NOT NULL DEFAULT 0) STRICT;"
	"CREATE INDEX applicant_ticket ON applicant (ticket_id, id);"
	"CREATE TABLE person (hash BLOB NOT NULL, ticket_id INTEGER NOT NULL REFERENCES ticket,"
	" PRIMARY KEY (hash, ticket_id)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX person_ticket ON person (ticket_id);"
	"CREATE TABLE party (ticket_id INTEGER NOT NULL REFERENCES ticket, address TEXT NOT NULL,"
	" PRIMARY KEY (ticket_id, address)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE event (id INTEGER PRIMARY KEY, ticket_id INTEGER REFERENCES ticket, at INTEGER NOT NULL,"
	" who TEXT NOT NULL, what TEXT NOT NULL, detail_hash BLOB, hash BLOB NOT NULL) STRICT;"
	"CREATE INDEX event_ticket ON event (ticket_id, id) WHERE ticket_id IS NOT NULL;"
	"CREATE TABLE event_detail (event_id INTEGER PRIMARY KEY REFERENCES event, salt BLOB NOT NULL, detail TEXT NOT NULL) "
	"STRICT;"
	"CREATE TABLE chain (one INTEGER PRIMARY KEY CHECK (one = 1), n INTEGER NOT NULL, head BLOB NOT NULL) STRICT;"
	"INSERT INTO chain VALUES (1, 0, zeroblob(32));"
	"CREATE TABLE message ("
	" id INTEGER PRIMARY KEY, ticket_id INTEGER NOT NULL REFERENCES ticket, ledger_id INTEGER, outbox_id INTEGER,"
	" direction TEXT NOT NULL, kind TEXT NOT NULL, sender TEXT, recipient TEXT, subject TEXT, message_id TEXT,"
	" at INTEGER NOT NULL, state TEXT NOT NULL, text TEXT) STRICT;"
	"CREATE INDEX message_ticket ON message (ticket_id, id);"
	"CREATE INDEX message_id ON message (message_id) WHERE message_id IS NOT NULL;"
	"CREATE INDEX message_outbox ON message (outbox_id) WHERE outbox_id IS NOT NULL;"
	"CREATE TABLE token (hash BLOB PRIMARY KEY, owner TEXT NOT NULL, ticket_id INTEGER NOT NULL, expires INTEGER NOT NULL,"
	" revoked INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;"
	"CREATE TABLE token_use (hash BLOB NOT NULL, content BLOB NOT NULL, PRIMARY KEY (hash, content)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE confirmation (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, owner TEXT NOT NULL,"
	" ledger_id INTEGER NOT NULL, expires INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0) STRICT;"
	"CREATE TABLE outbox ("
	" id INTEGER PRIMARY KEY, ticket_id INTEGER, kind TEXT NOT NULL, to_name TEXT, to_address TEXT NOT NULL,"
	" envelope_from TEXT NOT NULL, message_id TEXT, message_hash BLOB NOT NULL UNIQUE, subject TEXT, state TEXT NOT NULL,"
	" tries INTEGER NOT NULL, queued_at INTEGER NOT NULL, next_at INTEGER NOT NULL, last_code INTEGER NOT NULL DEFAULT 0,"
	" last_text TEXT, counts INTEGER NOT NULL, is_token INTEGER NOT NULL, finished INTEGER NOT NULL DEFAULT 0,"
	" content BLOB, segments BLOB) STRICT;"
	"CREATE INDEX outbox_waiting ON outbox (next_at, id) WHERE finished = 0;"
	"CREATE INDEX outbox_order ON outbox (to_address, id) WHERE finished = 0;"
	"CREATE INDEX outbox_address ON outbox (to_address, queued_at) WHERE counts = 1;"
	"CREATE INDEX outbox_kind ON outbox (kind, to_address, queued_at);"
	"CREATE INDEX outbox_ticket ON outbox (ticket_id, queued_at) WHERE counts = 1;"
	"CREATE INDEX outbox_time ON outbox (queued_at) WHERE counts = 1;"
	"CREATE TABLE dead_address (address TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE VIRTUAL TABLE search USING fts5 (words, content='', tokenize='unicode61 remove_diacritics 2');";

/* T13: guessed tokens, counted over an hour.  M29: held mail is listed beside the quarantine. */
static const char step_2[] =
	"ALTER TABLE ledger ADD COLUMN wrong_tokens INTEGER NOT NULL DEFAULT 0;"
	"CREATE INDEX ledger_wrong_tokens ON ledger (handled_at) WHERE wrong_tokens > 0;"
	"DROP INDEX ledger_quarantine;"
	"CREATE INDEX ledger_quarantine ON ledger (id) WHERE disposition IN ('quarantined', 'too-big', 'held');";

/* Short messages leave through the same outbox, by another road. */
static const char step_3[] = "ALTER TABLE outbox ADD COLUMN channel INTEGER NOT NULL DEFAULT 0;"
			     "DROP INDEX outbox_waiting;"
			     "CREATE INDEX outbox_waiting ON outbox (channel, next_at, id) WHERE finished = 0;";

/* M22, M29: one person is one person, whatever the case of the address. */
static const char step_4[] = "CREATE INDEX ticket_requester ON ticket (requester_address COLLATE NOCASE, opened_at);"
			     "DROP INDEX outbox_address;"
			     "CREATE INDEX outbox_address ON outbox (to_address COLLATE NOCASE, queued_at) WHERE counts = 1;";

/* Soft bounces are counted by address; reconciling looks mails up by what the server lists of them, then by content. */
static const char step_5[] = "CREATE TABLE soft_bounce (address TEXT NOT NULL, at INTEGER NOT NULL) STRICT;"
			     "CREATE INDEX soft_bounce_address ON soft_bounce (address, at);"
			     "CREATE INDEX ledger_listed ON ledger (internaldate, size);"
			     "CREATE INDEX ledger_content ON ledger (sha256);";

/* Which mail made an event happen; outside the chain. */
static const char step_6[] = "ALTER TABLE event ADD COLUMN ledger_id INTEGER;"
			     "ALTER TABLE event ADD COLUMN outbox_id INTEGER;";

/* When something is due on a ticket by time alone; 0: to be worked out (all those of older versions). */
static const char step_7[] =
	"ALTER TABLE ticket ADD COLUMN due_at INTEGER DEFAULT 0;"
	"DROP INDEX ticket_held;"
	"CREATE INDEX ticket_due ON ticket (due_at) WHERE due_at IS NOT NULL;"
	"CREATE TABLE asked (address TEXT PRIMARY KEY COLLATE NOCASE, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE INDEX ledger_parked ON ledger (handled_at) WHERE disposition = 'parked';";

/* Who waits for an earlier mail of the same recipient waits for one that was put off: few are. */
static const char step_8[] = "DROP INDEX outbox_order;"
			     "CREATE INDEX outbox_order ON outbox (to_address, id) WHERE finished = 0 AND next_at > queued_at;";

/* Register, recap, and the documents that are made of them.  A report's number is given with the renewal. */
static const char step_9[] =
	"CREATE TABLE tally (ticket_id INTEGER PRIMARY KEY REFERENCES ticket, opened_s INTEGER NOT NULL, ended_s INTEGER,"
	" agency TEXT, officer TEXT, waits_for INTEGER NOT NULL, w1 INTEGER NOT NULL, w2 INTEGER NOT NULL, w3 INTEGER NOT NULL,"
	" w4 INTEGER NOT NULL, s1 INTEGER NOT NULL, s2 INTEGER NOT NULL, s3 INTEGER NOT NULL, s4 INTEGER NOT NULL,"
	" waiting_s INTEGER NOT NULL, paused_s INTEGER NOT NULL, mails INTEGER NOT NULL, sms INTEGER NOT NULL,"
	" mark INTEGER NOT NULL) STRICT;"
	"CREATE TABLE report_counter (year INTEGER PRIMARY KEY, next INTEGER NOT NULL) STRICT;"
	"CREATE TABLE report (id INTEGER PRIMARY KEY, ticket_id INTEGER REFERENCES ticket, kind TEXT NOT NULL, number TEXT,"
	" period TEXT, made_at INTEGER NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, bytes BLOB) STRICT;"
	"CREATE INDEX report_ticket ON report (ticket_id) WHERE ticket_id IS NOT NULL;"
	"CREATE INDEX report_waiting ON report (id) WHERE state = 'waiting';"
	"CREATE TABLE report_letter (id INTEGER PRIMARY KEY, report_id INTEGER NOT NULL REFERENCES report, to_name TEXT,"
	" to_address TEXT NOT NULL, officer TEXT) STRICT;"
	"CREATE INDEX report_letter_of ON report_letter (report_id);"
	"UPDATE ticket SET due_at = 0;";

/* Automatic mails to one domain are counted within the hour, for each acknowledgement. */
static const char step_10[] =
	"CREATE INDEX outbox_domain ON outbox (substr(to_address, instr(to_address, '@') + 1) COLLATE NOCASE, queued_at)"
	" WHERE counts = 1;";

/* Every text of a ticket is found, and so is a ticket by what it is about and by what is late.  A document of the full-text
 * index is one text: its number is the ticket's times 4096 (the ticket's own words), or that and the text's place in the
 * conversation.  The index keeps no text: whoever changes or deletes one must first take it out with the words that it was
 * put in with (table words; subject, blank and text of a message). */
static const char step_11[] =
	"DROP TABLE search;"
	"CREATE VIRTUAL TABLE search USING fts5 (words, content='', tokenize='unicode61 remove_diacritics 2');"
	"CREATE VIRTUAL TABLE search_opd USING fts5 (opd, content='', tokenize='unicode61 remove_diacritics 2');"
	"CREATE TABLE words (ticket_id INTEGER PRIMARY KEY REFERENCES ticket, words TEXT NOT NULL, opd TEXT NOT NULL) STRICT;"
	"INSERT INTO words SELECT t.id, t.number || ' ' || ifnull(t.requester_name, '') || ' ' || ifnull(t.requester_address, '')"
	" || ' ' || ifnull((SELECT group_concat(ifnull(v0, '') || ' ' || ifnull(v3, '') || ' ' || ifnull(v4, '') || ' ' ||"
	" ifnull(v5, ''), ' ') FROM applicant WHERE ticket_id = t.id), ''),"
	" ifnull((SELECT group_concat(v4, ' ') FROM applicant WHERE ticket_id = t.id), '') FROM ticket t;"
	"ALTER TABLE message ADD COLUMN doc INTEGER;"
	"UPDATE message SET doc = n.doc FROM (SELECT id AS m, ticket_id * 4096 + row_number() OVER (PARTITION BY ticket_id ORDER "
	"BY"
	" id) AS doc, row_number() OVER (PARTITION BY ticket_id ORDER BY id) AS place FROM message) n"
	" WHERE n.m = message.id AND n.place < 4096;"
	"INSERT INTO search (rowid, words) SELECT ticket_id * 4096, words FROM words ORDER BY ticket_id;"
	"INSERT INTO search_opd (rowid, opd) SELECT ticket_id, opd FROM words ORDER BY ticket_id;"
	"INSERT INTO search (rowid, words) SELECT doc, ifnull(subject, '') || ' ' || ifnull(text, '') FROM message"
	" WHERE doc IS NOT NULL ORDER BY doc;"
	"ALTER TABLE ticket ADD COLUMN late1 INTEGER;" /* when a running step passes its standard, as things stand */
	"ALTER TABLE ticket ADD COLUMN late2 INTEGER;"
	"ALTER TABLE ticket ADD COLUMN late3 INTEGER;"
	"ALTER TABLE ticket ADD COLUMN late4 INTEGER;"
	"CREATE INDEX ticket_late ON ticket (id, late1, late2, late3, late4, opened_at)"
	" WHERE ifnull(late1, ifnull(late2, ifnull(late3, late4))) IS NOT NULL;"
	"DROP INDEX ticket_open;"
	"DROP INDEX ticket_state;"
	"CREATE INDEX ticket_open ON ticket (id, opened_at) WHERE open = 1;"
	"CREATE INDEX ticket_state ON ticket (state, id, opened_at);"
	"CREATE INDEX ticket_staff ON ticket (assigned_to COLLATE NOCASE, id, opened_at) WHERE assigned_to IS NOT NULL;"
	"CREATE INDEX ticket_free ON ticket (id, opened_at) WHERE open = 1 AND assigned_to IS NULL;"
	"CREATE INDEX ticket_age ON ticket (opened_at, id);"
	"CREATE TABLE ticket_count (state TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"INSERT INTO ticket_count SELECT state, count(*) FROM ticket GROUP BY state;"
	"CREATE TRIGGER ticket_counted AFTER INSERT ON ticket BEGIN"
	" INSERT INTO ticket_count VALUES (new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1; END;"
	"CREATE TRIGGER ticket_moved AFTER UPDATE OF state ON ticket WHEN old.state <> new.state BEGIN"
	" UPDATE ticket_count SET n = n - 1 WHERE state = old.state;"
	" INSERT INTO ticket_count VALUES (new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1; END;"
	"CREATE TRIGGER ticket_gone AFTER DELETE ON ticket BEGIN"
	" UPDATE ticket_count SET n = n - 1 WHERE state = old.state; END;"
	"CREATE INDEX outbox_unfinished ON outbox (id, state, next_at)"
	" WHERE finished = 0 OR state IN ('failed', 'uncertain', 'held');"
	"UPDATE ticket SET due_at = 0 WHERE open = 1;";

/* A paper letter's own number and sender, who entered it with sitantectl; its receipt; letters that wait for their document keep
 * what they say.  A report of older versions that waits has its officer as such a value. */
static const char step_12[] =
	"ALTER TABLE ticket ADD COLUMN letter_number TEXT;"
	"ALTER TABLE ticket ADD COLUMN letter_from TEXT;"
	"ALTER TABLE ledger ADD COLUMN entered_by TEXT;"
	"ALTER TABLE report ADD COLUMN officer TEXT;"
	"UPDATE report SET officer = (SELECT officer FROM report_letter WHERE report_id = report.id ORDER BY id LIMIT 1);"
	"ALTER TABLE report_letter ADD COLUMN in_reply_to TEXT;"
	"ALTER TABLE report_letter ADD COLUMN make_token INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE report_letter ADD COLUMN automatic_reply INTEGER NOT NULL DEFAULT 0;"
	"CREATE TABLE report_value (id INTEGER PRIMARY KEY, letter_id INTEGER NOT NULL REFERENCES report_letter, key TEXT NOT "
	"NULL,"
	" value TEXT NOT NULL) STRICT;"
	"CREATE INDEX report_value_of ON report_value (letter_id);"
	"INSERT INTO report_value (letter_id, key, value) SELECT id, 'officer', officer FROM report_letter WHERE officer IS NOT "
	"NULL;"
	"ALTER TABLE report_letter DROP COLUMN officer;";

/* Examined files, and what they prove of a new certificate. */
static const char step_13[] =
	"CREATE TABLE evidence (id INTEGER PRIMARY KEY, ticket_id INTEGER NOT NULL REFERENCES ticket, ledger_id INTEGER NOT NULL,"
	" received INTEGER NOT NULL, value BLOB NOT NULL) STRICT;"
	"CREATE INDEX evidence_ticket ON evidence (ticket_id, id);"
	"ALTER TABLE applicant ADD COLUMN renewed_serial TEXT;"
	"ALTER TABLE applicant ADD COLUMN renewed_from INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE applicant ADD COLUMN renewed_to INTEGER NOT NULL DEFAULT 0;";

/* The register of certificates: who was reminded of which, who wants no reminders, and a list that waits for its yes.  Tickets
 * of older versions give theirs when their due date is worked out anew. */
static const char step_14[] =
	"CREATE TABLE certificate (id INTEGER PRIMARY KEY, name TEXT, nik TEXT, nip TEXT, position TEXT, agency TEXT, email TEXT,"
	" phone TEXT, nik_hash BLOB, nip_hash BLOB, serial TEXT, not_before INTEGER, not_after INTEGER NOT NULL,"
	" source TEXT NOT NULL, ticket_id INTEGER REFERENCES ticket, applicant_id INTEGER UNIQUE REFERENCES applicant,"
	" successor INTEGER REFERENCES certificate, reminded INTEGER NOT NULL, remind_at INTEGER DEFAULT 0,"
	" remind_to TEXT COLLATE NOCASE) STRICT;"
	"CREATE INDEX certificate_nik ON certificate (nik_hash) WHERE nik_hash IS NOT NULL;"
	"CREATE INDEX certificate_nip ON certificate (nip_hash) WHERE nip_hash IS NOT NULL;"
	"CREATE INDEX certificate_serial ON certificate (serial) WHERE serial IS NOT NULL;"
	"CREATE INDEX certificate_due ON certificate (remind_at) WHERE remind_at IS NOT NULL;"
	"CREATE INDEX certificate_due_to ON certificate (remind_to, remind_at) WHERE remind_at IS NOT NULL;"
	"CREATE INDEX certificate_end ON certificate (not_after) WHERE successor IS NULL;"
	"CREATE INDEX certificate_before ON certificate (successor) WHERE successor IS NOT NULL;"
	"CREATE INDEX certificate_ticket ON certificate (ticket_id) WHERE ticket_id IS NOT NULL;"
	"CREATE TABLE reminder (outbox_id INTEGER NOT NULL REFERENCES outbox, certificate_id INTEGER NOT NULL REFERENCES "
	"certificate,"
	" PRIMARY KEY (outbox_id, certificate_id)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX reminder_of ON reminder (certificate_id);"
	"CREATE INDEX outbox_expiry ON outbox (queued_at) WHERE kind = 'expiry';"
	"CREATE TABLE silent (address TEXT PRIMARY KEY COLLATE NOCASE, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE import (owner TEXT PRIMARY KEY COLLATE NOCASE, at INTEGER NOT NULL, name TEXT NOT NULL, roster BLOB NOT "
	"NULL)"
	" STRICT, WITHOUT ROWID;"
	"UPDATE ticket SET due_at = 0 WHERE id IN (SELECT ticket_id FROM applicant WHERE state = 'renewed');";

/* How long each step took, for monitors: counted when it is finished, so that a count is read and no table.  Bounds in working
 * seconds; the standards of a usual office are among them. */
#define STEP_COUNTED(k)                                                                                                          \
	"CREATE TRIGGER step_" k "_counted BEFORE INSERT ON tally WHEN new.w" k " >= 0 AND NOT EXISTS"                           \
	" (SELECT 1 FROM tally WHERE ticket_id = new.ticket_id AND w" k " >= 0) BEGIN"                                           \
	" UPDATE step_count SET n = n + 1, seconds = seconds + new.w" k ", late = late + (new.w" k " > new.s" k ")"              \
	" WHERE step = " k " AND new.w" k " > above AND new.w" k " <= up_to; END;"
static const char step_15[] =
	"CREATE TABLE step_count (step INTEGER NOT NULL, above INTEGER NOT NULL, up_to INTEGER NOT NULL, n INTEGER NOT NULL,"
	" seconds INTEGER NOT NULL, late INTEGER NOT NULL, PRIMARY KEY (step, up_to)) STRICT, WITHOUT ROWID;"
	"INSERT INTO step_count WITH bound (above, up_to) AS (VALUES (-1, 60), (60, 300), (300, 600), (600, 900), (900, 1800),"
	" (1800, 3600), (3600, 7200), (7200, 14400), (14400, 28800), (28800, 86400), (86400, 1000000000000)),"
	" took (step, w, s) AS (SELECT 1, w1, s1 FROM tally UNION ALL SELECT 2, w2, s2 FROM tally UNION ALL"
	" SELECT 3, w3, s3 FROM tally UNION ALL SELECT 4, w4, s4 FROM tally),"
	" step (step) AS (VALUES (1), (2), (3), (4))"
	" SELECT step.step, above, up_to, count(w), ifnull(sum(w), 0), ifnull(sum(w > s), 0) FROM step CROSS JOIN bound"
	" LEFT JOIN took ON took.step = step.step AND w > above AND w <= up_to GROUP BY step.step, above, up_to;" STEP_COUNTED(
		"1") STEP_COUNTED("2") STEP_COUNTED("3") STEP_COUNTED("4");

/* Keep and forget.  ticket.gone: classes of casework/keep.h that are destroyed (a later word on the ticket takes them back, but
 * for the last); hold: why none may be.  attachment: where the files of kept mails lie in their bytes, so that they can be
 * destroyed without reading the mail again.  destruction: what goes (0), is gone (1), and was put on a list (2); files go
 * between 0 and 1.  erasure: keyed hashes of persons, and contents of mails, that must not come back with a backup. */
#define TICKET_KEEP(bit)                                                                                                         \
	"CREATE INDEX ticket_keep_" bit " ON ticket (closed_at, id) WHERE open = 0 AND hold IS NULL AND (gone & " bit ") = 0;"
static const char step_16[] =
	"ALTER TABLE ticket ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE ticket ADD COLUMN hold TEXT;" TICKET_KEEP("1") TICKET_KEEP("2") TICKET_KEEP("4") TICKET_KEEP("8")
		TICKET_KEEP(
			"16") "ALTER TABLE ledger ADD COLUMN kept_sha256 BLOB;" /* of a mail whose files were taken out of it */
			      "CREATE INDEX ledger_kept ON ledger (ticket_id) WHERE ticket_id IS NOT NULL AND has_raw = 1;"
			      "CREATE INDEX ledger_loose ON ledger (handled_at) WHERE ticket_id IS NULL AND has_raw = 1 AND "
			      "state = 1;"
			      "CREATE INDEX outbox_loose ON outbox (queued_at) WHERE ticket_id IS NULL AND finished = 1 AND "
			      "content IS NOT NULL;"
			      "CREATE INDEX certificate_old ON certificate (not_after);"
			      "CREATE TABLE attachment (ledger_id INTEGER NOT NULL REFERENCES ledger, at INTEGER NOT NULL, "
			      "length INTEGER NOT NULL,"
			      " scan INTEGER NOT NULL, PRIMARY KEY (ledger_id, at)) STRICT, WITHOUT ROWID;"
			      "CREATE TABLE destruction (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, class TEXT NOT NULL, "
			      "ticket_id INTEGER,"
			      " ledger_id INTEGER, n INTEGER NOT NULL, state INTEGER NOT NULL) STRICT;"
			      "CREATE INDEX destruction_waiting ON destruction (id) WHERE state = 0;"
			      "CREATE INDEX destruction_mail ON destruction (ledger_id) WHERE state = 0;"
			      "CREATE INDEX destruction_unlisted ON destruction (id) WHERE state = 1;"
			      "CREATE TABLE erasure (hash BLOB PRIMARY KEY, kind TEXT NOT NULL, at INTEGER NOT NULL, applied "
			      "INTEGER NOT NULL)"
			      " STRICT, WITHOUT ROWID;";

const char *const schema_steps[] = { step_1, step_2,  step_3,  step_4,  step_5,  step_6,  step_7,  step_8,
				     step_9, step_10, step_11, step_12, step_13, step_14, step_15, step_16 };
const int schema_version = (int)(sizeof(schema_steps) / sizeof(*schema_steps));
