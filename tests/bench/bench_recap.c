/* A recap over N closed tickets, made by the document process.  Usage: bench_recap PROGRAM [N [OUT]] */
#include "base/program.h"
#include "document/document.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <limits.h>
#include <sys/resource.h>
#include <unistd.h>

static void fill(struct store *s, int n)
{
	static const char *const agencies[] = {
		"Dinas Kesehatan", "Dinas Pendidikan dan Kebudayaan", "Inspektorat", "Badan Kesatuan Bangsa dan Politik",
		"Dinas Pemberdayaan Perempuan, Perlindungan Anak, Pengendalian Penduduk dan Keluarga Berencana"
	};
	static const enum request_kind kinds[] = { REQUEST_RENEWAL, REQUEST_RENEWAL, REQUEST_RENEWAL, REQUEST_ISSUANCE,
						   REQUEST_PASSPHRASE };
	struct error err = { 0 };
	if (store_begin(s, __func__, &err) != 0)
		exit(1);
	for (int i = 0; i < n; i++) {
		struct arena *a = arena_new(1 << 20);
		struct applicant *x = arena_array(a, 1, sizeof(*x));
		int64_t day = civil_days((struct civil_date){ 2026, 1, 5 }) + i % 350, opened_s = day * 86400 + 30000 + i % 20000;
		if (!a || !x)
			exit(1);
		*x = (struct applicant){ .state = APPLICANT_RENEWED, .renewed_until = { 2026 + i % 3, 1 + i % 12, 1 + i % 28 } };
		x->value[FIELD_NAME] =
			i % 7 ? "Budi Santoso" : "Raden Mas Haji Muhammad Nurhidayatullah Wiratmadja, S.Kom., M.Si.";
		x->value[FIELD_NIK] = "2103070101800001";
		x->value[FIELD_NIP] = "198001012005011001";
		x->value[FIELD_POSITION] = "Kepala Subbagian Perencanaan dan Keuangan";
		x->value[FIELD_AGENCY] = agencies[i % 5];
		struct ticket t = { .state = i % 20 == 19 ? TICKET_REFUSED : TICKET_CLOSED,
				    .kind = kinds[i % 5],
				    .opened_at = { (opened_s - 25200) * 1000 },
				    .is_closed = true,
				    .closed_at = { (opened_s - 25200 + 9000) * 1000 },
				    .applicants = x,
				    .n_applicants = 1 };
		struct tally y = { .agency = x->value[FIELD_AGENCY],
				   .officer = i % 3 ? "Petugas Satu" : "Petugas Dua",
				   .opened_s = opened_s,
				   .ended_s = opened_s + 9000,
				   .step_s = { 60 + i % 500, 600 + i * 7 % 4000, 120 + i % 900, 30 + i % 300 },
				   .standard_s = { 600, 3600, 900, 300 },
				   .waiting_s = i % 5 ? 0 : 5400,
				   .paused_s = i % 9 ? 0 : 3600,
				   .mails = (uint32_t)(i % 4),
				   .mark = (uint32_t)(i % 6 == 0 ? 1 + i % 4 : 0) };
		if (store_ticket_save(s, &t, 2026, a, &err) != 0 || store_tally_save(s, t.id, &y, &err) != 0)
			exit(1);
		arena_free(a);
	}
	if (store_commit(s, &err) != 0)
		exit(1);
	store_end(s);
}

/* The programs look for one another in their own folder. */
static void beside(const char *program)
{
	char self[PATH_MAX] = "", link[PATH_MAX + 32];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash = n > 0 ? strrchr(self, '/') : NULL;
	if (!slash)
		exit(1);
	(void)snprintf(link, sizeof(link), "%.*s/sitante-document", (int)(slash - self), self);
	(void)unlink(link);
	if (symlink(program, link) < 0)
		exit(1);
}

int main(int argc, char **argv)
{
	struct store *s = NULL;
	struct error err = { 0 };
	struct program_child c;
	struct rusage self, child;
	AUTO_BUF request = BUF_INIT(4096);
	AUTO_BUF out = BUF_INIT(512u * 1024 * 1024);
	int n = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 100000;
	char folder[] = "/tmp/sitante-bench-XXXXXX";
	const char *dir = mkdtemp(folder);
	if (argc > 1)
		beside(argv[1]);
	if (!dir || store_open(dir, STORE_OFFICE, &s, &err) != 0)
		return 1;
	fill(s, n);
	struct recap_request q = { .agency = "Dinas Komunikasi dan Informatika Kabupaten Natuna", .title = "Tahun 2026" };
	q.from_s = civil_days((struct civil_date){ 2026, 1, 1 }) * 86400;
	q.to_s = civil_days((struct civil_date){ 2027, 1, 1 }) * 86400;
	q.now_s = civil_days((struct civil_date){ 2026, 12, 21 }) * 86400;
	recap_encode(&q, &request);
	int64_t began = clock_monotonic_ms();
	if (program_start(DOCUMENT_PROGRAM, dir, buf_span(&request), -1, &c, &err) != 0 || program_finish(&c, &out, &err) != 0) {
		(void)fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	int64_t took = clock_monotonic_ms() - began;
	(void)getrusage(RUSAGE_CHILDREN, &child);
	(void)getrusage(RUSAGE_SELF, &self);
	(void)printf("recap of %d tickets: %lld ms (processor %lld ms), document process at most %ld MiB, %zu KiB of workbook\n",
		     n, (long long)took,
		     (long long)(child.ru_utime.tv_sec + child.ru_stime.tv_sec) * 1000 +
			     (child.ru_utime.tv_usec + child.ru_stime.tv_usec) / 1000,
		     child.ru_maxrss / 1024, out.n / 1024);
	FILE *f = argc > 3 ? fopen(argv[3], "wb") : NULL;
	if (f) {
		(void)fwrite(out.p, 1, out.n, f);
		(void)fclose(f);
	}
	store_close(s);
	return 0;
}
