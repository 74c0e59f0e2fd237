/* What the SMTP server said, what time brings, and mail that could not be read. */
#include "casework/casework_private.h"

#include <stdio.h>

static bool to_applicant(enum letter_kind k)
{
	return k == LETTER_ACKNOWLEDGEMENT || k == LETTER_ANSWER_RECEIVED || k == LETTER_ASSISTANCE || k == LETTER_NOTIFICATION ||
	       k == LETTER_REFUSAL || k == LETTER_REMINDER;
}

/* Letters whose own failure is told to nobody by mail: they may be about such a failure, or there may be thousands. */
static bool is_last_road(enum letter_kind k)
{
	return k == LETTER_NOTICE_OTHER || k == LETTER_WARNING || k == LETTER_CONFIRMATION || k == LETTER_RECEIPT ||
	       k == LETTER_EXPIRY;
}

static void acknowledged(struct work *w, const struct sent_mail *s)
{
	struct ticket *t = &w->out->ticket;
	if (t->state == TICKET_RECEIVED || !ticket_has_event(t, EVENT_ACKNOWLEDGED))
		(void)work_event(w, EVENT_ACKNOWLEDGED, s->at, "daemon", NULL);
	else
		w->out->has_ticket = false; /* a later acknowledgement of the same ticket moves nothing */
}

static void staff_told(struct work *w, const struct sent_mail *s)
{
	struct ticket *t = &w->out->ticket;
	if (ticket_has_event(t, EVENT_ACK_WITHHELD) && !ticket_has_event(t, EVENT_STAFF_TOLD) &&
	    !ticket_has_event(t, EVENT_ACKNOWLEDGED))
		(void)work_event(w, EVENT_STAFF_TOLD, s->at, "daemon", NULL);
	else
		w->out->has_ticket = false;
}

/* The ticket's step 3 hangs on this one; on a copy to staff nothing does. */
static bool is_report_to_head(const struct work *w, const struct sent_mail *s)
{
	const struct person *head = &w->rules->head;
	return s->kind == LETTER_REPORT && (!head->address || !s->to.address || mail_address_eq(head->address, s->to.address));
}

static void reported(struct work *w, const struct sent_mail *s)
{
	if (is_report_to_head(w, s))
		(void)work_event(w, EVENT_REPORTED, s->at, "daemon", NULL);
	else
		w->out->has_ticket = false;
	if (w->out->has_ticket)
		ticket_close_if_done(w, s->at, "daemon");
}

static void notified(struct work *w, const struct sent_mail *s)
{
	(void)work_event(w, EVENT_NOTIFIED, s->at, "daemon", s->kind == LETTER_SMS_RENEWED ? "by short message" : NULL);
	ticket_close_if_done(w, s->at, "daemon");
}

static void accepted(struct work *w, const struct sent_mail *s)
{
	if (!w->out->has_ticket)
		return;
	switch (s->kind) {
	case LETTER_ACKNOWLEDGEMENT:
	case LETTER_SMS_RECEIVED:
		acknowledged(w, s);
		break;
	case LETTER_NOTICE_REQUEST:
	case LETTER_NOTICE_OTHER:
		staff_told(w, s);
		break;
	case LETTER_REPORT:
		reported(w, s);
		break;
	case LETTER_NOTIFICATION:
	case LETTER_SMS_RENEWED:
		notified(w, s);
		break;
	case LETTER_ANSWER_RECEIVED:
	case LETTER_NOTICE_ANSWER:
	case LETTER_ASSISTANCE:
	case LETTER_RECEIPT:
	case LETTER_CONFIRMATION:
	case LETTER_WARNING:
	case LETTER_REFUSAL:
	case LETTER_REMINDER:
	case LETTER_EXPIRY:
	case LETTER_RECAP:
	case LETTER_DESTRUCTION:
	case LETTER_SMS:
	case LETTER_SMS_NOTICE:
	case N_LETTERS:
		w->out->has_ticket = false;
		break;
	}
}

static const char *letter_name(enum letter_kind k)
{
	static const char *const names[N_LETTERS] = {
		[LETTER_ACKNOWLEDGEMENT] = "Tanda terima permohonan",
		[LETTER_ANSWER_RECEIVED] = "Tanda terima jawaban",
		[LETTER_NOTICE_REQUEST] = "Pemberitahuan permohonan baru",
		[LETTER_NOTICE_ANSWER] = "Pemberitahuan jawaban pemohon",
		[LETTER_NOTICE_OTHER] = "Pemberitahuan",
		[LETTER_ASSISTANCE] = "Balasan petugas kepada pemohon",
		[LETTER_RECEIPT] = "Bukti pelaksanaan perintah",
		[LETTER_CONFIRMATION] = "Permintaan konfirmasi",
		[LETTER_WARNING] = "Peringatan",
		[LETTER_REPORT] = "Laporan pembaharuan",
		[LETTER_NOTIFICATION] = "Pemberitahuan terbit kepada pemohon",
		[LETTER_RECAP] = "Rekapitulasi",
		[LETTER_REMINDER] = "Pengingat kepada pemohon",
		[LETTER_EXPIRY] = "Pengingat masa berlaku",
		[LETTER_DESTRUCTION] = "Berita acara pemusnahan",
		[LETTER_REFUSAL] = "Surat penolakan atau pembatalan",
		[LETTER_SMS] = "Pesan singkat petugas",
		[LETTER_SMS_RECEIVED] = "Pesan singkat tanda terima",
		[LETTER_SMS_RENEWED] = "Pesan singkat pemberitahuan terbit",
		[LETTER_SMS_NOTICE] = "Pesan singkat pemberitahuan",
	};
	return (size_t)k < N_LETTERS ? names[k] : "Surat";
}

