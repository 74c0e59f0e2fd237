/* The shipped templates against sample tickets and hostile values; broken templates by name. */
#include "../casework/desk.h"

#include "letter/letter_private.h"
#include "sms/sms.h"

#define HOSTILE "{{number}} <script>alert('x')</script> %s%n \x01\x1b[31m\xe2\x80\xae \"&\" ]]>"

static struct letter_set *load(struct desk *d)
{
	char path[] = TEMPLATES;
	struct letter_set *set = NULL;
	struct error err = { 0 };
	AUTO_BUF faults = BUF_INIT(10000);
	int r = letter_set_load(letter_read_file, path, d->a, &set, &faults, &err);
	if (r != 0)
		print_message("%s\n%s", err.text, buf_cstr(&faults));
	assert_int_equal(r, 0);
	return set;
}

static struct letter_text write_letter(struct desk *d, const struct letter *l, const struct ticket *t, const struct incoming *in)
{
	struct letter_text out = { 0 };
	struct error err = { 0 };
	assert_int_equal(letter_write(load(d), &d->rules, l, t, in, d->now, d->a, &out, &err), 0);
	assert_non_null(out.subject);
	assert_non_null(out.text);
	assert_non_null(out.html);
	if (getenv("SHOW_LETTERS"))
		print_message("Subject: %s\n\n%s\n=====\n", out.subject, out.text);
	if (getenv("SHOW_HTML"))
		print_message("%s\n=====\n", out.html);
	return out;
}

static size_t count_of(const char *s, const char *word)
{
	size_t n = 0;
	for (const char *p = s; (p = strstr(p, word)); p++)
		n++;
	return n;
}

static void check_balanced(const char *html)
{
	static const char *const tags[][2] = {
		{ "<p ", "</p>" },
		{ "<ul ", "</ul>" },
		{ "<li>", "</li>" },
		{ "<table ", "</table>" },
		{ "<tr>", "</tr>" },
		{ "<td ", "</td>" },
		{ "<blockquote ", "</blockquote>" },
		{ "<h2 ", "</h2>" },
		{ "<div ", "</div>" },
		{ "<body ", "</body>" },
		{ "<html ", "</html>" },
		{ "<head>", "</head>" },
	};
	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
		assert_int_equal(count_of(html, tags[i][0]), count_of(html, tags[i][1]));
	assert_int_equal(count_of(html, "<img") + count_of(html, "href") + count_of(html, "src="), 0);
}

/* No control characters, no key left over, text at most 76 columns where it is ours. */
static void check_clean(const struct letter_text *t)
{
	const char *parts[] = { t->subject, t->text, t->html };
	for (size_t i = 0; i < 3; i++) {
		assert_true(utf8_valid(span_str(parts[i])));
		for (const char *p = parts[i]; *p; p++)
			assert_true((unsigned char)*p >= 32 || (*p == '\n' && i > 0));
		assert_null(strstr(parts[i], "\xe2\x80\xae"));
	}
	check_balanced(t->html);
	assert_null(strstr(t->html, "<script"));
	assert_null(strstr(t->html, "{{?"));
	assert_null(strstr(t->text, "{{?"));
	assert_null(strstr(t->subject, "\n"));
}

static void check_columns(const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		char line[4096];
		assert_true(n < sizeof(line));
		memcpy(line, text, n);
		line[n] = '\0';
		if (line[0] != '|')
			assert_true(text_columns(line) <= 76);
		text += n + (text[n] == '\n');
	}
}

