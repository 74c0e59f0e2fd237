/* Draws the slip of the row that is named, for test_slip.py: short, usual, long and far too long values. */
#include "document/draw.h"

#include <stdio.h>
#include <string.h>

static char much[1200]; /* as long as a value of a mail can be */

static void usual(struct slip *s)
{
	*s = (struct slip){
		.letterhead = { "PEMERINTAH KABUPATEN NATUNA", "DINAS KOMUNIKASI DAN INFORMATIKA",
				"Jalan Batu Sisir, Bukit Arai, Ranai, Kabupaten Natuna, Kepulauan Riau" },
		.n_letterhead = 3,
		.title = "TANDA TERIMA PERMOHONAN",
		.code = "SITANTE-2026-0001",
		.rows = { { "Nomor tiket", "SITANTE-2026-0001" },
			  { "Tanggal masuk", "Senin, 5 Januari 2026 pukul 09.30 WIB" },
			  { "Nomor surat", "005/12/DISSOS/2026" },
			  { "Pengirim surat", "Dinas Sosial" },
			  { "Permohonan", "pembaharuan sertifikat elektronik" } },
		.n_rows = 5,
		.persons = { { "Budi Santoso, S.Kom", "NIK ************0001" } },
		.n_persons = 1,
		.n_persons_all = 1,
		.next = "Selanjutnya petugas memeriksa permohonan ini dan menghubungi pemohon bila ada yang perlu dilengkapi.",
		.times = "Waktu standar (jam kerja): penerimaan 10 menit, pemeriksaan 60 menit, penerbitan 15 menit, "
			 "pemberitahuan 5 menit.",
		.place_date = "Ranai, 5 Januari 2026",
		.role = "Yang menerima,",
		.name = "Petugas Satu",
		.foot = "Simpan tanda terima ini.",
	};
}

static void bare(struct slip *s)
{
	*s = (struct slip){ .letterhead = { "Dinas" },
			    .n_letterhead = 1,
			    .title = "TANDA TERIMA PERMOHONAN",
			    .code = "SITANTE-2026-0001",
			    .rows = { { "Nomor tiket", "SITANTE-2026-0001" } },
			    .n_rows = 1 };
}

static void many(struct slip *s)
{
	usual(s);
	for (s->n_persons = 0; s->n_persons < SLIP_PERSONS; s->n_persons++)
		s->persons[s->n_persons] =
			(struct slip_line){ "Raden Mas Haryo Bimo Setiawan Kusumanegara, S.Sos., M.Si.", "NIK ************0001" };
	s->n_persons_all = 500;
}

static void wide(struct slip *s)
{
	usual(s);
	s->letterhead[3] = "Telepon (0773) 000000, faksimile (0773) 000001, laman https://diskominfo.natunakab.go.id";
	s->letterhead[4] = "Pos-el diskominfo@natunakab.go.id";
	s->letterhead[5] = "Kode pos 29783";
	s->n_letterhead = 6;
	s->rows[2].value = "005/1234/BID-KEPEGAWAIAN-DAN-UMUM/SEKRETARIAT/DISSOSP3AP2KB/PEMKAB-NATUNA/XII/2026-LAMPIRAN-KEDUA";
	s->rows[3].value = "Sekretariat Dinas Sosial, Pemberdayaan Perempuan, Perlindungan Anak, Pengendalian Penduduk dan "
			   "Keluarga Berencana Kabupaten Natuna, Subbagian Umum dan Kepegawaian";
	s->persons[0].label = "Prof. Dr. Ir. Raden Mas Haryo Bimo Setiawan Kusumanegara Wicaksono, S.Sos., M.Si., M.T., Ph.D.";
	s->name = "Prof. Dr. Ir. Siti Nurhaliza Rahmawati Kusumaningrum, S.Sos., M.Si.";
}

static void monstrous(struct slip *s)
{
	memset(much, 'W', sizeof(much) - 1);
	many(s);
	for (size_t i = 0; i < PRINT_LETTERHEAD; i++)
		s->letterhead[i] = much;
	s->n_letterhead = PRINT_LETTERHEAD;
	for (size_t i = 1; i < s->n_rows; i++)
		s->rows[i].value = much;
	for (size_t i = 0; i < s->n_persons; i++)
		s->persons[i].label = much;
	s->next = s->times = s->place_date = s->role = s->name = s->foot = much;
}

static const struct {
	const char *name;
	void (*make)(struct slip *s);
} rows[] = { { "usual", usual }, { "bare", bare }, { "many", many }, { "wide", wide }, { "monstrous", monstrous } };

int main(int argc, char **argv)
{
	static struct slip s, back;
	struct error err = { 0 };
	AUTO_BUF wire = BUF_INIT(8u * 1024 * 1024);
	AUTO_BUF pdf = BUF_INIT(8u * 1024 * 1024);
	AUTO_ARENA a = arena_new(16u * 1024 * 1024);
	for (size_t i = 0; argc == 2 && i < sizeof(rows) / sizeof(*rows); i++)
		if (strcmp(rows[i].name, argv[1]) == 0)
			rows[i].make(&s);
	if (!s.code)
		return 2;
	slip_encode(&s, &wire);
	struct wire w = wire_open(buf_span(&wire));
	if (wire_u8(&w) != DOCUMENT_SLIP || slip_decode(&w, a, &back) != 0 || slip_draw(&back, &pdf, &err) != 0) {
		(void)fprintf(stderr, "%s: %s\n", argv[1], err.text);
		return 1;
	}
	return fwrite(pdf.p, 1, pdf.n, stdout) == pdf.n ? 0 : 1;
}