static void tell(struct work *w, const struct sent_mail *s, const char *what, const char *why)
{
	const struct ticket *t = w->out->has_ticket ? &w->out->ticket : NULL;
	struct letter proto = { .kind = LETTER_NOTICE_OTHER, .make_token = t != NULL };
	letter_say(w, &proto, "what", what);
	letter_say(w, &proto, "why", why);
	letter_to_staff(w, &proto, t, TO_ALL_STAFF, s->to.address);
}

/* What staff can do about a message that did not arrive. */
static const char *advice(struct work *w, const struct sent_mail *s)
{
	enum letter_kind k = s->kind;
	if (w->out->has_ticket && is_report_to_head(w, s))
		return say(
			w,
			" Tiketnya tetap terbuka selama laporan ini belum terkirim. Mohon minta operator mengirimnya sekali "
			"lagi setelah penyebabnya diperbaiki (sitantectl outbox retry %lld), atau melepasnya bila laporan sudah "
			"disampaikan dengan cara lain (sitantectl outbox drop %lld); setelah itu tiket dapat ditutup.",
			(long long)s->outbox_id, (long long)s->outbox_id);
	if (letter_kind_is_sms(k))
		return k == LETTER_SMS_NOTICE
			       ? ""
			       : " Mohon hubungi pemohon lewat telepon, lalu catat dengan: /catat telepon (hasilnya).";
	return to_applicant(k) && k != LETTER_ACKNOWLEDGEMENT
		       ? " Bila ada alamat lain, balas surat ini dengan: /isi EMAIL alamat@contoh.go.id"
		       : "";
}

static void failed(struct work *w, const struct sent_mail *s)
{
	const char *kind = letter_message_kind(s->kind);
	bool sms = letter_kind_is_sms(s->kind);
	(void)work_event(w, EVENT_MAIL_FAILED, s->at, "daemon",
			 say(w, "%s%s, code %d", kind, sms ? " by short message" : "", s->code));
	if (w->out->has_ticket && (s->kind == LETTER_NOTIFICATION || s->kind == LETTER_SMS_RENEWED))
		(void)work_event(w, EVENT_NOTIFY_FAILED, s->at, "daemon", say(w, "code %d", s->code));
	if (w->out->has_ticket && (s->kind == LETTER_ACKNOWLEDGEMENT || s->kind == LETTER_SMS_RECEIVED))
		(void)work_event(w, EVENT_ACK_WITHHELD, s->at, "daemon", "the server refused it");
	if (s->kind == LETTER_EXPIRY && s->code >= 500) { /* the next reminder knows better; the list of what ends tells of it */
		w->out->mark_address_dead = true;
		w->out->dead_address = s->to.address;
	}
	if (is_last_road(s->kind))
		return;
	tell(w, s, sms ? "Pesan singkat tidak terkirim" : "Surat tidak terkirim",
	     say(w, "%s kepada %s ditolak oleh %s (kode %d) dan tidak akan dicoba lagi.%s", letter_name(s->kind),
		 s->to.address ? s->to.address : "penerima", sms ? "layanan pesan singkat" : "server surat", s->code,
		 advice(w, s)));
}

static void uncertain(struct work *w, const struct sent_mail *s)
{
	bool sms = letter_kind_is_sms(s->kind);
	(void)work_event(w, EVENT_MAIL_UNCERTAIN, s->at, "daemon", letter_message_kind(s->kind));
	if (!to_applicant(s->kind) && s->kind != LETTER_REPORT && !sms)
		return;
	tell(w, s, sms ? "Pesan singkat mungkin tidak sampai" : "Surat mungkin tidak sampai",
	     say(w,
		 "%s kepada %s sudah dikirim dua kali, tetapi jawaban %s hilang atau tidak jelas. Mohon tanyakan kepada "
		 "penerima.%s",
		 letter_name(s->kind), s->to.address ? s->to.address : "penerima", sms ? "layanan pesan singkat" : "server surat",
		 s->kind == LETTER_NOTIFICATION ? " Untuk mengirimnya sekali lagi, balas surat ini dengan: /terbit"
		 : s->kind == LETTER_REPORT     ? advice(w, s)
						: ""));
}

int casework_sent(const struct casework_rules *rules, const struct ticket *ticket, const struct sent_mail *sent,
		  struct instant now, struct arena *a, struct decision *out)
{
	struct work w = work_open(rules, NULL, now, a, out);
	w.outbox_id = sent->outbox_id;
	if (ticket)
		(void)work_ticket(&w, ticket);
	if (sent->accepted)
		accepted(&w, sent);
	else if (sent->uncertain)
		uncertain(&w, sent);
	else
		failed(&w, sent);
	return work_close(&w);
}