static void every_letter_of_a_whole_walk(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	d.ticket.applicants[0].value[FIELD_VALID_UNTIL] = "2026-01-19";
	d.ticket.applicants[0].state = APPLICANT_RENEWED;
	d.ticket.applicants[0].renewed_until = (struct civil_date){ 2028, 1, 4 };
	for (int k = 0; k < N_LETTERS; k++) {
		struct letter_value values[] = { { "text", "Mohon kirim NIK." },
						 { "reason", "Data tidak lengkap." },
						 { "opened", "ya" },
						 { "carried_out", "ya" },
						 { "done", "satu\ndua" },
						 { "what", "Surat" },
						 { "why", "Karena." },
						 { "declined", "ya" },
						 { "headline", "Sertifikat berakhir besok" },
						 { "holder", "Budi Santoso" },
						 { "until", "Senin, 19 Januari 2026" },
						 { "when", "besok" } };
		struct letter l = {
			.kind = (enum letter_kind)k, .to = { "Petugas Satu", SATU }, .values = values, .n_values = 12
		};
		struct letter_text with = write_letter(&d, &l, &d.ticket, &d.in);
		check_clean(&with);
		if (letter_kind_is_sms((enum letter_kind)k))
			assert_int_equal(sms_measure(with.text).parts, 1); /* templates of one part */
		else
			check_columns(with.text);
		assert_true(strncmp(with.subject, "[SITANTE-2026-0001] ", 20) == 0);
		struct letter_text without = write_letter(&d, &l, NULL, NULL);
		check_clean(&without);
		assert_null(strstr(without.subject, "[SITANTE-"));
	}
	desk_close(&d);
}

static void M21_T23_hostile_values_stay_data(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	struct mail_attachment file = { .name = HOSTILE, .type = "text/html", .size = 5000000, .dangerous = true };
	const char *remarks[] = { HOSTILE, "kedua" };
	d.reading.message.text = HOSTILE "\n" HOSTILE;
	d.reading.message.subject = HOSTILE;
	d.from[0].name = HOSTILE;
	d.reading.message.attachments = &file;
	d.reading.message.n_attachments = 1;
	d.reading.request.remarks = remarks;
	d.reading.request.n_remarks = 2;
	d.ticket.requester_name = HOSTILE;
	for (int f = 0; f < N_FIELDS; f++)
		d.ticket.applicants[0].value[f] = HOSTILE;
	for (int k = 0; k < N_LETTERS; k++) {
		struct letter_value values[] = { { "text", HOSTILE },      { "reason", HOSTILE "\n\n" HOSTILE },
						 { "done", HOSTILE },      { "what", HOSTILE },
						 { "why", HOSTILE },       { "shown", "a\tb\n" HOSTILE },
						 { "leaked_by", HOSTILE }, { "leaked", "ya" } };
		struct letter l = { .kind = (enum letter_kind)k, .to = { HOSTILE, SATU }, .values = values, .n_values = 8 };
		struct letter_text t = write_letter(&d, &l, &d.ticket, &d.in);
		check_clean(&t);
		if (k == LETTER_ACKNOWLEDGEMENT || k == LETTER_ANSWER_RECEIVED || k == LETTER_CONFIRMATION) {
			assert_null(strstr(t.text, "script")); /* M21, T17: not a byte of the sender */
			assert_null(strstr(t.html, "script"));
			assert_null(strstr(t.subject, "script"));
		}
		if (k == LETTER_ASSISTANCE) {
			assert_non_null(strstr(t.text, "{{number}} <script>alert('x')</script> %s%n"));
			assert_non_null(strstr(t.html, "{{number}} &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; %s%n"));
		}
	}
	desk_close(&d);
}

static void numbers_are_masked_outside_the_team(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	d.ticket.applicants[0].value[FIELD_NIP] = NIP_1;
	d.ticket.applicants[0].state = APPLICANT_RENEWED;
	d.ticket.applicants[0].renewed_until = (struct civil_date){ 2028, 1, 4 };
	d.reading.message.text = "";
	for (int k = 0; k < N_LETTERS; k++) {
		struct letter l = { .kind = (enum letter_kind)k, .to = { "X", SATU } };
		struct letter_text t = write_letter(&d, &l, &d.ticket, &d.in);
		bool whole = strstr(t.text, NIK_1) || strstr(t.html, NIK_1) || strstr(t.text, NIP_1) || strstr(t.html, NIP_1);
		assert_int_equal(whole, k == LETTER_NOTICE_REQUEST);
		assert_null(strstr(t.subject, NIK_1));
		if (k == LETTER_NOTIFICATION || k == LETTER_REPORT) {
			assert_non_null(strstr(t.text, "************0001"));
			assert_non_null(strstr(t.text, "2028"));
		}
	}
	desk_close(&d);
}

