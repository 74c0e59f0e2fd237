/* Staff commands: lines at the very top of the new text that begin with '/'.
 * Grammar and meaning: contract "Staff commands"; sitante-commands(7). */
#ifndef SITANTE_REQUEST_COMMAND_H
#define SITANTE_REQUEST_COMMAND_H

#include "request/paper.h"
#include "request/request.h"

enum command_verb {
	COMMAND_TERBIT, /* /terbit [NIK ...] [berlaku TANGGAL] + text for the notification */
	COMMAND_TOLAK,  /* + reason, required */
	COMMAND_CATAT,  /* + note, required */
	COMMAND_AMBIL,
	COMMAND_ALIH,   /* address */
	COMMAND_ISI,    /* field value */
	COMMAND_GABUNG, /* number */
	COMMAND_BUKA,
	COMMAND_SMS,   /* [phone] + text, required */
	COMMAND_SURAT, /* + data lines (issue: letters) */
	COMMAND_DAFTAR,
	COMMAND_STATUS,  /* [number] */
	COMMAND_LAPORAN, /* [period] */
	COMMAND_BANTUAN,
	COMMAND_JENIS,  /* kind word: pembaharuan, penerbitan, pencabutan, passphrase, perubahan-data, pertanyaan */
	COMMAND_BATAL,  /* cancel a ticket + reason optional */
	COMMAND_LEPAS,  /* release a parked or quarantined mail: ID */
	COMMAND_TUNGGU, /* bsre */
	COMMAND_LANJUT,
	COMMAND_KOREKSI,     /* step, begin or end, local time + reason, required */
	COMMAND_JELASKAN,    /* [number] */
	COMMAND_KEDALUWARSA, /* [days] */
	COMMAND_IMPOR,       /* a list of certificates is attached; or "ya" to the list before */
	COMMAND_EKSPOR,
	COMMAND_TAHAN,       /* + reason, required: nothing of the ticket is destroyed */
	COMMAND_LEPAS_TAHAN, /* it is destroyed in its time again */
	COMMAND_UNKNOWN,     /* a line with '/' that is none of these: always in error */
	N_COMMANDS,
};
WORD_DECLARE(command_verb, command_verb); /* "terbit", ... */

struct command {
	enum command_verb verb;
	const char *line;  /* as written, one line, for the receipt */
	const char **niks; /* TERBIT: 16 digits each, as said */
	size_t n_niks;
	struct civil_date date;     /* TERBIT berlaku; year 0: none */
	const char *address;        /* ALIH: valid address */
	enum applicant_field field; /* ISI */
	const char *value;          /* ISI: normal form.  SMS: E.164 or NULL.  LAPORAN: period or NULL.
				     * LEPAS: id.  KEDALUWARSA: digits or NULL.  IMPOR: "ya" or NULL */
	/* KOREKSI: "2 begin 2026-01-05 08:30" */
	const char *nik;        /* ISI: "NIK-16-digits FIELD value" form picks an applicant; else NULL */
	const char *number;     /* GABUNG, STATUS, JELASKAN: "2026-0001", or NULL */
	enum request_kind kind; /* JENIS */
	struct paper paper;     /* SURAT */
	const char *text;       /* text that belongs to it; "" never NULL */
	const char *error;      /* Indonesian, what is wrong and how to write it; NULL: well-formed */
};

struct command_block {
	struct command *commands;
	size_t n_commands;
	const char *reply; /* no command at all: the new text, assistance; "" never NULL */
};

/* text: the new text of a staff mail.  0; -ENOMEM, -ENOBUFS. */
int command_read(const char *text, struct arena *a, struct command_block *out) MUST_USE;
/* One command whose words (as after the verb on its line) and text stand apart: sitantectl's.  COMMAND_UNKNOWN: no command,
 * the text is a reply.  Both are cleaned.  0; -ENOMEM, -ENOBUFS. */
int command_make(enum command_verb v, const char *words, const char *text, struct arena *a, struct command_block *out) MUST_USE;
void command_encode(const struct command_block *c, struct buf *out);
int command_decode(struct wire *w, struct arena *a, struct command_block *out) MUST_USE;
/* One line of help a command, Indonesian ("/terbit [NIK …] [berlaku TANGGAL]", "sertifikat ..."). */
const char *command_usage(enum command_verb v);
const char *command_help(enum command_verb v);

#endif
