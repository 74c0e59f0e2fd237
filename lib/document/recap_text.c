/* The same as CSV (the register's rows) and JSON (rows and figures). */
#include "document/draw.h"

#include "base/cell.h"
#include "base/json.h"

#include <stdio.h>

static const char *const columns[] = { "tiket",
				       "laporan",
				       "masuk",
				       "selesai",
				       "keadaan",
				       "jenis",
				       "nama",
				       "nik",
				       "nip",
				       "jabatan",
				       "instansi",
				       "petugas",
				       "langkah_1_detik",
				       "langkah_2_detik",
				       "langkah_3_detik",
				       "langkah_4_detik",
				       "tunggu_pemohon_detik",
				       "tunggu_bsre_detik",
				       "surat",
				       "pesan_singkat",
				       "berlaku_sampai",
				       "nilai" };
enum { N_COLUMNS = sizeof(columns) / sizeof(*columns) };

static void local_iso(int64_t s, char out[INSTANT_ISO_SIZE])
{
	instant_format_iso((struct instant){ s * 1000 }, 0, out);
	out[19] = '\0'; /* wall time: no offset */
}

void text_begin(const struct recap_request *q, struct buf *out)
{
	if (q->format == RECAP_JSON) {
		struct json j = json_open(out, false);
		buf_add_str(out, "{\"period\":");
		json_str(&j, q->title);
		buf_add_str(out, ",\"register\":[");
		return;
	}
	for (int i = 0; i < N_COLUMNS; i++) {
		cell_add_csv(out, columns[i]);
		buf_add_str(out, i + 1 < N_COLUMNS ? "," : "\r\n");
	}
}

void text_row(const struct recap_request *q, const struct tally *t, bool first, struct buf *out)
{
	char opened[INSTANT_ISO_SIZE], ended[INSTANT_ISO_SIZE] = "", nik[40], nip[40], numbers[9][24];
	const int64_t values[9] = { t->step_s[0], t->step_s[1], t->step_s[2], t->step_s[3], t->waiting_s,
				    t->paused_s,  t->mails,     t->sms,       t->mark };
	local_iso(t->opened_s, opened);
	if (t->ended_s)
		local_iso(t->ended_s, ended);
	for (int i = 0; i < 9; i++)
		(void)snprintf(numbers[i], sizeof(numbers[i]), "%lld", (long long)values[i]);
	const char *cells[N_COLUMNS] = { t->number,
					 t->report,
					 opened,
					 t->ended_s ? ended : NULL,
					 t->state,
					 t->kind,
					 t->name,
					 recap_masked(q, t->nik, nik),
					 recap_masked(q, t->nip, nip),
					 t->position,
					 t->agency,
					 t->officer,
					 values[0] < 0 ? NULL : numbers[0],
					 values[1] < 0 ? NULL : numbers[1],
					 values[2] < 0 ? NULL : numbers[2],
					 values[3] < 0 ? NULL : numbers[3],
					 numbers[4],
					 numbers[5],
					 numbers[6],
					 numbers[7],
					 t->until,
					 t->mark ? numbers[8] : NULL };
	struct json j = json_open(out, false);
	if (q->format == RECAP_JSON) {
		buf_add_str(out, first ? "" : ",");
		json_object(&j);
	}
	for (int i = 0; i < N_COLUMNS; i++) {
		if (q->format == RECAP_JSON && cells[i] && ((i >= 12 && i <= 19) || i == 21)) {
			int k = i == 21 ? 8 : i - 12;
			json_kv_int(&j, columns[i], values[k]);
		} else if (q->format == RECAP_JSON) {
			json_kv_str(&j, columns[i], cells[i]);
		} else {
			cell_add_csv(out, cells[i]);
			buf_add_str(out, i + 1 < N_COLUMNS ? "," : "\r\n");
		}
	}
	if (q->format == RECAP_JSON)
		json_object_end(&j);
}

static void groups(struct json *j, const char *key, const struct recap_groups *g)
{
	json_key(j, key);
	json_array(j);
	for (size_t i = 0; i < g->n; i++) {
		json_object(j);
		json_kv_str(j, "name", g->list[i].name);
		json_kv_int(j, "received", g->list[i].received);
		json_kv_int(j, "done", g->list[i].done);
		json_kv_int(j, "refused", g->list[i].refused);
		json_kv_int(j, "cancelled", g->list[i].cancelled);
		json_kv_int(j, "open", g->list[i].open);
		json_object_end(j);
	}
	json_array_end(j);
}

static void series(struct json *j, struct recap *r)
{
	json_key(j, "steps");
	json_array(j);
	for (int i = 0; i <= RECAP_TOTAL; i++) {
		struct recap_figures f;
		recap_figures(r, i, &f);
		json_object(j);
		json_kv_int(j, "step", i == RECAP_TOTAL ? 0 : i + 1);
		json_kv_int(j, "n", (int64_t)f.n);
		json_kv_int(j, "mean_seconds", (int64_t)(f.mean + 0.5));
		json_kv_int(j, "median_seconds", (int64_t)(f.median + 0.5));
		json_kv_int(j, "p90_seconds", (int64_t)(f.p90 + 0.5));
		json_kv_int(j, "slowest_seconds", (int64_t)f.slowest);
		json_kv_int(j, "within_standard", r->steps[i].within);
		json_object_end(j);
	}
	json_array_end(j);
}

void text_end(const struct recap_request *q, struct recap *r, struct buf *out)
{
	if (q->format != RECAP_JSON)
		return;
	struct json j = json_open(out, false);
	buf_add_str(out, "],\"recap\":");
	json_object(&j);
	json_kv_int(&j, "received", r->received);
	json_kv_int(&j, "done", r->done);
	json_kv_int(&j, "refused", r->refused);
	json_kv_int(&j, "cancelled", r->cancelled);
	json_kv_int(&j, "open_team", r->open_team);
	json_kv_int(&j, "waiting_applicant", r->open_applicant);
	json_kv_int(&j, "waiting_bsre", r->open_bsre);
	groups(&j, "kinds", &r->kinds);
	groups(&j, "agencies", &r->agencies);
	groups(&j, "officers", &r->officers);
	series(&j, r);
	json_kv_int(&j, "within_90_minutes", r->within_90);
	json_kv_int(&j, "waiting_applicant_seconds", r->waiting_s);
	json_kv_int(&j, "waiting_bsre_seconds", r->paused_s);
	json_kv_int(&j, "marks", r->marks);
	json_kv_int(&j, "index_hundredths", (int64_t)(recap_index(r) * 100 + 0.5));
	json_kv_str(&j, "band", recap_band(recap_index(r)));
	json_kv_int(&j, "ending_30_days", r->ending[0]);
	json_kv_int(&j, "ending_60_days", r->ending[1]);
	json_kv_int(&j, "ending_90_days", r->ending[2]);
	json_object_end(&j);
	buf_add_str(out, "}\n");
}
