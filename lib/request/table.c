#include "request/table.h"

#include "request/label.h"
#include "request/name.h"
#include "request/piece.h"
#include "request/value.h"
#include "base/text.h"

#include <string.h>

static size_t cells_of(struct span t, struct span cells[CELLS_MAX])
{
	size_t n = 0, from = 0, i = 0;
	bool bars = memchr(t.p, '|', t.n) != NULL, tabs = !bars && memchr(t.p, '\t', t.n) != NULL;
	bool semicolons = !bars && !tabs && memchr(t.p, ';', t.n) != NULL;
	if (bars) { /* outer bars are a frame */
		t = span_trim(t);
		t = t.n > 0 && t.p[0] == '|' ? span_sub(t, 1, t.n) : t;
		t.n -= t.n > 0 && t.p[t.n - 1] == '|';
	}
	while (i <= t.n && n < CELLS_MAX) {
		size_t skip = 1;
		bool cut = i == t.n || (bars && t.p[i] == '|') || (tabs && t.p[i] == '\t') || (semicolons && t.p[i] == ';');
		if (!cut && !bars && !tabs && !semicolons && i + 1 < t.n && t.p[i] == ' ' && t.p[i + 1] == ' ') {
			cut = true;
			while (i + skip < t.n && t.p[i + skip] == ' ')
				skip++;
		}
		if (cut) {
			struct span c = span_trim(span_sub(t, from, i));
			if (c.n > 0 || bars || tabs || semicolons)
				cells[n++] = c;
			from = i + skip;
			i += skip;
		} else {
			i++;
		}
	}
	return n;
}

/* "| lama | baru": the column whose values count from now on; 0: no such head. */
static size_t turn_of(const struct span *cells, size_t n)
{
	static const char *const before[] = { "lama", "semula", "sebelum", "sebelumnya", "dari", "tertulis", "data lama" };
	static const char *const after[] = {
		"baru", "menjadi", "sesudah", "seharusnya", "jadi", "benar", "setelah", "data baru"
	};
	bool old = false;
	for (size_t i = 0; i < n; i++) {
		if (old && i > 0 && word_in(strip_marks(cells[i]), after, COUNT(after)))
			return i;
		old = old || word_in(strip_marks(cells[i]), before, COUNT(before));
	}
	return 0;
}

bool table_head(struct span t, struct table *table)
{
	struct span cells[CELLS_MAX];
	size_t n = cells_of(t, cells), known = 0, turn = turn_of(cells, n);
	int column[CELLS_MAX];
	if (turn > 0) {
		*table = (struct table){ .n = n, .turn = turn };
		return true;
	}
	for (size_t i = 0; i < n; i++) {
		struct span c = strip_marks(cells[i]);
		struct label l = c.n > 0 && c.n < 40 && digit_count(c) == 0 && !memchr(c.p, ':', c.n) ? label_read(c)
												      : (struct label){ 0 };
		column[i] = l.n > 0 ? (int)l.field[0] : l.foreign ? FOREIGN : -1;
		known += l.n > 0;
	}
	if (known < 2)
		return false;
	bool second = table->n > 0 && table->rows == 0 && table->turn == 0;
	table->turn = 0;
	table->shapes = second;
	table->rows = 0;
	table->vertical = false;
	table->n = n > table->n || !second ? n : table->n;
	memcpy(table->column, column, sizeof(column));
	return true;
}

static bool rule_row(struct span t)
{
	for (size_t i = 0; i < t.n; i++)
		if (!t.p[i] || !strchr("-|+= :_", t.p[i]))
			return false;
	return true;
}

/* Cells whose columns are unknown. */
static void row_by_shape(struct reading_state *s, const struct span *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct span c = strip_marks(cells[i]);
		size_t digits = digit_count(c);
		const char *out;
		struct run r = c.n > 0 && ascii_is_digit(c.p[0]) ? digits_at(c, 0) : (struct run){ 0 };
		bool odd = digits >= 14 && digits <= 20 && digits != 16 && digits != 18 && r.n == digits;
		if (odd)
			reading_set(s, nip_likely(reading_keep(s, c, 30)) ? FIELD_NIP : FIELD_NIK, NULL, c, "table");
		else if (digits >= 9)
			(void)take_numbers(s, c, FILLER, "table");
		else if (c.n > 0 && memchr(c.p, '@', c.n))
			take_email(s, c, "table", false);
		else if (digits >= 5 && date_find(s, c, &(struct span){ 0 }, &out))
			take_date(s, c, "table");
		else if (digits == 0 && c.n > 2 && !starts_position(c) && !starts_agency(c) &&
			 !(s->now && applicant_has(s->now, FIELD_NAME)))
			(void)reading_name(s, c, "table", HOW_TABLE);
		else if (c.n > 2)
			piece_take_all(s, c);
	}
}

