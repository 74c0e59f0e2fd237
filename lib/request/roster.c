#include "request/roster.h"

#include "base/limits.h"
#include "base/text.h"
#include "request/label.h"

#include <errno.h>
#include <string.h>

enum {
	COLUMN_NONE = -1,
	COLUMN_SERIAL = 100,
	COLUMN_BEGINS,
	HEAD_BYTES = 40,
	EXACT_DIGITS = 15,
	SERIAL_BYTES = 20,
	ROW_COST = 100
};

/* --- heads ------------------------------------------------------------------------------------ */

/* Letters alone, in lower case: "No. Seri Sertifikat" is "noserisertifikat". */
static void head_letters(const char *s, char out[HEAD_BYTES])
{
	size_t n = 0;
	for (; *s && n < HEAD_BYTES - 1; s++)
		if (ascii_is_alpha((unsigned char)*s))
			out[n++] = (char)ascii_lower((unsigned char)*s);
	out[n] = '\0';
}

static int head_column(const char *s)
{
	static const struct {
		const char *word;
		int column;
	} heads[] = {
		{ "serial", COLUMN_SERIAL },
		{ "serialnumber", COLUMN_SERIAL },
		{ "serialsertifikat", COLUMN_SERIAL },
		{ "noseri", COLUMN_SERIAL },
		{ "nomorseri", COLUMN_SERIAL },
		{ "noserisertifikat", COLUMN_SERIAL },
		{ "nomorserisertifikat", COLUMN_SERIAL },
		{ "berlakumulai", COLUMN_BEGINS },
		{ "berlakudari", COLUMN_BEGINS },
		{ "berlakusejak", COLUMN_BEGINS },
		{ "mulaiberlaku", COLUMN_BEGINS },
		{ "tanggalterbit", COLUMN_BEGINS },
		{ "tglterbit", COLUMN_BEGINS },
		{ "notbefore", COLUMN_BEGINS },
		{ "notbeforedate", COLUMN_BEGINS },
		{ "berakhir", FIELD_VALID_UNTIL },
		{ "tanggalberakhir", FIELD_VALID_UNTIL },
		{ "tglberakhir", FIELD_VALID_UNTIL },
		{ "berlakusampai", FIELD_VALID_UNTIL },
		{ "berlakusd", FIELD_VALID_UNTIL },
		{ "berlakuhingga", FIELD_VALID_UNTIL },
		{ "masaberlaku", FIELD_VALID_UNTIL },
		{ "kedaluwarsa", FIELD_VALID_UNTIL },
		{ "kadaluarsa", FIELD_VALID_UNTIL },
		{ "kadaluwarsa", FIELD_VALID_UNTIL },
		{ "tanggalkedaluwarsa", FIELD_VALID_UNTIL },
		{ "tglkadaluarsa", FIELD_VALID_UNTIL },
		{ "expired", FIELD_VALID_UNTIL },
		{ "notafter", FIELD_VALID_UNTIL },
		{ "notafterdate", FIELD_VALID_UNTIL },
		{ "validuntil", FIELD_VALID_UNTIL },
		{ "commonname", FIELD_NAME },
		{ "emailaddress", FIELD_EMAIL },
		{ "organisasi", FIELD_AGENCY },
		{ "jabatanorganisasi", FIELD_POSITION },
		{ "phone", FIELD_PHONE },
	};
	char word[HEAD_BYTES];
	head_letters(s, word);
	for (size_t i = 0; i < COUNT(heads); i++)
		if (str_eq(word, heads[i].word))
			return heads[i].column;
	struct label l = label_read(strip_marks(span_str(s)));
	return l.n > 0 ? (int)l.field[0] : COLUMN_NONE;
}

/* A head names a number and an end, or it is none. */
static bool take_head(struct roster_builder *b, const struct roster_cell *cells, size_t n)
{
	uint64_t seen = 0;
	int *column = arena_array(b->a, n, sizeof(*column));
	if (!column) {
		b->status = arena_status(b->a);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		column[i] = head_column(cells[i].text);
		if (column[i] >= 0 && column[i] < N_FIELDS && (seen & (1u << column[i])))
			column[i] = COLUMN_NONE; /* the first of two counts */
		else if (column[i] >= 0 && column[i] < N_FIELDS)
			seen |= 1u << column[i];
	}
	if (!(seen & (1u << FIELD_VALID_UNTIL)) || !(seen & (1u << FIELD_NIK | 1u << FIELD_NIP)))
		return false;
	b->column = column;
	b->n_columns = n;
	return true;
}

