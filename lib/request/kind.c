/* What a mail asks for: the office's services, a question, or none of ours.
 *
 * A text is cut into sentences.  Each is a deed asked for ("mohon diperpanjang"), a question ("apakah
 * diperpanjang otomatis?") or a statement.  Clues (word patterns with a weight) add up by service; in a
 * question they count little, in a deed and in the subject more.  A mail that asks to know and asks for
 * nothing to be done is a question, whatever service it speaks of.
 */
#include "request/kind.h"

#include "request/clue.h"
#include "request/mood.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

enum {
	TEXT_MAX = 32 * 1024, /* what a mail asks for stands in its first pages */
	/* how much a clue's weight counts, by where it stands */
	AS_QUESTION = 2,
	AS_STATEMENT = 6,
	AS_DEED = 9,
	AS_SUBJECT = 10,
	ENOUGH = 18,
};

/* Of these the office's field is made; a password alone may be any program's. */
static const char *const field_patterns[] = {
	"tte|ttd-e|ttde|esign*|e-sign*|bsre|srikandi|passp*|passf*|pasp*|pasf*|passphrase*|e-seal",
	"tanda|ttd tangan|elektronik|digital",
	"tandatangan*",
	"sertifikat|sertifikatnya|certificate|sertif .. elektronik|digital|bsre|electronic",
	"electronic|signing .. certificate|password|key",
	"digital*|electronic* sign*",
	"segel elektronik",
	"*tandatangani* .. elektronik|digital",
};
/* A certificate of this kind is not the office's. */
static const char *const own_certificate[] = {
	"sertifikat|sertifikatnya|certificate",
	"tanah|vaksin|pelatihan|ssl|halal|bimtek|webinar|diklat|pendidik|lomba|rumah|domain|kompetensi|seminar|akreditasi",
};
static const char *const denials[] = { "bukan|bkn|belum|blm|tidak|tdk|tak|not|usah|nggak|gak|tanpa|jangan" };
static const char *const own_no[] = { "belum|blm|tidak|tdk|tak|ga|gak|never|nggak|ngga" };
/* What one wants to know before one asks for anything. */
static const char *const terms[] = { "syarat*|persyaratan*|prosedur*|ketentuan*|caranya|berkasnya|formulirnya|formatnya" };
/* Programs with passwords of their own. */
static const char *const other_programs[] = {
	"email*|e-mail|surel|webmail|simpeg|sipd|siasn|mysapk|myasn|wifi|laptop|komputer|website|hosting|zoom|e-kinerja|kinerja|"
	"absen*|e-absen*|lpse|sirup|coretax|dapodik|rekening"
};
/* Of these one speaks who wants figures, not a certificate. */
static const char *const figures[] = { "jumlah|jumlahnya|rekap*|statistik|data" };
/* What is expired or lost is not the certificate. */
static const char *const other_things[] = { "link|linknya|tautan|tautannya|otp|kontrak|token" };

enum { FIELD_PATTERNS = COUNT(field_patterns) };

struct tally {
	struct arena *a;
	struct lexicon *x;
	struct moods moods;
	struct pattern clue[CLUES_MAX];
	struct pattern field[FIELD_PATTERNS], certificate[2], denial, own_no, other_thing, figure, terms, other_program_word;
	struct sentence s;
	int score[REQUEST_AUTOMATIC + 1];
	int deed[REQUEST_AUTOMATIC + 1]; /* of sentences that ask for a deed, and of the subject */
	int best[REQUEST_AUTOMATIC + 1];
	struct span words[REQUEST_AUTOMATIC + 1];
	bool seen[CLUES_MAX];
	int questions, deeds, news; /* sentences */
	bool asking_subject, asks_terms, ours, other_program, a_certificate, another_certificate;
};