static void acknowledgement_asks_for_what_is_missing(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	struct letter_value opened[] = { { "opened", "ya" } };
	struct letter l = { .kind = LETTER_ACKNOWLEDGEMENT, .to = { NULL, BUDI }, .values = opened, .n_values = 1 };
	struct letter_text t = write_letter(&d, &l, &d.ticket, &d.in);
	assert_null(strstr(t.text, "lengkapi"));
	assert_non_null(strstr(t.text, "Senin, 5 Januari 2026 pukul 10.00 WIB"));
	d.ticket.applicants[0].value[FIELD_NIK] = NULL;
	d.ticket.applicants[0].given[FIELD_NIK] = "21030701018000";
	d.ticket.applicants[0].value[FIELD_AGENCY] = NULL;
	t = write_letter(&d, &l, &d.ticket, &d.in);
	assert_non_null(strstr(t.text, "- NIK: yang tertulis belum sesuai; seharusnya 16 angka"));
	assert_non_null(strstr(t.text, "- Instansi ("));
	assert_null(strstr(t.text, "- Nama"));
	assert_null(strstr(t.text, "NIP"));
	assert_null(strstr(t.text, "21030701018000")); /* never the value itself */
	d.ticket.n_applicants = 0;
	t = write_letter(&d, &l, &d.ticket, &d.in);
	assert_non_null(strstr(t.text, "- Nama"));
	assert_non_null(strstr(t.text, "- NIK (16 angka, sesuai KTP) atau NIP (18 angka)"));
	desk_close(&d);
}

static void acknowledgement_says_too_early_and_secret(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	struct letter_value opened[] = { { "opened", "ya" } };
	struct letter l = { .kind = LETTER_ACKNOWLEDGEMENT, .to = { NULL, BUDI }, .values = opened, .n_values = 1 };
	d.ticket.is_held = true;
	d.ticket.held_until = at("2026-05-02T00:00");
	d.reading.request.secret_found = true;
	struct letter_text t = write_letter(&d, &l, &d.ticket, &d.in);
	assert_non_null(strstr(t.text, "Sabtu, 2 Mei 2026"));
	assert_null(strstr(t.text, "Paling lambat"));
	assert_non_null(strstr(t.text, "kata sandi"));
	desk_close(&d);
}

static void neutral_acknowledgement_tells_no_number(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	struct letter_value v[] = { { "neutral", "ya" } };
	struct letter l = {
		.kind = LETTER_ACKNOWLEDGEMENT, .to = { NULL, STRANGER }, .values = v, .n_values = 1, .no_tag = true
	};
	struct letter_text t = write_letter(&d, &l, &d.ticket, &d.in);
	assert_null(strstr(t.subject, "2026-0001"));
	assert_null(strstr(t.text, "2026-0001"));
	assert_null(strstr(t.html, "2026-0001"));
	desk_close(&d);
}

static void receipt_shows_the_very_text(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	struct letter_value text[] = { { "text", "Baris satu yang cukup panjang supaya melewati tujuh puluh enam kolom, "
						 "tetapi tetap satu baris.\n\nBaris tiga {{text}}." } };
	struct letter shown = { .kind = LETTER_ASSISTANCE, .to = { "Budi", BUDI }, .values = text, .n_values = 1 };
	struct letter_value carried[] = { { "carried_out", "ya" } };
	struct letter l = { .kind = LETTER_RECEIPT, .to = { "Satu", SATU }, .values = carried, .n_values = 1, .shows = &shown };
	struct letter_text sent = write_letter(&d, &shown, &d.ticket, &d.in);
	struct letter_text receipt = write_letter(&d, &l, &d.ticket, &d.in);
	AUTO_BUF quoted = BUF_INIT(100000);
	struct span rest = span_str(sent.text), line;
	while (span_next_line(&rest, &line))
		buf_addf(&quoted, "| %.*s\n", (int)line.n, (const char *)line.p);
	assert_non_null(strstr(receipt.text, buf_cstr(&quoted)));
	assert_non_null(strstr(sent.text, "tetapi tetap satu baris.\n\nBaris tiga {{text}}."));
	desk_close(&d);
}