/* --- cells ------------------------------------------------------------------------------------ */

int serial_read(const char *s, struct arena *a, const char **out)
{
	char hex[64];
	unsigned char number[SERIAL_BYTES] = { 0 };
	size_t n = 0;
	bool decimal = true;
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		s += 2;
	for (; *s; s++) {
		if (*s == ':' || *s == ' ' || *s == '-')
			continue;
		int c = ascii_upper((unsigned char)*s);
		if (n == sizeof(hex) - 1 || (!ascii_is_digit(c) && (c < 'A' || c > 'F')))
			return 1;
		decimal = decimal && ascii_is_digit(c);
		hex[n++] = (char)c;
	}
	hex[n] = '\0';
	size_t zeros = strspn(hex, "0");
	if (n - zeros == 0)
		return 1;
	if (n - zeros <= LIMIT_SERIAL_HEX) {
		*out = arena_strdup(a, hex + zeros);
		return *out ? 0 : -ENOMEM;
	}
	for (size_t i = zeros; decimal && i < n; i++) { /* too long for hexadecimal: a decimal number */
		unsigned carry = (unsigned)(hex[i] - '0');
		for (size_t k = SERIAL_BYTES; k-- > 0;) {
			carry += number[k] * 10u;
			number[k] = (unsigned char)carry;
			carry >>= 8;
		}
		decimal = carry == 0;
	}
	if (!decimal)
		return 1;
	for (size_t k = 0; k < SERIAL_BYTES; k++) {
		hex[2 * k] = "0123456789ABCDEF"[number[k] >> 4];
		hex[2 * k + 1] = "0123456789ABCDEF"[number[k] & 15];
	}
	hex[2 * SERIAL_BYTES] = '\0';
	*out = arena_strdup(a, hex + strspn(hex, "0"));
	return *out ? 0 : -ENOMEM;
}

bool serial_right(const char *s)
{
	size_t n = strspn(s, "0123456789ABCDEF");
	return n > 0 && n <= LIMIT_SERIAL_HEX && s[n] == '\0' && s[0] != '0';
}

/* "2,10305E+15": a spreadsheet has thrown the last digits away. */
static bool mangled(const char *s)
{
	size_t n = strspn(s, "0123456789.,");
	return n > 0 && (s[n] == 'E' || s[n] == 'e') && (s[n + 1] == '+' || ascii_is_digit((unsigned char)s[n + 1]));
}

struct filling {
	struct roster_builder *b;
	struct roster_row *row;
};

static void problem(struct filling *f, const char *text)
{
	if (!f->row->problem)
		f->row->problem = text;
	if (!text)
		f->b->status = -ENOMEM;
}

#define PROBLEM(f, ...) problem(f, arena_printf((f)->b->a, __VA_ARGS__))

static const char *iso_of(struct filling *f, const char *s)
{
	struct civil_date d = { 0 };
	char day[11];
	if (strlen(s) > 10 && s[4] == '-' && s[7] == '-' && (s[10] == ' ' || s[10] == 'T')) { /* with a time of day */
		memcpy(day, s, 10);
		day[10] = '\0';
		s = day;
	}
	if (date_read(s, &d) != 0)
		return NULL;
	const char *iso = arena_printf(f->b->a, "%04d-%02d-%02d", d.year, d.month, d.day);
	if (!iso)
		f->b->status = -ENOMEM;
	return iso;
}