/* To the ticket it is a failure like another, but by the operator's will.  What had ended before has moved its part then. */
static void given_up(struct work *w, const struct sent_mail *s, const char *who, bool ended)
{
	const struct ticket *t = &w->out->ticket;
	const char *dropped = "dropped by the operator";
	(void)work_event(
		w, ended ? EVENT_OPERATOR : EVENT_MAIL_FAILED, s->at, who,
		say(w, "%s%s, dropped", letter_message_kind(s->kind), letter_kind_is_sms(s->kind) ? " by short message" : ""));
	if (!ended && (s->kind == LETTER_NOTIFICATION || s->kind == LETTER_SMS_RENEWED))
		(void)work_event(w, EVENT_NOTIFY_FAILED, s->at, who, dropped);
	if (!ended && (s->kind == LETTER_ACKNOWLEDGEMENT || s->kind == LETTER_SMS_RECEIVED) &&
	    !ticket_has_event(t, EVENT_ACKNOWLEDGED) && !ticket_has_event(t, EVENT_ACK_WITHHELD))
		(void)work_event(w, EVENT_ACK_WITHHELD, s->at, who, dropped);
}

int casework_dropped(const struct casework_rules *rules, const struct ticket *ticket, const struct sent_mail *dropped, bool ended,
		     const char *who, struct instant now, struct arena *a, struct decision *out)
{
	struct work w = work_open(rules, NULL, now, a, out);
	w.outbox_id = dropped->outbox_id;
	(void)work_ticket(&w, ticket);
	if (is_report_to_head(&w, dropped)) {
		(void)work_event(&w, EVENT_MAIL_FAILED, dropped->at, who, DROPPED_REPORT);
		ticket_close_if_done(&w, dropped->at, who);
		return work_close(&w);
	}
	if (dropped->kind == LETTER_REPORT)
		(void)work_event(&w, EVENT_OPERATOR, dropped->at, who, "copy of the report, dropped");
	else
		given_up(&w, dropped, who, ended);
	return work_close(&w);
}

int casework_unreadable(const struct casework_rules *rules, int64_t ledger_id, enum unreadable what, struct instant received,
			struct instant now, struct arena *a, struct decision *out)
{
	static const struct {
		enum disposition disposition;
		const char *reason, *what, *why;
	} rows[] = {
		[UNREADABLE_DIED] = { DISPOSITION_QUARANTINED, "the reader died on it twice", "Surat tidak dapat dibaca",
				      "tidak dapat dibaca dengan aman, sehingga dikarantina. Operator dapat melihatnya dengan: "
				      "sitantectl quarantine. Bila Bapak/Ibu mengenali surat itu dan ingin menerima aslinya "
				      "sebagai "
				      "lampiran, balas surat ini dengan: /lepas" },
		[UNREADABLE_TOO_BIG] = { DISPOSITION_TOO_BIG, "larger than the limit: never fetched", "Surat terlalu besar",
					 "melebihi batas ukuran, sehingga tidak dibaca. Lihatlah langsung di kotak surat. "
					 "Nomornya" },
		[UNREADABLE_NOT_GIVEN] = { DISPOSITION_QUARANTINED, "listed by the server, but never given",
					   "Surat tidak diberikan oleh server",
					   "tercatat di server surat, tetapi isinya tidak dapat diambil walaupun sudah dicoba "
					   "berkali-kali. Mohon periksa langsung di kotak surat, atau hubungi pengelola server. "
					   "Nomornya" },
		[UNREADABLE_RELEASED] = { DISPOSITION_PARKED,
					  "released from quarantine, not readable: the original goes to staff",
					  "Surat yang dilepas dari karantina",
					  "dilepas dari karantina, tetapi tetap tidak dapat dibaca. Aslinya kami lampirkan; "
					  "bukalah "
					  "hanya bila pengirimnya dikenal. Nomornya" },
	};
	struct work w = work_open(rules, NULL, now, a, out);
	decide(&w, rows[what].disposition, what == UNREADABLE_RELEASED ? "parked" : "quarantined", rows[what].reason);
	(void)work_event(&w, what == UNREADABLE_RELEASED ? EVENT_PARKED : EVENT_QUARANTINED, now, "daemon",
			 say(&w, "mail %lld: %s", (long long)ledger_id, out->reason));
	const char *at = phrase_instant(received, rules->calendar, a);
	struct letter proto = { .kind = LETTER_NOTICE_OTHER,
				.make_token = what == UNREADABLE_DIED,
				.attach_original = what == UNREADABLE_RELEASED };
	letter_say(&w, &proto, "what", rows[what].what);
	letter_say(&w, &proto, "why",
		   say(&w, "Sebuah surat yang masuk %s %s %lld.", at ? at : "?", rows[what].why, (long long)ledger_id));
	letter_to_staff(&w, &proto, NULL, TO_ALL_STAFF, NULL);
	return work_close(&w);
}