static void long_text_is_cut_in_notices(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	char *big = arena_alloc(d.a, 300001);
	for (size_t i = 0; i + 2 < 300000; i += 3)
		memcpy(big + i, "\xe2\x82\xac", 3);
	d.reading.message.text = big;
	struct letter l = { .kind = LETTER_NOTICE_REQUEST, .to = { "Satu", SATU } };
	struct letter_text t = write_letter(&d, &l, &d.ticket, &d.in);
	check_clean(&t);
	assert_true(strlen(t.text) < 40000);
	assert_non_null(strstr(t.text, "surat aslinya"));
	desk_close(&d);
}

static void five_hundred_people(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	struct applicant_data *many = arena_array(d.a, 500, sizeof(*many));
	for (size_t i = 0; i < 500; i++) {
		many[i].value[FIELD_NAME] = arena_printf(d.a, "Pegawai Nomor %zu", i);
		many[i].value[FIELD_NIK] = arena_printf(d.a, "210307010180%04zu", i + 1);
		many[i].value[FIELD_EMAIL] = arena_printf(d.a, "p%zu@natunakab.go.id", i);
	}
	many[499] = many[0]; /* twice in one mail */
	d.reading.request.applicants = many;
	d.reading.request.n_applicants = 500;
	struct arena *a = arena_new(2 * 1024 * 1024);
	assert_int_equal(casework_mail(&d.rules, &d.in, d.now, a, &d.out), 0);
	assert_int_equal(d.out.ticket.n_applicants, 499);
	assert_int_equal(d.out.ticket.n_parties, 500);
	assert_string_equal(d.out.ticket.applicants[498].value[FIELD_NAME], "Pegawai Nomor 498");
	struct letter_set *set = load(&d);
	for (size_t i = 0; i < d.out.n_letters; i++) {
		struct letter_text t = { 0 };
		struct error err = { 0 };
		size_t before = arena_used(a);
		assert_int_equal(letter_write(set, &d.rules, &d.out.letters[i], &d.out.ticket, &d.in, d.now, a, &t, &err), 0);
		check_clean(&t);
		assert_true(arena_used(a) - before < 512 * 1024);
		if (d.out.letters[i].kind == LETTER_NOTICE_REQUEST)
			assert_non_null(strstr(t.text, "orang lagi"));
	}
	arena_free(a);
	desk_close(&d);
}

static void endless_values_are_cut_not_refused(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	char *big = arena_alloc(d.a, 3000001);
	memset(big, 'x', 3000000);
	d.from[0].name = d.ticket.requester_name = big;
	d.reading.message.subject = big;
	d.reading.message.text = big;
	for (int f = 0; f < N_FIELDS; f++)
		d.ticket.applicants[0].value[f] = big;
	for (int k = 0; k < N_LETTERS; k++) {
		struct letter_value values[] = { { "text", big }, { "reason", big }, { "what", big },
						 { "why", big },  { "done", big },   { "shown", big } };
		struct letter l = { .kind = (enum letter_kind)k, .to = { big, SATU }, .values = values, .n_values = 6 };
		struct letter_text t = { 0 };
		struct error err = { 0 };
		AUTO_ARENA a = arena_new(64u * 1024 * 1024);
		assert_int_equal(letter_write(load(&d), &d.rules, &l, &d.ticket, &d.in, d.now, a, &t, &err), 0);
		assert_non_null(t.text);
		assert_true(strlen(t.text) <= 1024 * 1024 && strlen(t.subject) < 10000);
	}
	desk_close(&d);
}

/* --- letters as casework decides them ------------------------------------------------------------
 */
static void write_decided(struct desk *d, const struct incoming *in)
{
	assert_true(d->out.n_letters > 0);
	for (size_t i = 0; i < d->out.n_letters; i++) {
		const struct letter *l = &d->out.letters[i];
		for (size_t k = 0; k < l->n_values; k++) {
			const struct letter_key *key = letter_key_find(span_str(l->values[k].key));
			assert_non_null(key); /* a value that no template can show would be lost */
			assert_true(key->level <= letter_level(l->kind));
		}
		const struct ticket *t = d->out.has_ticket ? &d->out.ticket : in ? in->ticket : NULL;
		struct letter_text text = write_letter(d, l, t, in);
		check_clean(&text);
		check_columns(text.text);
	}
}

