#include "letter/preview.h"

#include "letter/letter_private.h"

#include <errno.h>
#include <string.h>

/* --- keys ------------------------------------------------------------------------------------- */

static bool line_uses(const struct template_line *l, const struct letter_key *k)
{
	if (l->key == k)
		return true;
	for (size_t i = 0; i < l->n_pieces; i++)
		if (l->pieces[i].key == k)
			return true;
	return false;
}

const char *letter_key_used(const struct letter_set *set, enum letter_kind kind, size_t i)
{
	const struct template *t = &set->templates[kind];
	const struct letter_key *k;
	for (size_t n = 0; (k = letter_key_at(n)); n++) {
		bool used = line_uses(&t->subject, k);
		for (size_t at = 0; !used && at < t->n_lines; at++)
			used = line_uses(&t->lines[at], k);
		if (used && i-- == 0)
			return k->name;
	}
	return NULL;
}

const char *letter_level_word(enum letter_kind kind)
{
	static const char *const words[] = { [KEY_SAFE] = "safe", [KEY_APPLICANT] = "applicant", [KEY_STAFF] = "staff" };
	return words[letter_level(kind)];
}

bool letter_key_known(const char *name)
{
	return letter_key_find(span_str(name)) != NULL;
}

/* --- a case that never was ------------------------------------------------------------------------- */

static const char words_of_staff[] = "Bapak Contoh, mohon kirimkan foto KTP yang lebih jelas.\nNomor HP yang tertulis juga belum "
				     "kami terima.\n\nTerima kasih.";

/* What only a decision gives. */
static const struct sample {
	enum letter_kind kind;
	const char *key, *value;
} samples[] = {
	{ LETTER_ACKNOWLEDGEMENT, "opened", "ya" },
	{ LETTER_ANSWER_RECEIVED, "findings", "contoh.pdf: tanda tangan sah, ditandatangani 5 Januari 2026" },
	{ LETTER_CONFIRMATION, "commands", "/terbit, /catat" },
	{ LETTER_ASSISTANCE, "text", words_of_staff },
	{ LETTER_NOTIFICATION, "text", "Selamat bekerja kembali, Pak." },
	{ LETTER_NOTIFICATION, "ask_mark", "ya" },
	{ LETTER_REFUSAL, "declined", "ya" },
	{ LETTER_REFUSAL, "reason", "Sertifikatnya diterbitkan oleh instansi lain; mohon diajukan kepada instansi tersebut." },
	{ LETTER_REMINDER, "cancel_days", "20" },
	{ LETTER_EXPIRY, "headline", "Sertifikat elektronik Bapak/Ibu berakhir 14 hari lagi" },
	{ LETTER_EXPIRY, "holder", "Contoh Pemohon, S.Pd." },
	{ LETTER_EXPIRY, "holder_agency", "Dinas Contoh" },
	{ LETTER_EXPIRY, "until", "19 Januari 2026" },
	{ LETTER_EXPIRY, "when", "14 hari lagi" },
	{ LETTER_RECAP, "period", "Agustus 2026" },
	{ LETTER_REPORT, "officer", "Petugas Contoh" },
	{ LETTER_NOTICE_OTHER, "what", "Surat yang tidak membuka tiket" },
	{ LETTER_NOTICE_OTHER, "why", "Pengirim surat ini tidak dikenal, dan isinya bukan permohonan." },
	{ LETTER_RECEIPT, "carried_out", "ya" },
	{ LETTER_RECEIPT, "done", "/catat: catatan disimpan" },
	{ LETTER_RECEIPT, "proof_level", "lolos pemeriksaan keaslian, dan balasan atas surat pemberitahuan" },
	{ LETTER_WARNING, "unproven", "ya" },
	{ LETTER_WARNING, "commands", "/terbit" },
	{ LETTER_SMS, "text", "Mohon balas surat kami yang terakhir." },
	{ LETTER_SMS_NOTICE, "sms", "ya" },
};

static int values_fill(enum letter_kind kind, size_t room, struct arena *a, struct letter *out)
{
	enum { N = sizeof(samples) / sizeof(*samples) };
	struct letter_value *list = arena_array(a, N + room, sizeof(*list));
	if (!list)
		return -ENOMEM;
	out->values = list;
	for (size_t i = 0; i < N; i++)
		if (samples[i].kind == kind)
			list[out->n_values++] = (struct letter_value){ samples[i].key, samples[i].value };
	return 0;
}

