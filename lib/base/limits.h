/* Every limit on what strangers, servers and our own children may use, in one place.
 * Source of the figures: issue 4, reliability rules T28, M18, R3-R5. */
#ifndef SITANTE_BASE_LIMITS_H
#define SITANTE_BASE_LIMITS_H

enum {
	LIMIT_MAIL_BYTES = 50 * 1024 * 1024, /* larger: recorded, never fetched */
	LIMIT_HEADER_BYTES = 256 * 1024,     /* a header block, all fields */
	LIMIT_HEADER_FIELD_BYTES = 64 * 1024,
	LIMIT_HEADER_FIELDS = 1000,
	LIMIT_MIME_DEPTH = 50,
	LIMIT_MIME_PARTS = 1000,
	LIMIT_MIME_TYPES = 2000,               /* Content-Type fields anywhere in a mail */
	LIMIT_MIME_HEADER_BYTES = 1024 * 1024, /* headers of a mail and all its parts */
	LIMIT_MIME_DELIMITERS = 5000,          /* lines that could be a part's beginning or end */
	LIMIT_HTML_TAGS = 60000,
	LIMIT_HTML_DEPTH = 800,
	LIMIT_HTML_ATTRIBUTES = 200, /* of one tag */
	LIMIT_ADDRESSES = 1000,
	LIMIT_REFERENCES = 200,
	LIMIT_RECEIVED = 50,
	LIMIT_ATTACHMENTS = 200,
	LIMIT_ATTACHMENT_NAME_BYTES = 180,
	LIMIT_TEXT_BYTES = 1024 * 1024, /* decoded text of a mail that is read */
	LIMIT_SUBJECT_BYTES = 1000,
	LIMIT_ADDRESS_BYTES = 254,
	LIMIT_MESSAGE_ID_BYTES = 998,
	LIMIT_APPLICANTS = 500,
	LIMIT_FIELD_BYTES = 300, /* one datum of an applicant */
	LIMIT_COMMANDS = 20,
	LIMIT_DSN_RECIPIENTS = 50,
	LIMIT_READING_BYTES = 8 * 1024 * 1024, /* the reader's whole reply */

	LIMIT_READER_ADDRESS_SPACE_MIB = 256,
	LIMIT_READER_CPU_SECONDS = 5,
	LIMIT_READER_PREPARE_CPU_SECONDS = 3, /* of the zygote, once */
	LIMIT_READER_WALL_MS = 20000,
	LIMIT_READER_DEATHS = 2, /* then the mail is quarantined */
	LIMIT_READERS = 3,       /* children at work at a time */
	LIMIT_READINGS = 16,     /* read or being read, not decided yet */

	LIMIT_SHEET_BYTES = 4 * 1024 * 1024,           /* an attached list as it came */
	LIMIT_SHEET_UNPACKED_BYTES = 32 * 1024 * 1024, /* all parts of a workbook together */
	LIMIT_SHEET_ROWS = 20000,
	LIMIT_SHEET_COLUMNS = 64,
	LIMIT_SHEET_CELL_BYTES = 1024,
	LIMIT_SHEET_STRINGS = 200000, /* different texts of a workbook */

	LIMIT_EVIDENCE_BYTES = 16 * 1024 * 1024, /* a signed PDF or certificate file as it came */
	LIMIT_EVIDENCE_FILES = 10,               /* of one mail */
	LIMIT_EVIDENCE_TEXT_BYTES = 500,         /* a name or reason in the result */
	LIMIT_SIGNATURES = 32,                   /* of one PDF */
	LIMIT_CERTIFICATES = 64,                 /* of one file or signature */
	LIMIT_ANSWERS = 32,                      /* about revocation, of one file or signature */
	LIMIT_ANSWER_BYTES = 4 * 1024 * 1024,
	LIMIT_ROOT_FILES = 64,
	LIMIT_ROOT_BYTES = 1024 * 1024, /* all files of trusted roots together */
	LIMIT_PDF_DEPTH = 100,          /* nesting of objects, of form fields */
	LIMIT_PDF_OBJECTS = 500000,     /* gone through to compare two revisions */
	LIMIT_EXAMINER_ADDRESS_SPACE_MIB = 384,
	LIMIT_EXAMINER_CPU_SECONDS = 10,
	LIMIT_EXAMINER_WALL_MS = 30000,

	LIMIT_ROSTER_ROWS = 10000, /* certificates of one imported list */
	LIMIT_ROSTER_BYTES = 4 * 1024 * 1024,
	LIMIT_SERIAL_HEX = 40, /* X.509: 160 bits */

	LIMIT_REMINDED = 300,     /* certificates in one reminder: the list of an OPD */
	LIMIT_EXPIRY_DAYS = 8,    /* reminders before an end */
	LIMIT_ENDING_SHOWN = 500, /* certificates in a list that staff get */

	LIMIT_DOCUMENT_ADDRESS_SPACE_MIB = 512, /* of the document process */
	LIMIT_DOCUMENT_CPU_SECONDS = 60,
	LIMIT_DOCUMENT_FILE_BYTES = 256 * 1024 * 1024,
	LIMIT_DOCUMENT_WALL_MS = 120000,
	LIMIT_DOCUMENT_MAIL_BYTES = 4 * 1024 * 1024, /* a larger one is not mailed: sitantectl makes it */

	LIMIT_FRAME_BYTES = 60 * 1024, /* one frame to or from the mailbox process */
	LIMIT_MAILBOX_SILENCE_MS =
		15 * 60 * 1000, /* of its process, while something was asked: longer than any one IMAP command may take */
	LIMIT_FETCH_BATCH_MAILS = 64,
	LIMIT_FETCH_BATCH_BYTES = 8 * 1024 * 1024,
	LIMIT_FETCH_CHUNK_BYTES = 256 * 1024,
	LIMIT_INTAKE_ROOM_BYTES = 64 * 1024 * 1024, /* where less is free, and less than a twentieth: no mail is taken in */
	LIMIT_INTAKE_ROOM_PART = 20,

	LIMIT_TOKEN_BYTES = 16 * 1024,        /* an access or refresh token */
	LIMIT_TOKEN_ANSWER_BYTES = 64 * 1024, /* what a token endpoint may say */

	LIMIT_SMS_BYTES = 4 * 1024,               /* text of one short message */
	LIMIT_RELAY_SILENCE_MS = 2 * 3600 * 1000, /* twice what one mail may take at a server: the thread hangs */
	LIMIT_SENDING = 32,                       /* outgoing mails marked as being sent, in memory */
	LIMIT_SMTP_CONNECTIONS = 4,
	LIMIT_SMTP_REPLY_BYTES = 512,
	LIMIT_LINE_OUT_BYTES = 998, /* RFC 5322 2.1.1 */
};

#endif