static struct tally *tally_new(struct arena *a)
{
	struct tally *t = arena_array(a, 1, sizeof(*t));
	struct lexicon *x = t ? lexicon_new(a) : NULL;
	size_t n;
	if (!x)
		return NULL;
	memset(t, 0, sizeof(*t));
	t->a = a;
	t->x = x;
	moods_add(x, &t->moods);
	const struct clue *clues = clue_table(&n);
	for (size_t i = 0; i < n; i++)
		t->clue[i] = pattern_add(x, clues[i].pattern);
	for (size_t i = 0; i < FIELD_PATTERNS; i++)
		t->field[i] = pattern_add(x, field_patterns[i]);
	for (size_t i = 0; i < COUNT(own_certificate); i++)
		t->certificate[i] = pattern_add(x, own_certificate[i]);
	t->denial = pattern_add(x, denials[0]);
	t->own_no = pattern_add(x, own_no[0]);
	t->other_thing = pattern_add(x, other_things[0]);
	t->figure = pattern_add(x, figures[0]);
	t->terms = pattern_add(x, terms[0]);
	t->other_program_word = pattern_add(x, other_programs[0]);
	return t;
}

/* Does p, of one word, fit in the at most n words before at that stand in the same clause? */
static bool just_before(const struct sentence *s, size_t at, size_t n, const struct pattern *p)
{
	size_t from = at, words;
	while (from > 0 && at - from < n) {
		const unsigned char *end = s->word[from - 1].p + s->word[from - 1].n;
		bool cut = false;
		for (const unsigned char *c = end; c < s->word[from].p; c++)
			cut = cut || (*c && strchr(",;:\n", *c));
		if (cut)
			break;
		from--;
	}
	return from < at && pattern_find(s, from, p, &words) < at;
}

static void credit(struct tally *t, enum request_kind kind, int value, bool deed, struct span words)
{
	t->score[kind] += value;
	t->deed[kind] += deed ? value : 0;
	if (value > t->best[kind]) {
		t->best[kind] = value;
		t->words[kind] = words;
	}
}

static bool is_service(enum request_kind kind)
{
	return kind < REQUEST_QUESTION;
}

static bool counts(const struct tally *t, const struct clue *c, size_t at)
{
	size_t words;
	if (!is_service(c->kind) || pattern_find(&t->s, at, &t->own_no, &words) == at)
		return true;
	if (c->kind == REQUEST_PASSPHRASE)
		return true; /* "tidak ingat passphrase" */
	if (c->kind == REQUEST_RENEWAL && c->weight <= 4 && just_before(&t->s, at, 4, &t->other_thing))
		return false;
	return !just_before(&t->s, at, 3, &t->denial) && !just_before(&t->s, at, 2, &t->figure);
}

/* Adds what the sentence says; each clue counts once in a text. */
static void tally_sentence(struct tally *t, int factor, bool deed)
{
	size_t n_clues, n, words;
	const struct clue *clues = clue_table(&n_clues);
	const struct sentence *s = &t->s;
	for (size_t i = 0; i < n_clues; i++) {
		const struct clue *c = &clues[i];
		if (t->seen[i])
			continue;
		for (size_t at = pattern_find(s, 0, &t->clue[i], &n); at < s->n; at = pattern_find(s, at + 1, &t->clue[i], &n)) {
			if (!counts(t, c, at))
				continue;
			bool full = !is_service(c->kind) || c->kind == REQUEST_PASSPHRASE;
			int f = full && factor < AS_STATEMENT ? AS_STATEMENT : factor;
			const unsigned char *end = s->word[at + n - 1].p + s->word[at + n - 1].n;
			t->seen[i] = f >= AS_STATEMENT; /* what a question named counts again where it is asked for */
			credit(t, c->kind, c->weight * f, deed, span_of(s->word[at].p, (size_t)(end - s->word[at].p)));
			break;
		}
	}
	t->ours = t->ours || pattern_any(s, t->field, FIELD_PATTERNS);
	t->other_program = t->other_program || pattern_any(s, &t->other_program_word, 1);
	t->a_certificate = t->a_certificate || pattern_find(s, 0, &t->certificate[0], &words) < s->n;
	t->another_certificate = t->another_certificate || pattern_find(s, 0, &t->certificate[1], &words) < s->n;
}

