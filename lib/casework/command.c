/* Staff commands: a table of what each needs, and the small ones.  All are tried on a copy of the
 * ticket; the caller throws the copy away when one of them is wrong.  Contract "Staff commands". */
#include "casework/casework_private.h"

#include "base/num.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum command_class { CLASS_READ, CLASS_NOTE, CLASS_PAPER, CLASS_ACT };

static command_run run_catat, run_ambil, run_alih, run_jenis, run_lepas;

static const struct command_rule {
	command_run *run;
	enum command_class class;
	bool needs_ticket;
	bool uses_text; /* else text below it goes nowhere, and the receipt says so */
} command_rules[N_COMMANDS] = {
	[COMMAND_TERBIT] = { run_terbit, CLASS_ACT, true, true },
	[COMMAND_TOLAK] = { run_tolak, CLASS_ACT, true, true },
	[COMMAND_CATAT] = { run_catat, CLASS_NOTE, true, true },
	[COMMAND_AMBIL] = { run_ambil, CLASS_ACT, true, false },
	[COMMAND_ALIH] = { run_alih, CLASS_ACT, true, false },
	[COMMAND_ISI] = { run_isi, CLASS_ACT, true, false },
	[COMMAND_GABUNG] = { run_gabung, CLASS_ACT, true, false },
	[COMMAND_BUKA] = { run_buka, CLASS_ACT, true, false },
	[COMMAND_SMS] = { run_sms, CLASS_ACT, true, true },
	[COMMAND_SURAT] = { run_surat, CLASS_PAPER, false, true },
	[COMMAND_DAFTAR] = { run_daftar, CLASS_READ, false, false },
	[COMMAND_STATUS] = { run_status, CLASS_READ, false, false },
	[COMMAND_LAPORAN] = { run_laporan, CLASS_READ, false, false },
	[COMMAND_BANTUAN] = { run_bantuan, CLASS_READ, false, false },
	[COMMAND_JENIS] = { run_jenis, CLASS_ACT, true, false },
	[COMMAND_BATAL] = { run_batal, CLASS_ACT, true, true },
	[COMMAND_LEPAS] = { run_lepas, CLASS_ACT, false, false },
	[COMMAND_TUNGGU] = { run_tunggu, CLASS_ACT, true, false },
	[COMMAND_LANJUT] = { run_lanjut, CLASS_ACT, true, false },
	[COMMAND_KOREKSI] = { run_koreksi, CLASS_ACT, true, true },
	[COMMAND_JELASKAN] = { run_jelaskan, CLASS_READ, false, false },
	[COMMAND_KEDALUWARSA] = { run_kedaluwarsa, CLASS_READ, false, false },
	[COMMAND_IMPOR] = { run_impor, CLASS_READ, false, false },  /* with "ya" it acts: class_of() */
	[COMMAND_EKSPOR] = { run_ekspor, CLASS_ACT, false, false }, /* gives everybody's numbers out */
	[COMMAND_TAHAN] = { run_tahan, CLASS_ACT, true, true },
	[COMMAND_LEPAS_TAHAN] = { run_lepas_tahan, CLASS_ACT, true, false },
	[COMMAND_UNKNOWN] = { NULL, CLASS_READ, false, true },
};

__attribute__((format(printf, 3, 0))) static void add_line(struct buf *b, const struct command *c, const char *fmt, va_list ap)
{
	char text[1200];
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	if (c && c->line)
		buf_addf(b, "%s — %s\n", c->line, text);
	else
		buf_addf(b, "%s\n", text);
}

void errand_done(struct errand *e, const struct command *c, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	add_line(&e->done, c, fmt, ap);
	va_end(ap);
}

void errand_refuse(struct errand *e, const struct command *c, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	add_line(&e->refused, c, fmt, ap);
	va_end(ap);
	e->n_refused++;
}

bool errand_event(struct errand *e, enum event_what what, const char *detail)
{
	return work_event(e->w, what, e->w->in->received, e->w->from, detail);
}

bool text_is_blank(const char *text)
{
	return !text || span_trim(span_str(text)).n == 0;
}

