/* The commands about clocks: /tunggu bsre, /lanjut, /koreksi, /jelaskan. */
#include "casework/casework_private.h"

#include "base/num.h"

void run_tunggu(struct errand *e, const struct command *c)
{
	if (ticket_waits_bsre(e->t)) {
		errand_refuse(e, c, "Tiket ini sudah menunggu BSrE. Bila BSrE sudah selesai, kirim /lanjut.");
		return;
	}
	if (e->t->state == TICKET_RENEWED || !errand_event(e, EVENT_PAUSED, "bsre")) {
		errand_refuse(e, c, "Tiket ini %s, sehingga tidak menunggu BSrE.", phrase_state(e->t->state));
		return;
	}
	errand_done(e, c, "waktu menunggu BSrE mulai dicatat dan tidak dihitung. Bila BSrE sudah selesai, kirim /lanjut.");
}

void run_lanjut(struct errand *e, const struct command *c)
{
	if (!ticket_waits_bsre(e->t) || !errand_event(e, EVENT_RESUMED, "bsre")) {
		errand_refuse(e, c, "Tiket ini tidak sedang menunggu BSrE.");
		return;
	}
	errand_done(e, c, "waktu pemeriksaan berjalan lagi.");
}

/* "2 begin 2026-01-05 08:30", as the command's reader wrote it: local wall time. */
static bool wall_time(const char *value, struct civil_time *out)
{
	struct span s = span_str(value);
	uint32_t y, m, d, hour, minute;
	size_t at = s.n > 16 ? s.n - 16 : 0;
	struct span t = span_of(s.p + at, s.n - at);
	if (t.n != 16 || num_parse_u32(span_of(t.p, 4), 9999, &y) != 0 || num_parse_u32(span_of(t.p + 5, 2), 12, &m) != 0 ||
	    num_parse_u32(span_of(t.p + 8, 2), 31, &d) != 0 || num_parse_u32(span_of(t.p + 11, 2), 23, &hour) != 0 ||
	    num_parse_u32(span_of(t.p + 14, 2), 59, &minute) != 0)
		return false;
	*out = (struct civil_time){ (int)y, (int)m, (int)d, (int)hour, (int)minute, 0 };
	return true;
}

void run_koreksi(struct errand *e, const struct command *c)
{
	const struct calendar *calendar = e->w->rules->calendar;
	struct civil_time local;
	struct step steps[4];
	char iso[INSTANT_ISO_SIZE];
	if (!c->value || !wall_time(c->value, &local) || text_is_blank(c->text)) {
		errand_refuse(e, c,
			      "Tulislah langkah, waktu, dan alasannya, misalnya: /koreksi 2 selesai 05-01-2026 08.30 alasan");
		return;
	}
	int step = c->value[0] - '1';
	bool end = str_starts(c->value + 1, " end");
	struct instant at = zone_instant(calendar_zone(calendar), local);
	casework_steps(e->w->rules, e->t, e->w->now, steps);
	if (at.ms > e->w->now.ms || (end ? !steps[step].finished : !steps[step].started)) {
		errand_refuse(e, c, "Langkah %d belum %s, atau waktu itu belum terjadi.", step + 1, end ? "selesai" : "dimulai");
		return;
	}
	instant_format_iso(at, zone_offset(calendar_zone(calendar), at), iso);
	if (!errand_event(e, EVENT_CORRECTED, say(e->w, "%d %s %s: %.300s", step + 1, end ? "end" : "begin", iso, c->text))) {
		errand_refuse(e, c, "Tiket ini sudah %s.", phrase_state(e->t->state));
		return;
	}
	casework_steps(e->w->rules, e->t, e->w->now, steps);
	const char *took = phrase_duration(steps[step].working, e->w->a), *when = phrase_instant(at, calendar, e->w->a);
	errand_done(e, c, "langkah %d %s %s; waktunya sekarang %s. Alasannya disimpan dalam riwayat.", step + 1,
		    end ? "selesai" : "mulai", when ? when : "?", took ? took : "?");
}

void run_jelaskan(struct errand *e, const struct command *c)
{
	const struct ticket *t = e->t;
	if (c->number) {
		size_t i = e->n_named++;
		t = i < e->w->in->n_named ? e->w->in->named[i] : NULL;
	}
	if (!t) {
		errand_refuse(e, c,
			      c->number ? "Tidak ada tiket dengan nomor itu."
					: "Tiketnya tidak diketahui. Tulislah nomornya, misalnya: /jelaskan 2026-0001.");
		return;
	}
	buf_addf(&e->shown, "Tiket %s\n", t->number ? t->number : "?");
	casework_explain(e->w->rules, t, e->w->now, e->w->a, &e->shown);
	errand_done(e, c, "rincian waktu tiap langkah ada di bawah.");
}