static void tally_text(struct span text, struct tally *t)
{
	while (text.n > 0) {
		size_t end = sentence_end(text);
		sentence_read(t->x, span_trim(span_of(text.p, end)), &t->s);
		text = span_of(text.p + end, text.n - end);
		if (t->s.n == 0)
			continue;
		enum mood mood = mood_of(&t->moods, &t->s);
		bool deed = mood == MOOD_DEED, question = mood == MOOD_NEWS || mood == MOOD_QUESTION;
		t->news += mood == MOOD_NEWS;
		t->deeds += deed;
		t->questions += question;
		t->asks_terms = t->asks_terms || (question && pattern_any(&t->s, &t->terms, 1));
		tally_sentence(t, question ? AS_QUESTION : deed ? AS_DEED : AS_STATEMENT, deed);
	}
}

static void tally_subject(struct span subject, bool reply, struct tally *t)
{
	sentence_read(t->x, span_trim(subject), &t->s);
	enum mood mood = mood_of(&t->moods, &t->s);
	bool question = mood == MOOD_NEWS || mood == MOOD_QUESTION;
	if (reply) { /* what the thread is about, not what this answer says */
		tally_sentence(t, AS_STATEMENT, false);
		return;
	}
	t->questions += question;
	t->asking_subject = question;
	tally_sentence(t, question ? AS_QUESTION : AS_SUBJECT, !question);
}

/* --- the verdict ----------------------------------------------------------------------------------- */

static bool thanks(struct span s)
{
	static const char *const words[] = { "terima kasih", "terimakasih", "makasih", "mksh",   "tks",
					     "thanks",       "thank you",   "trims",   "tengkiu" };
	if (s.n > 200 || memchr(s.p, '?', s.n))
		return false;
	return any_phrase(s, words, COUNT(words));
}

static int settle(struct arena *a, struct request *out, enum request_kind kind, const char *rule, struct span words)
{
	AUTO_BUF b = BUF_INIT(1024);
	text_clean_line(&b, span_sub(words, 0, words.n < 200 ? words.n : 200));
	out->kind = kind;
	out->kind_rule = rule;
	out->kind_words = arena_strdup(a, buf_cstr(&b));
	return out->kind_words ? 0 : -ENOMEM;
}

/* What members of a list wrote to each other, sent on by the list's program. */
static bool digest(struct span subject)
{
	static const char *const words[] = { "digest", "ringkasan untuk", "rangkuman untuk", "abridged summary" };
	return any_phrase(subject, words, COUNT(words));
}

/* A newsletter or an offer is other people's mail, not an automaton's answer. */
static bool newsletter(struct span subject, struct span text)
{
	static const char *const words[] = { "unsubscribe", "berlangganan", "newsletter", "edisi",     "promo",   "diskon",
					     "penawaran",   "opt out",      "webinar",    "langganan", "undangan" };
	return has_any(text, words, COUNT(words)) || has_any(subject, words, COUNT(words));
}

static int best_of(const struct tally *t, int n)
{
	int best = -1;
	for (int k = 0; k < n; k++)
		if (t->score[k] > 0 && (best < 0 || t->score[k] > t->score[best]))
			best = k;
	return best;
}

/* The service most asked for. */
static int service_of(const struct tally *t)
{
	int best = best_of(t, REQUEST_QUESTION);
	/* an expired certificate is renewed with a new passphrase: renewal wins over a forgotten one */
	if (best == REQUEST_PASSPHRASE && t->deed[REQUEST_RENEWAL] >= 8 * AS_DEED)
		return REQUEST_RENEWAL;
	return best;
}

/* Does the mail want to know, and nothing done? */
static bool only_asks(const struct message *m, const struct tally *t, size_t n_numbers, size_t n_data, int service)
{
	bool troubled = service == REQUEST_PASSPHRASE && t->score[REQUEST_PASSPHRASE] >= 8 * AS_STATEMENT;
	if (t->questions == 0 || troubled)
		return false;
	if (m->is_reply && (m->n_attachments > 0 || n_data > 0))
		return false; /* an answer that brings what was asked for */
	bool urged = service >= 0 && t->deed[service] >= 8 * AS_DEED && t->questions == 1; /* only the subject asks */
	if (t->asks_terms && n_numbers == 0 && n_data < 3 && m->n_attachments == 0)
		return true;
	if (t->asking_subject && t->deeds <= 1 && !urged)
		return true;
	if (n_data >= 3)
		return t->news > 0 && t->deeds == 0;
	return t->deeds == 0 || (t->news > 0 && t->deeds <= 1 && t->score[REQUEST_QUESTION] > t->deed[service < 0 ? 0 : service]);
}

