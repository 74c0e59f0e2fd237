/* Berita acara pemusnahan: what was destroyed, told to the head, and its digest kept in the audit chain. */
#include "casework/casework_private.h"
#include "casework/phrase.h"

#include <string.h>

enum { SHOWN = 50 };

static const struct {
	const char *class, *name;
} names[] = {
	{ "scans", "Pindaian KTP dan foto" },
	{ "attachments", "Lampiran lain" },
	{ "raw", "Salinan surat masuk dan keluar" },
	{ "tickets", "Isi percakapan tiket" },
	{ "register", "Data pemohon, dokumen, dan register" },
	{ KEEP_PERSON, "Penghapusan atas permintaan pemilik data" },
};
enum { N_NAMES = sizeof(names) / sizeof(*names) };

static const char *name_of(const char *class)
{
	for (size_t i = 0; i < N_NAMES; i++)
		if (str_eq(names[i].class, class))
			return names[i].name;
	return "?";
}

static void date_add(struct work *w, struct buf *b, struct instant t)
{
	struct civil_date d = phrase_local_date(t, w->rules->calendar);
	if (t.ms != 0)
		buf_addf(b, "%04d-%02d-%02d", d.year, d.month, d.day);
}

static void csv(struct work *w, const struct keep_row *rows, size_t n, struct buf *b)
{
	buf_add_str(b, "No;Kelas;Tiket;Surat ke-;Jumlah;Tiket selesai;Dimusnahkan\r\n");
	for (size_t i = 0; i < n; i++) {
		buf_addf(b, "%zu;%s;%s;", i + 1, name_of(rows[i].class), rows[i].number ? rows[i].number : "");
		if (rows[i].ledger_id)
			buf_addf(b, "%lld", (long long)rows[i].ledger_id);
		buf_addf(b, ";%llu;", (unsigned long long)rows[i].n);
		date_add(w, b, rows[i].ended_at);
		buf_add_char(b, ';');
		date_add(w, b, rows[i].at);
		buf_add_str(b, "\r\n");
	}
}

static void sums(const struct keep_row *rows, size_t n, struct buf *b)
{
	for (size_t k = 0; k < N_NAMES; k++) {
		uint64_t sum = 0;
		for (size_t i = 0; i < n; i++)
			sum += str_eq(rows[i].class, names[k].class) ? rows[i].n : 0;
		if (sum > 0)
			buf_addf(b, "%s\t%llu\n", names[k].name, (unsigned long long)sum);
	}
}

/* Rows of one ticket and class stand together: one line for them. */
static void lines(const struct keep_row *rows, size_t n, struct buf *b)
{
	size_t shown = 0, i = 0;
	while (i < n && shown < SHOWN) {
		const struct keep_row *first = &rows[i];
		uint64_t sum = 0;
		for (; i < n && rows[i].ticket_id == first->ticket_id && str_eq(rows[i].class, first->class); i++)
			sum += rows[i].n;
		buf_addf(b, "- %s%s: %s, %llu\n", first->number ? "tiket " : "tanpa tiket", first->number ? first->number : "",
			 name_of(first->class), (unsigned long long)sum);
		shown++;
	}
	if (i < n)
		buf_addf(b, "- … dan %zu baris lagi dalam lampiran\n", n - i);
}

int casework_destruction(const struct casework_rules *rules, const struct keep_row *rows, size_t n, struct instant now,
			 struct arena *a, struct decision *out)
{
	struct work w = work_open(rules, NULL, now, a, out);
	struct civil_date today = phrase_local_date(now, rules->calendar);
	AUTO_BUF list = BUF_INIT(CASEWORK_LIST_BYTES), sum = BUF_INIT(CASEWORK_LIST_BYTES), text = BUF_INIT(CASEWORK_LIST_BYTES);
	char hex[DIGEST_HEX_SIZE];
	csv(&w, rows, n, &list);
	sums(rows, n, &sum);
	lines(rows, n, &text);
	const char *file = say_buf(&w, &list);
	struct digest d = digest_sha256(span_str(file));
	digest_hex(&d, hex);
	struct letter *l = letter_add(&w, LETTER_DESTRUCTION, rules->keep_to);
	if (l) {
		letter_say(&w, l, "period", phrase_date(today, a));
		letter_say(&w, l, "destroyed_sum", say_buf(&w, &sum));
		letter_say(&w, l, "destroyed", say_buf(&w, &text));
		letter_say(&w, l, "digest", say(&w, "%s", hex));
		l->file_name = say(&w, "berita-acara-pemusnahan-%04d-%02d-%02d.csv", today.year, today.month, today.day);
		l->file_type = "text/csv";
		l->file = span_str(file);
	}
	(void)work_loose_event(&w, EVENT_DESTROYED, now, "daemon", say(&w, "list of %zu rows, sha256 %s", n, hex));
	return work_close(&w);
}