static void request_letters(struct desk *d)
{
	d->persons[0].value[FIELD_NIK] = NULL;
	d->persons[0].given[FIELD_NIK] = "123";
	desk_decide(d);
	d->out.ticket.number = "2026-0009";
}
static void withheld_letters(struct desk *d)
{
	d->reading.message.may_answer = false;
	d->in.traffic.opened_hour = 19;
	desk_decide(d);
	d->out.ticket.number = "2026-0009";
}
static void answer_letters(struct desk *d)
{
	d->in.ticket = &d->ticket;
	d->in.how = MATCH_REFERENCE;
	d->persons[0].value[FIELD_NIP] = NIP_1;
	d->persons[0].value[FIELD_AGENCY] = "Lain";
	desk_decide(d);
}
static void closed_letters(struct desk *d)
{
	d->ticket.state = TICKET_CLOSED;
	answer_letters(d);
}
static void parked_letters(struct desk *d)
{
	d->from[0].spec = STRANGER;
	answer_letters(d);
}
static void other_letters(struct desk *d)
{
	d->reading.request.kind = REQUEST_OTHER;
	desk_decide(d);
}
static void joined_letters(struct desk *d)
{
	d->in.same_person = &d->ticket;
	d->from[0].spec = d->reading.message.return_path = STRANGER;
	desk_decide(d);
}
static void assistance_letters(struct desk *d)
{
	desk_staff(d, SATU, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
	desk_decide(d);
}
static void terbit_letters(struct desk *d)
{
	desk_staff(d, SATU, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
	(void)desk_command(d, COMMAND_TERBIT, "Selamat bekerja.");
	desk_decide(d);
}
static void refused_letters(struct desk *d)
{
	desk_staff(d, SATU, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
	(void)desk_command(d, COMMAND_UNKNOWN, "");
	desk_command(d, COMMAND_TERBIT, "")->date = (struct civil_date){ 2020, 1, 1 };
	desk_decide(d);
}
static void tolak_letters(struct desk *d)
{
	desk_staff(d, SATU, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
	(void)desk_command(d, COMMAND_TOLAK, "Data tidak cocok.\n\nMohon maaf.");
	desk_decide(d);
}
static void read_letters(struct desk *d)
{
	static const struct ticket *open[1];
	open[0] = &d->second;
	d->in.open = open;
	d->in.n_open = 1;
	desk_staff(d, SATU, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
	(void)desk_command(d, COMMAND_STATUS, "");
	(void)desk_command(d, COMMAND_DAFTAR, "");
	(void)desk_command(d, COMMAND_BANTUAN, "");
	desk_decide(d);
}
static void confirm_letters(struct desk *d)
{
	desk_staff(d, SATU, MAIL_PROOF_NONE, TOKEN_VALID, SATU);
	(void)desk_command(d, COMMAND_TERBIT, "");
	desk_decide(d);
}
static void forged_letters(struct desk *d)
{
	desk_staff(d, SATU, MAIL_PROOF_FAIL, TOKEN_VALID, SATU);
	desk_decide(d);
}
static void leaked_letters(struct desk *d)
{
	desk_staff(d, STRANGER, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
	desk_decide(d);
}
static void bounce_letters(struct desk *d)
{
	static struct mail_delivery delivery = { .recipient = BUDI, .action = "failed", .status = "5.1.1" };
	d->reading.message.nature = MAIL_BOUNCE;
	d->reading.message.deliveries = &delivery;
	d->reading.message.n_deliveries = 1;
	d->in.ticket = &d->ticket;
	d->in.bounced_kind = "assistance";
	d->in.bounced_to = BUDI;
	desk_decide(d);
}
static void alih_letters(struct desk *d)
{
	desk_staff(d, SATU, MAIL_PROOF_PASS, TOKEN_VALID, SATU);
	desk_command(d, COMMAND_ALIH, "")->address = DUA;
	desk_decide(d);
}
static void failed_letters(struct desk *d)
{
	struct sent_mail s = { .kind = LETTER_NOTIFICATION, .to = { "Budi", BUDI }, .code = 550, .at = d->now };
	assert_int_equal(casework_sent(&d->rules, &d->ticket, &s, d->now, d->a, &d->out), 0);
}
static void unreadable_letters(struct desk *d)
{
	assert_int_equal(casework_unreadable(&d->rules, 9, false, d->now, d->now, d->a, &d->out), 0);
}
static void due_letters(struct desk *d)
{
	d->ticket.is_held = true;
	assert_int_equal(casework_due(&d->rules, &d->ticket, d->now, d->a, &d->out), 0);
}

struct decided {
	const char *name;
	void (*decide)(struct desk *d);
	bool no_mail;
};
static const struct decided decided_rows[] = {
	{ "decided_request", request_letters, false },
	{ "decided_withheld", withheld_letters, false },
	{ "decided_answer", answer_letters, false },
	{ "decided_closed", closed_letters, false },
	{ "decided_parked", parked_letters, false },
	{ "decided_other", other_letters, false },
	{ "decided_joined", joined_letters, false },
	{ "decided_assistance", assistance_letters, false },
	{ "decided_terbit", terbit_letters, false },
	{ "decided_refused", refused_letters, false },
	{ "decided_tolak", tolak_letters, false },
	{ "decided_read", read_letters, false },
	{ "decided_confirm", confirm_letters, false },
	{ "decided_forged", forged_letters, false },
	{ "decided_leaked", leaked_letters, false },
	{ "decided_bounce", bounce_letters, false },
	{ "decided_alih", alih_letters, false },
	{ "decided_failed", failed_letters, true },
	{ "decided_unreadable", unreadable_letters, true },
	{ "decided_due", due_letters, true },
};

static void decided_row(void **state)
{
	const struct decided *row = *state;
	struct desk d;
	desk_open(&d);
	row->decide(&d);
	write_decided(&d, row->no_mail ? NULL : &d.in);
	desk_close(&d);
}

/* --- broken templates --------------------------------------------------------------------------
 */
static const struct broken {
	const char *name, *text, *fault;
} broken_rows[] = {
	{ "no_subject", "Halo\n", "refusal.tpl:1: the first line must be" },
	{ "empty_file", "", "refusal.tpl:1: the first line must be" },
	{ "subject_without_text", "Subject: \n\nHalo\n", "refusal.tpl:1: the first line must be" },
	{ "unknown_key", "Subject: A\n\nHalo {{nobody}}\n", "refusal.tpl:3: unknown key nobody" },
	{ "unknown_key_in_subject", "Subject: {{zzz}}\n\nHalo\n", "refusal.tpl:1: unknown key zzz" },
	{ "unclosed_key", "Subject: A\n\nHalo {{number\n", "refusal.tpl:3: {{ without }}" },
	{ "section_never_closed", "Subject: A\n\n{{?reason}}\nHalo\n", "refusal.tpl:3: section never closed: reason" },
	{ "section_never_opened", "Subject: A\n\nHalo\n{{/reason}}\n", "refusal.tpl:4: section closed but never opened" },
	{ "sections_crossed", "Subject: A\n\n{{?reason}}\n{{!text}}\nx\n{{/reason}}\n{{/text}}\n",
	  "refusal.tpl:6: section closed in the wrong order" },
	{ "unknown_section", "Subject: A\n\n{{?nobody}}\nx\n{{/nobody}}\n", "refusal.tpl:3: unknown key nobody" },
	{ "section_beside_text", "Subject: A\n\n{{?reason}} x\n{{/reason}}\n",
	  "refusal.tpl:3: a section mark needs a line of its own" },
	{ "staff_key_for_applicants", "Subject: A\n\n{{applicants}}\n",
	  "refusal.tpl:3: this letter must not hold the key applicants" },
	{ "nothing_but_the_subject", "Subject: A\n\n", "the template has no text" },
	{ "not_utf8", "Subject: A\n\n\xff\n", "refusal.tpl: not UTF-8 text" },
	{ "empty_key", "Subject: A\n\n{{}}\n", "refusal.tpl:3: unknown key" },
};

static int read_broken(void *context, const char *name, struct buf *out)
{
	char path[] = TEMPLATES;
	const char *text = context;
	if (strcmp(name, "refusal.tpl") != 0)
		return letter_read_file(path, name, out);
	if (!text)
		return -2; /* ENOENT */
	buf_add_str(out, text);
	return 0;
}

static void broken_template(void **state)
{
	const struct broken *row = *state;
	struct desk d;
	struct error err = { 0 };
	AUTO_BUF faults = BUF_INIT(10000);
	struct letter_set *set = NULL;
	desk_open(&d);
	assert_int_equal(letter_set_load(read_broken, (void *)(uintptr_t)row->text, d.a, &set, &faults, &err), 1);
	assert_null(set);
	if (!strstr(err.text, row->fault))
		print_message("%s\n", err.text);
	assert_non_null(strstr(err.text, row->fault));
	assert_non_null(strstr(buf_cstr(&faults), row->fault));
	desk_close(&d);
}

static void missing_templates_are_all_listed(void **state)
{
	(void)state;
	struct desk d;
	struct error err = { 0 };
	AUTO_BUF faults = BUF_INIT(10000);
	struct letter_set *set = NULL;
	char nowhere[] = "/nonexistent-folder";
	size_t n = 0;
	desk_open(&d);
	assert_int_equal(letter_set_load(letter_read_file, nowhere, d.a, &set, &faults, &err), 1);
	for (const char *p = buf_cstr(&faults); *p; p++)
		n += *p == '\n';
	assert_int_equal(n, N_LETTERS);
	assert_non_null(strstr(err.text, "acknowledgement.tpl"));
	desk_close(&d);
}

static void strangers_letters_hold_no_staff_key(void **state)
{
	(void)state;
	struct desk d;
	struct error err = { 0 };
	struct letter_set *set = NULL;
	desk_open(&d);
	assert_int_equal(letter_set_load(read_broken, (void *)(uintptr_t) "Subject: {{reason}}\n\n{{reason}} {{number}}\n", d.a,
					 &set, NULL, &err),
			 0);
	struct letter_value v[] = { { "reason", "a\nSubject: b\r\nBcc: x" } };
	struct letter l = { .kind = LETTER_REFUSAL, .to = { NULL, BUDI }, .values = v, .n_values = 1 };
	struct letter_text t = { 0 };
	assert_int_equal(letter_write(set, &d.rules, &l, &d.ticket, &d.in, d.now, d.a, &t, &err), 0);
	assert_string_equal(t.subject, "[SITANTE-2026-0001] a Subject: b Bcc: x");
	desk_close(&d);
}

static void small_memory_is_told(void **state)
{
	(void)state;
	struct desk d;
	desk_open(&d);
	struct letter_set *set = load(&d);
	struct letter l = { .kind = LETTER_NOTICE_REQUEST, .to = { "Satu", SATU } };
	for (size_t bytes = 64; bytes < 100000; bytes = bytes * 3 / 2) {
		struct arena *tight = arena_new(bytes);
		struct letter_text t = { 0 };
		struct error err = { 0 };
		int r = letter_write(set, &d.rules, &l, &d.ticket, &d.in, d.now, tight, &t, &err);
		assert_true(r == 0 || (r < 0 && !t.text));
		arena_free(tight);
	}
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_letter_of_a_whole_walk),
		cmocka_unit_test(M21_T23_hostile_values_stay_data),
		cmocka_unit_test(numbers_are_masked_outside_the_team),
		cmocka_unit_test(acknowledgement_asks_for_what_is_missing),
		cmocka_unit_test(acknowledgement_says_too_early_and_secret),
		cmocka_unit_test(neutral_acknowledgement_tells_no_number),
		cmocka_unit_test(receipt_shows_the_very_text),
		cmocka_unit_test(long_text_is_cut_in_notices),
		cmocka_unit_test(missing_templates_are_all_listed),
		cmocka_unit_test(strangers_letters_hold_no_staff_key),
		cmocka_unit_test(small_memory_is_told),
		cmocka_unit_test(five_hundred_people),
		cmocka_unit_test(endless_values_are_cut_not_refused),
	};
	ADD_ROWS(decided_rows, decided_row)
	ADD_ROWS(broken_rows, broken_template)
	ADD_TESTS(tests)
	return RUN_SUITE("letter");
}