static bool has_quoted_line(const char *text)
{
	for (const char *p = text; p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
		if (*p == '>')
			return true;
	return false;
}

const char *text_unfit(const struct work *w, const char *text)
{
	if (text_is_blank(text))
		return w->m->encrypted ? "Surat ini terenkripsi sehingga isinya tidak dapat "
					 "dibaca. Kirimlah tanpa enkripsi."
				       : "Tidak ada teks baru di dalam surat. Tulislah jawaban di "
					 "bagian paling atas, di atas kutipan.";
	if (w->m->is_forward)
		return "Surat ini surat terusan, sehingga tidak disampaikan kepada pemohon. "
		       "Balaslah pemberitahuan dan "
		       "tulislah jawaban di bagian paling atas.";
	if (has_quoted_line(text))
		return "Jawaban bercampur dengan kutipan (baris yang diawali tanda >). Supaya "
		       "kutipan tidak ikut terkirim kepada "
		       "pemohon, tulislah seluruh jawaban di atas kutipan.";
	if (strlen(text) > CASEWORK_TEXT_BYTES || w->m->text_cut)
		return "Teksnya terlalu panjang untuk disampaikan kepada pemohon.";
	return NULL;
}

/* A subject that names another ticket than the one replied to: too dangerous to guess. */
static const char *other_tag(const struct errand *e)
{
	static const char mark[] = "[SITANTE-";
	const char *subject = e->w->m->subject;
	struct span s = span_str(subject);
	size_t at = subject ? span_find_nocase(s, 0, mark) : 0;
	if (!subject || at >= s.n)
		return NULL;
	const char *number = subject + at + strlen(mark);
	size_t n = strcspn(number, "]");
	if (n == 0 || n > 20 || number[n] != ']')
		return NULL;
	if (e->t && e->w->in->how == MATCH_TOKEN && e->w->in->token.ticket_id != e->t->id)
		return NULL; /* merged: the tag is the old number */
	if (e->t && e->t->number && span_eq_nocase(span_of(number, n), span_str(e->t->number)))
		return NULL;
	if (e->t && e->w->in->how != MATCH_TOKEN)
		return NULL; /* found by another road that is no capability: confirmation decides */
	return arena_strndup(e->w->a, number, n);
}

static bool lacks_ticket(struct errand *e, const struct command *c)
{
	const char *tag = other_tag(e);
	if (e->t && !tag)
		return false;
	if (e->t)
		errand_refuse(e, c,
			      "Subjek menyebut tiket %s, tetapi surat ini membalas pemberitahuan "
			      "tiket %s. Balaslah "
			      "pemberitahuan dari tiket yang dimaksud.",
			      tag, e->t->number ? e->t->number : "?");
	else if (tag)
		errand_refuse(e, c, "Tidak ada tiket dengan nomor %s.", tag);
	else
		errand_refuse(e, c,
			      "Tiketnya tidak diketahui. Balaslah pemberitahuan tiket, atau "
			      "tulislah nomornya pada subjek, "
			      "misalnya [SITANTE-2026-0001].");
	return true;
}

static enum command_class class_of(const struct command_rule *r, const struct command *c)
{
	return c->verb == COMMAND_IMPOR && c->value ? CLASS_ACT : r->class;
}

static void run_one(struct errand *e, const struct command *c)
{
	const struct command_rule *r = (size_t)c->verb < N_COMMANDS ? &command_rules[c->verb] : NULL;
	if (!r || !r->run || c->error) {
		errand_refuse(e, c, "%s",
			      c->error ? c->error
				       : "Perintah ini tidak dikenal. Kirim /bantuan untuk melihat "
					 "daftarnya.");
		e->n_named += c->number != NULL;
		return;
	}
	e->only_small = e->only_small && class_of(r, c) != CLASS_ACT;
	e->only_reading = e->only_reading && class_of(r, c) == CLASS_READ;
	if (r->needs_ticket && lacks_ticket(e, c)) {
		e->n_named += c->number != NULL;
		return;
	}
	r->run(e, c);
	if (!r->uses_text && !text_is_blank(c->text))
		buf_addf(&e->remarks, "Teks di bawah /%s tidak disampaikan kepada siapa pun.\n", command_verb_word(c->verb));
}

static void assist(struct errand *e, const char *text)
{
	struct work *w = e->w;
	e->only_small = e->only_reading = false;
	if (lacks_ticket(e, NULL))
		return;
	const char *unfit = text_unfit(w, text);
	if (unfit) {
		errand_refuse(e, NULL, "%s", unfit);
		return;
	}
	if (e->unreachable) {
		errand_refuse(e, NULL,
			      "Pemohon tiket ini tidak mempunyai alamat email yang dapat dikirimi. "
			      "Isilah "
			      "dengan /isi EMAIL alamat, lalu kirim lagi jawabannya.");
		return;
	}
	if (!errand_event(e, EVENT_ASSISTED, NULL)) {
		errand_refuse(e, NULL, "Tiket ini sudah %s.", phrase_state(e->t->state));
		return;
	}
	struct letter *l = letter_add(w, LETTER_ASSISTANCE, requester(e->t));
	letter_thread(l, e->t, w);
	letter_say(w, l, "text", text);
	errand_done(e, NULL, "Balasan Bapak/Ibu dikirim kepada pemohon (%s).", e->t->requester_address);
	if (w->m->n_attachments > 0)
		buf_add_str(&e->remarks, "Lampiran tidak ikut dikirim kepada pemohon: hanya teks "
					 "yang disampaikan.\n");
}

static void notify(struct errand *e)
{
	struct work *w = e->w;
	struct ticket *t = e->t;
	if (e->unreachable) {
		if (!notify_by_sms(e))
			buf_add_str(&e->remarks,
				    "Pemohon belum diberi tahu, karena tidak mempunyai alamat email atau nomor HP yang "
				    "dapat dikirimi. Hubungilah lewat telepon, lalu balas surat ini dengan: "
				    "/catat telepon (hasilnya). Atau isilah /isi EMAIL alamat.\n");
		return;
	}
	struct letter *l = letter_add(w, LETTER_NOTIFICATION, requester(t));
	letter_thread(l, t, w);
	letter_say(w, l, "text", say_buf(w, &e->to_applicant));
	if (!w->in->requester_asked && !ticket_has_event(t, EVENT_MARKED)) {
		letter_say(w, l, "ask_mark", "ya");
		w->out->asked_address = t->requester_address;
	}
	(void)work_event(w, EVENT_NOTIFYING, w->now, "daemon", NULL);
	errand_done(e, NULL, "Pemberitahuan dikirim kepada pemohon (%s).", t->requester_address);
	sms_notice(w, t, false);
}

/* Whose work it was: the sender's, or that of whom an operator's ticket is assigned to. */
static struct person officer_of(const struct errand *e)
{
	const struct work *w = e->w;
	int k = w->staff >= 0 ? w->staff : casework_staff(w->rules, e->t->assigned_to);
	return k >= 0 ? w->rules->staff[k] : (struct person){ .name = w->from };
}

/* Head and staff member, once each: SOP step 3. */
static void report_to(struct errand *e, const struct person *to, const struct person *self)
{
	struct letter *l = letter_add(e->w, LETTER_REPORT, *to);
	if (!l)
		return;
	l->wants_document = true;
	letter_say(e->w, l, "officer", self->name ? self->name : self->address);
}

static void report(struct errand *e)
{
	struct work *w = e->w;
	const struct person *head = &w->rules->head, officer = officer_of(e);
	bool same = head->address && officer.address && mail_address_eq(head->address, officer.address);
	if (head->address)
		report_to(e, head, &officer);
	if (!same && officer.address)
		report_to(e, &officer, &officer);
	errand_done(e, NULL, "Laporan pembaharuan dikirim kepada kepala%s.",
		    w->staff >= 0     ? " dan kepada Bapak/Ibu"
		    : officer.address ? " dan kepada petugas tiket ini"
				      : "");
}

static void refuse_applicant(struct errand *e)
{
	struct work *w = e->w;
	if (e->unreachable) {
		buf_add_str(&e->remarks, "Pemohon tidak mempunyai alamat email yang dapat dikirimi, sehingga "
					 "tidak diberi tahu.\n");
		return;
	}
	struct letter *l = letter_add(w, LETTER_REFUSAL, requester(e->t));
	letter_thread(l, e->t, w);
	letter_say(w, l, "reason", e->refusal);
	letter_say(w, l, e->cancel ? "cancelled" : "declined", "ya");
	errand_done(e, NULL, "Alasannya dikirim kepada pemohon (%s).", e->t->requester_address);
}

void errand_run(struct errand *e, const struct command_block *c)
{
	struct work *w = e->w;
	e->unreachable = e->t && (!e->t->requester_address || w->in->requester_dead);
	for (size_t i = 0; i < c->n_commands; i++)
		run_one(e, &c->commands[i]);
	if (c->n_commands == 0)
		assist(e, c->reply);
	if (buf_status(&e->to_applicant) == -ENOBUFS || buf_status(&e->note) == -ENOBUFS)
		errand_refuse(e, NULL, "Teks-teks dalam surat ini bersama-sama terlalu panjang.");
	if (e->n_refused > 0)
		return;
	if (e->renewed)
		report(e);
	if (e->renewed || e->notify_again)
		notify(e);
	if (e->refusal)
		refuse_applicant(e);
	w->out->author = w->from;
	if (e->note.n > 0)
		w->out->note = say_buf(w, &e->note);
	if (w->q->secret_found)
		buf_add_str(&e->remarks, "Surat Bapak/Ibu memuat kata sandi, passphrase, atau OTP. "
					 "Bagian itu kami hapus; "
					 "sebaiknya segera diganti.\n");
}

static void run_catat(struct errand *e, const struct command *c)
{
	if (text_is_blank(c->text)) {
		errand_refuse(e, c, "Tulislah catatannya di bawah perintah.");
		return;
	}
	if (!errand_event(e, EVENT_NOTED, NULL)) {
		errand_refuse(e, c, "Tiket ini sudah %s.", phrase_state(e->t->state));
		return;
	}
	buf_addf(&e->note, "%s%s", e->note.n ? "\n\n" : "", c->text);
	if (notified_by_telephone(e, c->text))
		errand_done(e, c, "pemberitahuan lewat telepon dicatat.");
	else
		errand_done(e, c, "catatan disimpan; pemohon tidak melihatnya.");
}

static void assign(struct errand *e, const struct command *c, const struct person *to)
{
	if (!errand_event(e, EVENT_ASSIGNED, to->address)) {
		errand_refuse(e, c, "Tiket ini sudah %s. Buka dahulu dengan /buka.", phrase_state(e->t->state));
		return;
	}
	e->t->assigned_to = to->address;
	errand_done(e, c, "tiket sekarang ditangani %s.", to->name ? to->name : to->address);
}

static void run_ambil(struct errand *e, const struct command *c)
{
	assign(e, c, &e->w->rules->staff[e->w->staff]);
}

static void run_alih(struct errand *e, const struct command *c)
{
	struct work *w = e->w;
	int k = casework_staff(w->rules, c->address);
	if (k < 0) {
		errand_refuse(e, c, "%s bukan alamat petugas yang terdaftar.", c->address ? c->address : "Alamat itu");
		return;
	}
	size_t before = e->n_refused;
	assign(e, c, &w->rules->staff[k]);
	if (e->n_refused > before || k == w->staff)
		return;
	const char *self = work_author(w);
	struct letter *l = letter_add(w, LETTER_NOTICE_OTHER, w->rules->staff[k]);
	if (!l)
		return;
	l->make_token = true;
	letter_say(w, l, "what", "Tiket dialihkan kepada Bapak/Ibu");
	letter_say(w, l, "why", say(w, "%s mengalihkan tiket ini kepada Bapak/Ibu.", self));
	letter_say(w, l, "hide_mail", "ya");
}

static void run_jenis(struct errand *e, const struct command *c)
{
	if (!kind_opens(c->kind)) {
		errand_refuse(e, c, "Jenis itu tidak dapat dipakai untuk tiket.");
		return;
	}
	if (!errand_event(e, EVENT_KIND_SET, request_kind_word(c->kind))) {
		errand_refuse(e, c, "Tiket ini sudah %s.", phrase_state(e->t->state));
		return;
	}
	e->t->kind = c->kind;
	errand_done(e, c, "jenis permohonan sekarang: %s.", phrase_kind(c->kind));
}

static void run_lepas(struct errand *e, const struct command *c)
{
	struct work *w = e->w;
	uint64_t id = 0;
	if (!c->value || num_parse_u64(span_str(c->value), INT64_MAX, &id) != 0) {
		errand_refuse(e, c, "Tulislah nomor surat yang ditahan, misalnya: /lepas 41");
		return;
	}
	if (w->out->release_ledger_id != 0) {
		errand_refuse(e, c, "Satu surat hanya dapat memuat satu /lepas.");
		return;
	}
	if (!w->in->release.known) {
		errand_refuse(e, c, "Tidak ada surat bernomor %s di karantina.", c->value);
		return;
	}
	if (!w->in->release.kept) {
		errand_refuse(e, c, "Surat nomor %s terlalu besar dan tidak kami simpan. Lihatlah langsung di kotak surat.",
			      c->value);
		return;
	}
	w->out->release_ledger_id = (int64_t)id;
	(void)work_loose_event(w, EVENT_RELEASED, w->in->received, w->from, say(w, "mail %s", c->value));
	errand_done(e, c, "surat itu dilepas dan segera diproses.");
}
