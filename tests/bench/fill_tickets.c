/* A store of N tickets as three years of a busy agency leave it, made through the store's own functions.
 * Usage: fill_tickets DIRECTORY N */
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PER_COMMIT = 1000, TEXTS = 8, NOW_S = 1795824000 /* 2026-11-28 */, THREE_YEARS_S = 3 * 365 * 86400 };

#define MUST(x)                                                                                                                  \
	do {                                                                                                                     \
		if ((x) != 0) {                                                                                                  \
			(void)fprintf(stderr, "%s: %s\n", #x, err.text);                                                         \
			exit(1);                                                                                                 \
		}                                                                                                                \
	} while (0)

static const char *const names[] = { "Budi Santoso",  "Ani Wulandari", "Siti Rahmawati", "Joko Susilo", "Dewi Lestari",
				     "Agus Priyanto", "Rina Marlina",  "Hendra Gunawan", "Maria Ulfah", "Yusuf Hidayat" };
static const char *const agencies[] = { "Dinas Kesehatan",          "Dinas Pendidikan dan Kebudayaan",
					"Inspektorat Daerah",       "Badan Kesatuan Bangsa dan Politik",
					"Dinas Perhubungan",        "Kecamatan Bunguran Timur",
					"Badan Kepegawaian Daerah", "Dinas Pekerjaan Umum",
					"Sekretariat Daerah",       "Rumah Sakit Umum Daerah" };
static const char *const staff[] = { "satu@natunakab.go.id", "dua@natunakab.go.id", "tiga@natunakab.go.id" };
static const char *const words[] = { "mohon",      "perpanjangan", "sertifikat", "elektronik", "dengan",        "hormat",
				     "kami",       "sampaikan",    "berkas",     "lampiran",   "terima",        "kasih",
				     "atas",       "perhatian",    "Bapak",      "Ibu",        "dinas",         "jabatan",
				     "nomor",      "telepon",      "masih",      "aktif",      "segera",        "diproses",
				     "permohonan", "tanda",        "tangan",     "akun",       "penyelenggara", "verifikasi",
				     "kartu",      "identitas",    "foto",       "surat",      "rekomendasi",   "kepala",
				     "pemerintah", "kabupaten",    "Natuna",     "pelayanan" };

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Sentences of common words, with a rare one now and then, as people write. */
static const char *text_make(struct arena *a, uint32_t *seed, int i)
{
	AUTO_BUF b = BUF_INIT(8192);
	for (int k = 0; k < 90; k++)
		buf_addf(&b, "%s%s", k ? (k % 12 ? " " : ".\n") : "", words[next(seed) % (sizeof(words) / sizeof(*words))]);
	buf_addf(&b, " kode%u ruang%u", next(seed) % 50000, next(seed) % 300);
	if (i % 10007 == 3)
		buf_add_str(&b, " jarum");
	return arena_strdup(a, buf_cstr(&b));
}

static void texts(struct store *s, struct arena *a, const struct ticket *t, uint32_t *seed, int i)
{
	static const char *const kinds[TEXTS] = { "request",    "acknowledgement", "staff-notice", "staff-notice",
						  "assistance", "answer",          "notification", "report" };
	struct error err = { 0 };
	for (int k = 0; k < TEXTS; k++) {
		struct message_row m = { .ticket_id = t->id,
					 .direction = k == 0 || k == 5 ? "in" : "out",
					 .kind = kinds[k],
					 .from = "sitante@natunakab.go.id",
					 .to = t->requester_address,
					 .subject = "Perpanjangan TTE",
					 .at = { t->opened_at.ms + k * 60000 },
					 .state = k == 0 || k == 5 ? "filed" : "sent",
					 .text = text_make(a, seed, i * TEXTS + k) };
		MUST(store_message_add(s, &m, &err));
	}
}

static enum ticket_state state_of(int i, int n, uint32_t r)
{
	static const enum ticket_state ended[] = { TICKET_REFUSED, TICKET_CANCELLED, TICKET_MERGED };
	static const enum ticket_state going[] = { TICKET_RECEIVED, TICKET_EXAMINING, TICKET_WAITING, TICKET_RENEWED };
	if (i > n - n / 100 || r % 500 == 0)
		return going[r % 4];
	return r % 20 == 1 ? ended[r % 3] : TICKET_CLOSED;
}

static void one(struct store *s, int i, int n, uint32_t *seed)
{
	struct error err = { 0 };
	struct arena *a = arena_new(1 << 20);
	struct applicant *x = arena_array(a, 1, sizeof(*x));
	uint32_t r = next(seed);
	int64_t opened = ((int64_t)NOW_S - THREE_YEARS_S + (int64_t)((double)i / n * THREE_YEARS_S) - r % 7200) * 1000;
	struct ticket t = { .state = state_of(i, n, r),
			    .kind = REQUEST_RENEWAL,
			    .requester_name = names[r % 10],
			    .requester_address = arena_printf(a, "orang%d@natunakab.go.id", i),
			    .assigned_to = r % 4 == 3 ? NULL : staff[r % 3],
			    .opened_at = { opened },
			    .applicants = x,
			    .n_applicants = 1 };
	t.is_closed = t.state >= TICKET_CLOSED;
	t.closed_at.ms = opened + 5400000;
	x->value[FIELD_NAME] = names[r % 10];
	x->value[FIELD_NIK] = arena_printf(a, "2103%012d", i);
	x->value[FIELD_POSITION] = "Kepala Seksi Promosi";
	x->value[FIELD_AGENCY] = agencies[(r >> 4) % 10];
	struct event events[] = { { .at = { opened }, .who = "applicant", .what = EVENT_RECEIVED },
				  { .at = { opened + 30000 }, .who = "daemon", .what = EVENT_ACKNOWLEDGED },
				  { .at = { opened + 600000 }, .who = staff[0], .what = EVENT_ASSISTED },
				  { .at = { opened + 1200000 }, .who = "applicant", .what = EVENT_ANSWERED },
				  { .at = { opened + 1800000 }, .who = staff[0], .what = EVENT_RENEWED },
				  { .at = { opened + 1860000 }, .who = "daemon", .what = EVENT_REPORTED },
				  { .at = { opened + 1870000 }, .who = "daemon", .what = EVENT_NOTIFIED },
				  { .at = { opened + 5400000 }, .who = "daemon", .what = EVENT_CLOSED } };
	t.events = events;
	t.n_events = t.is_closed ? 8 : 2 + r % 3;
	MUST(store_ticket_save(s, &t, 2024 + i * 3 / n, a, &err));
	struct instant late[4] = { { 0 } };
	if (!t.is_closed)
		late[r % 4].ms = opened + 3600000;
	MUST(store_ticket_late_set(s, t.id, late, &err));
	MUST(store_ticket_due_set(s, t.id, false, t.opened_at, &err));
	texts(s, a, &t, seed, i);
	arena_free(a);
}

int main(int argc, char **argv)
{
	struct error err = { 0 };
	struct store *s = NULL;
	uint32_t seed = 1;
	int n = argc == 3 ? (int)strtoul(argv[2], NULL, 10) : 0;
	if (n <= 0) {
		(void)fprintf(stderr, "usage: fill_tickets DIRECTORY N\n");
		return 2;
	}
	MUST(store_open(argv[1], STORE_OFFICE, &s, &err));
	for (int i = 0; i < n; i++) {
		if (i % PER_COMMIT == 0)
			MUST(store_begin(s, __func__, &err));
		one(s, i, n, &seed);
		if (i % PER_COMMIT == PER_COMMIT - 1 || i == n - 1)
			MUST(store_commit(s, &err));
		if (i % 20000 == 0)
			(void)fprintf(stderr, "%d\r", i);
	}
	store_end(s);
	store_close(s);
	return 0;
}