static void take_number(struct filling *f, enum applicant_field field, const struct roster_cell *c)
{
	const char *name = field == FIELD_NIK ? "NIK" : "NIP", *out = NULL;
	int digits = field == FIELD_NIK ? 16 : 18;
	int r = field == FIELD_NIK ? nik_read(c->text, f->b->a, &out) : nip_read(c->text, f->b->a, &out);
	if (mangled(c->text))
		PROBLEM(f,
			"%s tertulis %.30s: angka terakhirnya hilang karena diubah aplikasi pengolah lembar. Jadikan kolomnya "
			"Teks, lalu isi lagi",
			name, c->text);
	else if (c->number && digit_count(span_str(c->text)) > EXACT_DIGITS)
		PROBLEM(f,
			"%s disimpan sebagai angka, sehingga angka terakhirnya tidak dapat dipercaya. Jadikan kolomnya Teks, "
			"lalu "
			"isi lagi",
			name);
	else if (r > 0)
		PROBLEM(f, "%s bukan %d angka", name, digits);
	else if (r == 0)
		f->row->value[field] = out;
	else
		f->b->status = r;
}

static const char *keep(struct filling *f, const char *s)
{
	const char *copy = arena_strdup(f->b->a, s);
	if (!copy)
		f->b->status = -ENOMEM;
	return copy;
}

static void take_text(struct filling *f, enum applicant_field field, const char *s)
{
	if (strlen(s) > LIMIT_FIELD_BYTES)
		PROBLEM(f, "isi kolom %s terlalu panjang", applicant_field_word(field));
	else
		f->row->value[field] = keep(f, s);
}

static void take_cell(struct filling *f, int column, const struct roster_cell *c)
{
	const char *s = c->text, *out = NULL;
	int r = 0;
	s += s[0] == '\''; /* as spreadsheets mark texts, and as our own lists do */
	struct roster_cell cell = { s, c->number };
	if (!*s || says_nothing(span_str(s)))
		return;
	switch (column) {
	case FIELD_NIK:
	case FIELD_NIP:
		take_number(f, (enum applicant_field)column, &cell);
		return;
	case FIELD_EMAIL:
		if (mail_address_valid(s))
			f->row->value[FIELD_EMAIL] = keep(f, s);
		else
			PROBLEM(f, "alamat email tidak benar");
		return;
	case FIELD_PHONE:
		r = mangled(s) ? 1 : phone_read(s, f->b->a, &out);
		if (r == 0)
			f->row->value[FIELD_PHONE] = out;
		else if (r > 0)
			PROBLEM(f, "nomor HP tidak dikenali");
		break;
	case FIELD_VALID_UNTIL:
		f->row->value[FIELD_VALID_UNTIL] = iso_of(f, s);
		if (!f->row->value[FIELD_VALID_UNTIL])
			PROBLEM(f, "tanggal berakhir tidak dikenali");
		return;
	case COLUMN_BEGINS:
		f->row->begins = iso_of(f, s);
		if (!f->row->begins)
			PROBLEM(f, "tanggal mulai berlaku tidak dikenali");
		return;
	case COLUMN_SERIAL:
		r = mangled(s) || (c->number && digit_count(span_str(s)) > EXACT_DIGITS) ? 1 : serial_read(s, f->b->a, &out);
		if (r == 0)
			f->row->serial = out;
		else if (r > 0)
			PROBLEM(f, "nomor seri bukan bilangan heksadesimal yang utuh");
		break;
	case FIELD_NAME:
	case FIELD_POSITION:
	case FIELD_AGENCY:
		take_text(f, (enum applicant_field)column, s);
		return;
	default:
		return;
	}
	if (r < 0)
		f->b->status = r;
}

static void look_whole(struct filling *f)
{
	const struct roster_row *r = f->row;
	if (!r->problem && !r->value[FIELD_NIK] && !r->value[FIELD_NIP])
		PROBLEM(f, "tidak ada NIK atau NIP");
	if (!r->problem && !r->value[FIELD_NAME])
		PROBLEM(f, "tidak ada nama");
	if (!r->problem && !r->value[FIELD_VALID_UNTIL])
		PROBLEM(f, "tidak ada tanggal berakhir");
	const char *until = r->value[FIELD_VALID_UNTIL];
	if (!r->problem && r->begins && until && strcmp(r->begins, until) >= 0)
		PROBLEM(f, "tanggal berakhir tidak sesudah tanggal mulai berlaku");
}