static int judge_human(const struct message *m, size_t n_numbers, size_t n_data, struct tally *t, struct request *out)
{
	struct span subject = span_str(m->subject), text = span_str(m->text);
	text.n = text.n < TEXT_MAX ? text.n : TEXT_MAX;
	tally_subject(subject, m->is_reply, t);
	tally_text(text, t);
	bool ours = t->ours || (t->a_certificate && !t->another_certificate);
	bool named = n_numbers > 0 && !t->other_program; /* with a NIK or NIP, to this office: it is about the signature */
	if (!ours && !named)                             /* a password of something else */
		t->score[REQUEST_PASSPHRASE] = 0;
	int service = service_of(t), other = t->score[REQUEST_OTHER];
	int strength = service < 0 ? 0 : t->score[service];
	if (!ours && !m->is_reply)
		strength /= n_numbers > 0 ? 2 : 4;
	else if (n_numbers > 0)
		other /= 3;
	bool asks = only_asks(m, t, n_numbers, n_data, service);
	if (ours && asks)
		other /= 2; /* "is it the printer or the signature?" */
	if (other >= ENOUGH && other > strength && (!m->is_reply || !ours))
		return settle(t->a, out, REQUEST_OTHER, "words", t->words[REQUEST_OTHER]);
	if (asks && (ours || m->is_reply || t->score[REQUEST_QUESTION] >= ENOUGH))
		return settle(t->a, out, REQUEST_QUESTION, "asks-to-know",
			      t->words[REQUEST_QUESTION].n ? t->words[REQUEST_QUESTION] : span_str("?"));
	if (service >= 0 && strength >= ENOUGH)
		return settle(t->a, out, (enum request_kind)service, "words", t->words[service]);
	if (m->is_reply && text.n > 0)
		return settle(t->a, out, REQUEST_RENEWAL, "numbers-or-reply", span_str("an answer, without other words"));
	if (n_numbers > 0 && other < ENOUGH)
		return settle(t->a, out, REQUEST_RENEWAL, "numbers-or-reply", span_str("a NIK or NIP, without other words"));
	if (ours && m->n_attachments > 0 && t->questions == 0)
		return settle(t->a, out, REQUEST_RENEWAL, "only-attachment", span_str("the field's words and an attachment"));
	if (ours)
		return settle(t->a, out, REQUEST_QUESTION, "field-words", span_str("the field's words, nothing asked for"));
	if (m->n_attachments > 0 && text.n < 40 && subject.n == 0)
		return settle(t->a, out, REQUEST_RENEWAL, "only-attachment", span_str("a mail of only an attachment"));
	return settle(t->a, out, REQUEST_OTHER, "no-field-words", span_str(""));
}

int kind_judge(const struct message *m, size_t n_numbers, struct arena *a, struct request *out)
{
	struct span subject = span_str(m->subject), text = span_str(m->text);
	size_t n_data = 0;
	for (size_t i = 0; i < out->n_applicants; i++)
		for (int f = 0; f < N_FIELDS; f++)
			n_data += out->applicants[i].value[f] || out->applicants[i].given[f];
	out->thanks_only = n_numbers == 0 && m->n_attachments == 0 && thanks(text);
	out->early_end = text.n < 60 && span_starts_nocase(span_trim(text), "berhenti");
	if (m->nature == MAIL_LIST && newsletter(subject, text) && !digest(subject))
		return settle(a, out, REQUEST_OTHER, "newsletter", span_str(m->nature_words));
	if (m->nature != MAIL_HUMAN)
		return settle(a, out, REQUEST_AUTOMATIC, m->nature_rule, span_str(m->nature_words));
	struct tally *t = tally_new(a);
	return t ? judge_human(m, n_numbers, n_data, t, out) : -ENOMEM;
}