/* "Budi, S.E. NIP. 19...": where the number's label begins in the cell. */
static size_t number_from(struct span c)
{
	size_t i = 0;
	while (i < c.n && digits_at(c, i).n < 8)
		i++;
	return label_start(c, i);
}

static struct span name_part(struct span c)
{
	return strip_marks(span_sub(c, 0, number_from(c)));
}

static struct span number_part(struct span c)
{
	return span_sub(c, number_from(c), c.n);
}

/* "jabatan | old | new": what the first cell names becomes the last one's. */
static bool turned_row(struct reading_state *s, const struct span *cells, size_t n, const struct table *table)
{
	size_t first = 0;
	while (first < n && label_read(strip_marks(cells[first])).n == 0)
		first++;
	if (table->turn >= n || first >= table->turn)
		return false;
	take_value(s, label_read(strip_marks(cells[first])).field[0], cells[table->turn], "table", HOW_LABEL);
	return true;
}

bool table_row(struct reading_state *s, struct span t, struct table *table)
{
	struct span cells[CELLS_MAX];
	size_t n = cells_of(t, cells), digits = 0;
	if (rule_row(t))
		return true;
	if (table->turn > 0)
		return turned_row(s, cells, n, table);
	for (size_t i = 0; i < n; i++)
		digits = digit_count(cells[i]) > digits ? digit_count(cells[i]) : digits;
	if (n < 2 || (digits < 12 && n != table->n) || n > table->n + 4)
		return false;
	bool number_first = n == table->n + 1 && digit_count(cells[0]) == cells[0].n;
	size_t shift = number_first ? 1 : 0;
	bool blank_name = n == table->n;
	for (size_t i = 0; i < n; i++)
		blank_name = blank_name && cells[i].n == 0;
	if (blank_name)
		return true;
	table->rows++;
	s->now = NULL;
	(void)reading_applicant(s);
	if (s->now)
		*reading_how(s, s->now) = HOW_TABLE;
	if (table->shapes || n - shift != table->n) {
		row_by_shape(s, cells, n);
		return true;
	}
	struct applicant_data *row = s->now;
	for (size_t i = shift; i < n; i++)
		if (table->column[i - shift] >= 0 && table->column[i - shift] < N_FIELDS) {
			size_t index = (size_t)(row - s->out->applicants);
			if (table->column[i - shift] == FIELD_NAME && digit_count(cells[i]) >= 12)
				row_by_shape(s, (struct span[]){ name_part(cells[i]), number_part(cells[i]) }, 2);
			else
				take_value(s, (enum applicant_field)table->column[i - shift], cells[i], "table", HOW_TABLE);
			s->now = row = &s->out->applicants[index];
		}
	return true;
}

/* Cells one below the other: heads first, then the values in their order. */
bool table_cell(struct reading_state *s, struct span t, struct table *table)
{
	int f = table->column[table->at % table->n];
	bool number = f == FIELD_NIK || f == FIELD_NIP;
	if ((number && digit_count(t) < 8 && !says_nothing(t)) || (f == FIELD_NAME && digit_count(t) > 3) || t.n > 120)
		return false;
	if (table->at % table->n == 0) {
		s->now = NULL;
		(void)reading_applicant(s);
		if (s->now)
			*reading_how(s, s->now) = HOW_TABLE;
	}
	table->at++;
	if (f >= 0 && f < N_FIELDS)
		take_value(s, (enum applicant_field)f, t, "table", HOW_TABLE);
	return true;
}

/* At least three lines of a head word each, then something else. */
size_t table_column_head(const struct span *lines, size_t n, struct table *table)
{
	size_t known = 0, k = 0, used = 0;
	for (; used < n && k < CELLS_MAX; used++) {
		struct span c = span_trim(lines[used]);
		if (c.n == 0)
			continue;
		struct label l = label_read(c);
		bool number = word_in(c, (const char *const[]){ "no", "no.", "nomor", "#" }, 4);
		if (l.n == 0 && !l.foreign && !number)
			break;
		table->column[k++] = number ? -1 : l.n > 0 ? (int)l.field[0] : FOREIGN;
		known += l.n > 0 && !number;
	}
	if (known < 2 || k < 3 || used >= n)
		return 0;
	table->n = k;
	table->at = 0;
	table->rows = 0;
	table->vertical = true;
	return used;
}