static size_t cost(const struct roster_row *r)
{
	size_t n = ROW_COST;
	for (int f = 0; f < N_FIELDS; f++)
		n += r->value[f] ? strlen(r->value[f]) : 0;
	return n + (r->problem ? strlen(r->problem) : 0);
}

bool roster_add(struct roster_builder *b, const struct roster_cell *cells, size_t n, uint32_t line)
{
	if (b->status != 0 || b->roster.cut)
		return false;
	if (b->n_columns == 0) {
		(void)take_head(b, cells, n);
		return b->status == 0;
	}
	if (b->roster.n_rows == LIMIT_ROSTER_ROWS || b->bytes > LIMIT_ROSTER_BYTES) {
		b->roster.cut = true;
		return false;
	}
	if (b->roster.n_rows == b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 64;
		struct roster_row *grown = arena_grow(b->a, b->roster.rows, b->cap, cap, sizeof(*grown));
		if (!grown) {
			b->status = arena_status(b->a);
			return false;
		}
		b->roster.rows = grown;
		b->cap = cap;
	}
	struct roster_row row = { .line = line };
	struct filling f = { b, &row };
	for (size_t i = 0; i < n && i < b->n_columns; i++)
		take_cell(&f, b->column[i], &cells[i]);
	look_whole(&f);
	b->bytes += cost(&row);
	b->roster.rows[b->roster.n_rows++] = row;
	return b->status == 0;
}

int roster_end(struct roster_builder *b)
{
	if (b->n_columns == 0)
		b->roster.problem =
			"Baris judul tidak ditemukan. Daftar perlu mempunyai baris judul dengan kolom Nama, NIK atau NIP, "
			"dan Berlaku sampai.";
	else if (b->roster.n_rows == 0)
		b->roster.problem = "Tidak ada baris di bawah judul.";
	return b->status;
}

/* --- through the wall ----------------------------------------------------------------------------- */

void roster_encode(const struct roster *r, struct buf *out)
{
	wire_put_str(out, r->name ? r->name : "");
	wire_put_str(out, r->problem);
	wire_put_u8(out, r->cut);
	wire_put_u32(out, (uint32_t)r->n_rows);
	for (size_t i = 0; i < r->n_rows; i++) {
		const struct roster_row *row = &r->rows[i];
		wire_put_u32(out, row->line);
		for (int f = 0; f < N_FIELDS; f++)
			wire_put_str(out, row->value[f]);
		wire_put_str(out, row->serial);
		wire_put_str(out, row->begins);
		wire_put_str(out, row->problem);
	}
}

static void decode_row(struct wire *w, struct arena *a, struct roster_row *r)
{
	struct civil_date d;
	r->line = wire_u32(w);
	for (int f = 0; f < N_FIELDS; f++) {
		r->value[f] = wire_str(w, a, LIMIT_FIELD_BYTES);
		w->bad = w->bad || (r->value[f] && !applicant_form_right((enum applicant_field)f, r->value[f]));
	}
	r->serial = wire_str(w, a, LIMIT_SERIAL_HEX);
	r->begins = wire_str(w, a, 10);
	r->problem = wire_str(w, a, 1000);
	w->bad = w->bad || (r->serial && !serial_right(r->serial)) || (r->begins && date_read(r->begins, &d) != 0) ||
		 (!r->problem &&
		  (!r->value[FIELD_NAME] || !r->value[FIELD_VALID_UNTIL] || (!r->value[FIELD_NIK] && !r->value[FIELD_NIP])));
}

int roster_decode(struct wire *w, struct arena *a, struct roster *out)
{
	struct roster r = { 0 };
	r.name = wire_str(w, a, 4096);
	r.problem = wire_str(w, a, 1000);
	r.cut = wire_u8_max(w, 1);
	r.n_rows = wire_count(w, LIMIT_ROSTER_ROWS);
	r.rows = arena_array(a, r.n_rows ? r.n_rows : 1, sizeof(*r.rows));
	w->bad = w->bad || !r.name || !r.rows;
	for (size_t i = 0; i < r.n_rows && !w->bad; i++)
		decode_row(w, a, &r.rows[i]);
	if (arena_status(a) != 0)
		return -ENOMEM;
	if (w->bad)
		return 1;
	*out = r;
	return 0;
}
