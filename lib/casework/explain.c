/* Where the time of a ticket went: the spans of its four clocks, each with what began and ended it. */
#include "casework/casework_private.h"

#include <errno.h>

struct spans {
	struct arena *a;
	struct step_span *list;
	size_t n, cap;
	bool failed;
};

static void span_take(void *context, const struct step_span *s)
{
	struct spans *all = context;
	if (all->n == all->cap) {
		size_t cap = all->cap ? all->cap * 2 : 16;
		struct step_span *grown = arena_grow(all->a, all->list, all->n, cap, sizeof(*grown));
		all->failed = all->failed || !grown;
		if (!grown)
			return;
		all->list = grown;
		all->cap = cap;
	}
	size_t at = all->n++; /* steps overlap in time: kept together by step */
	while (at > 0 && all->list[at - 1].step > s->step) {
		all->list[at] = all->list[at - 1];
		at--;
	}
	all->list[at] = *s;
}

int casework_spans(const struct casework_rules *rules, const struct ticket *t, struct instant now, struct arena *a,
		   struct step_span **out, size_t *n)
{
	struct spans all = { .a = a };
	struct step steps[4];
	steps_walk(rules, t, now, steps, span_take, &all);
	*out = all.list;
	*n = all.n;
	return all.failed ? -ENOMEM : 0;
}

bool ticket_waits_bsre(const struct ticket *t)
{
	for (size_t i = t->n_events; i-- > 0;)
		switch ((int)t->events[i].what) {
		case EVENT_PAUSED:
			return ticket_is_open(t);
		case EVENT_RESUMED:
		case EVENT_RENEWED:
		case EVENT_REOPENED:
			return false;
		default:
			break;
		}
	return false;
}

static const char *happened(const struct event *e)
{
	static const char *const words[N_EVENTS] = {
		[EVENT_RECEIVED] = "permohonan masuk",
		[EVENT_ACKNOWLEDGED] = "tanda terima diterima server surat",
		[EVENT_STAFF_TOLD] = "pemberitahuan kepada petugas terkirim",
		[EVENT_ASSISTED] = "petugas menulis kepada pemohon",
		[EVENT_ANSWERED] = "pemohon menjawab",
		[EVENT_RENEWED] = "sertifikat dicatat terbit",
		[EVENT_REPORTED] = "laporan terkirim kepada kepala",
		[EVENT_NOTIFIED] = "pemberitahuan kepada pemohon terkirim",
		[EVENT_NOTIFY_FAILED] = "pemberitahuan kepada pemohon gagal",
		[EVENT_REFUSED] = "permohonan ditolak",
		[EVENT_CANCELLED] = "tiket dibatalkan",
		[EVENT_MERGED] = "tiket digabung",
		[EVENT_REOPENED] = "tiket dibuka kembali",
		[EVENT_TAKEN_UP] = "waktunya tiba untuk diproses",
		[EVENT_BOUNCED] = "surat kepada pemohon kembali",
		[EVENT_MAIL_FAILED] = "surat kepada pemohon gagal",
		[EVENT_PAUSED] = "mulai menunggu BSrE (/tunggu bsre)",
		[EVENT_RESUMED] = "BSrE selesai (/lanjut)",
	};
	if (e && e->what == EVENT_MAIL_FAILED && str_eq(e->detail, DROPPED_REPORT))
		return "laporan yang tidak terkirim dilepas operator";
	return e && (size_t)e->what < N_EVENTS && words[e->what] ? words[e->what] : "kejadian lain";
}

static void add_cause(struct buf *out, const char *label, const struct event *e)
{
	if (!e) {
		buf_addf(out, "  %s: masih berjalan\n", label);
		return;
	}
	buf_addf(out, "  %s: %s", label, happened(e));
	if (e->outbox_id)
		buf_addf(out, " (surat keluar %lld)", (long long)e->outbox_id);
	else if (e->ledger_id)
		buf_addf(out, " (surat masuk %lld)", (long long)e->ledger_id);
	buf_add_char(out, '\n');
}

static void add_span(const struct casework_rules *rules, const struct step_span *s, struct arena *a, struct buf *out)
{
	static const char *const kinds[N_SPAN_KINDS] = {
		[SPAN_WORK] = "dihitung",
		[SPAN_APPLICANT] = "menunggu pemohon, tidak dihitung",
		[SPAN_BSRE] = "menunggu BSrE, tidak dihitung",
	};
	const char *from = phrase_instant(s->from, rules->calendar, a), *to = phrase_instant(s->to, rules->calendar, a);
	const char *took = phrase_duration(s->working, a);
	buf_addf(out, "- %s s.d. %s: %s jam kerja, %s\n", from ? from : "?", s->end ? (to ? to : "?") : "sekarang",
		 took ? took : "?", kinds[s->kind]);
	add_cause(out, "mulai", s->begin);
	add_cause(out, "selesai", s->end);
}

static void add_sum(const struct step *s, struct arena *a, struct buf *out)
{
	const char *working = phrase_duration(s->working, a), *standard = phrase_duration(s->standard, a);
	const char *waiting = phrase_duration(s->waiting, a), *paused = phrase_duration(s->paused, a);
	buf_addf(out, "Jumlah langkah %d: %s dari standar %s, %s", s->step, working ? working : "?", standard ? standard : "?",
		 s->met ? "sesuai standar" : "MELEWATI STANDAR");
	if (s->waiting.ms > 0)
		buf_addf(out, "; menunggu pemohon %s", waiting ? waiting : "?");
	if (s->paused.ms > 0)
		buf_addf(out, "; menunggu BSrE %s", paused ? paused : "?");
	buf_add_str(out, s->finished ? "\n\n" : " (masih berjalan)\n\n");
}

static void add_corrections(const struct casework_rules *rules, const struct ticket *t, struct arena *a, struct buf *out)
{
	for (size_t i = 0; i < t->n_events; i++) {
		int step = 0;
		bool end = false;
		struct instant at = { 0 };
		const struct event *e = &t->events[i];
		if (e->what != EVENT_CORRECTED || !correction_read(e->detail, &step, &end, &at))
			continue;
		const char *when = phrase_instant(at, rules->calendar, a), *said = phrase_instant(e->at, rules->calendar, a);
		struct span reason = span_str(e->detail);
		size_t from = span_find_nocase(reason, CORRECTION_ISO, ": ");
		buf_addf(out, "Koreksi oleh %s, %s: langkah %d %s %s. Alasan: %s\n", e->who ? e->who : "?", said ? said : "?",
			 step, end ? "selesai" : "mulai", when ? when : "?",
			 from < reason.n ? e->detail + from + 2 : "tidak disebutkan");
	}
}

void casework_explain(const struct casework_rules *rules, const struct ticket *t, struct instant now, struct arena *a,
		      struct buf *out)
{
	static const char *const names[4] = { "penerimaan", "pemeriksaan", "penerbitan", "pemberitahuan" };
	struct step_span *spans = NULL;
	struct step steps[4];
	size_t n = 0;
	casework_steps(rules, t, now, steps);
	if (casework_spans(rules, t, now, a, &spans, &n) < 0)
		return;
	for (int i = 0; i < 4; i++) {
		if (!steps[i].started)
			continue;
		buf_addf(out, "Langkah %d, %s\n", i + 1, names[i]);
		for (size_t k = 0; k < n; k++)
			if (spans[k].step == i + 1)
				add_span(rules, &spans[k], a, out);
		add_sum(&steps[i], a, out);
	}
	add_corrections(rules, t, a, out);
}