static void person_fill(struct applicant *x, const char *name, const char *nik, const char *nip, bool renewed)
{
	*x = (struct applicant){ .state = renewed ? APPLICANT_RENEWED : APPLICANT_OPEN };
	x->value[FIELD_NAME] = name;
	x->value[FIELD_NIK] = nik;
	x->value[FIELD_NIP] = nip;
	x->value[FIELD_POSITION] = "Kepala Seksi Pelayanan dan Pengaduan Masyarakat";
	x->value[FIELD_AGENCY] = "Dinas Contoh Kabupaten";
	if (renewed)
		x->renewed_until = (struct civil_date){ 2028, 1, 4 };
}

static int ticket_fill(enum letter_kind kind, struct instant now, struct arena *a, struct ticket *t)
{
	enum { PERSONS = 2, EVENTS = 5, MIN = 60000 };
	bool over = kind == LETTER_NOTIFICATION || kind == LETTER_REPORT;
	struct applicant *who = arena_array(a, PERSONS, sizeof(*who));
	struct event *events = arena_array(a, EVENTS, sizeof(*events));
	if (!who || !events)
		return -ENOMEM;
	person_fill(&who[0], "Contoh Pemohon, S.Pd.", "2103010101900001", "199001012015031001", over);
	person_fill(&who[1], "Misalnya Saja", kind == LETTER_ACKNOWLEDGEMENT ? NULL : "2103014101920002", NULL, false);
	const struct instant asked = { now.ms - 60 * (int64_t)MIN };
	events[0] = (struct event){ .at = asked, .who = "applicant", .what = EVENT_RECEIVED };
	events[1] = (struct event){ .at = { asked.ms + 2 * MIN }, .who = "daemon", .what = EVENT_ACKNOWLEDGED };
	events[2] = (struct event){ .at = { asked.ms + 20 * MIN }, .who = "petugas", .what = EVENT_ASSISTED };
	events[3] = (struct event){ .at = { asked.ms + 40 * MIN }, .who = "applicant", .what = EVENT_ANSWERED };
	events[4] = (struct event){ .at = { asked.ms + 55 * MIN }, .who = "petugas", .what = EVENT_RENEWED };
	*t = (struct ticket){ .id = 1,
			      .number = "2026-0001",
			      .state = over ? TICKET_RENEWED : TICKET_EXAMINING,
			      .kind = REQUEST_RENEWAL,
			      .requester_name = "Contoh Pemohon",
			      .requester_address = "contoh.pemohon@dinas.contoh.example",
			      .opened_at = asked,
			      .applicants = who,
			      .n_applicants = PERSONS,
			      .events = events,
			      .n_events = over ? EVENTS : EVENTS - 1 };
	return 0;
}

static int mail_fill(struct instant at, struct arena *a, struct letter_case *c)
{
	struct mail_address *from = arena_array(a, 1, sizeof(*from));
	struct mail_attachment *file = arena_array(a, 1, sizeof(*file));
	if (!from || !file)
		return -ENOMEM;
	from->name = c->ticket.requester_name;
	from->spec = c->ticket.requester_address;
	*file = (struct mail_attachment){ .name = "surat permohonan.pdf", .type = "application/pdf", .size = 183000 };
	c->reading.message = (struct message){ .n_from_fields = 1,
					       .from = from,
					       .n_from = 1,
					       .subject = "Permohonan perpanjangan TTE",
					       .proof = MAIL_PROOF_PASS,
					       .proof_reason = "a made-up case",
					       .text = "Selamat pagi,\n\nmohon dibantu perpanjangan TTE saya dan rekan saya. "
						       "Datanya terlampir.\n\nTerima kasih.",
					       .text_full = "",
					       .signature = "",
					       .attachments = file,
					       .n_attachments = 1 };
	c->in = (struct incoming){ .reading = &c->reading, .received = at };
	return 0;
}

int letter_case_make(enum letter_kind kind, struct instant now, size_t room, struct arena *a, struct letter_case *out)
{
	*out = (struct letter_case){ .letter = { .kind = kind,
						 .to = { .name = "Petugas Contoh", .address = "petugas@contoh.example" } },
				     .shown = { .kind = LETTER_ASSISTANCE } };
	int r = ticket_fill(kind, now, a, &out->ticket);
	if (r == 0)
		r = mail_fill(out->ticket.opened_at, a, out);
	if (r == 0)
		r = values_fill(kind, room, a, &out->letter);
	if (r == 0)
		r = values_fill(LETTER_ASSISTANCE, 0, a, &out->shown);
	if (kind == LETTER_RECEIPT)
		out->letter.shows = &out->shown;
	return r;
}
