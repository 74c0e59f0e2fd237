#include "request/kind.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

struct clue {
	const char *words;
	enum request_kind kind;
	int weight;
};

/* The field's words (domain facts 2).  A longer phrase outweighs the word in it. */
static const struct clue clues[] = {
	{ "perpanjang", REQUEST_RENEWAL, 6 },
	{ "diperpanjang", REQUEST_RENEWAL, 2 },
	{ "pembaharuan", REQUEST_RENEWAL, 6 },
	{ "pembaruan", REQUEST_RENEWAL, 6 },
	{ "diperbaharui", REQUEST_RENEWAL, 5 },
	{ "diperbarui", REQUEST_RENEWAL, 5 },
	{ "memperbaharui", REQUEST_RENEWAL, 5 },
	{ "memperbarui", REQUEST_RENEWAL, 5 },
	{ "renewal", REQUEST_RENEWAL, 6 },
	{ "renew", REQUEST_RENEWAL, 5 },
	{ "extend", REQUEST_RENEWAL, 4 },
	{ "aktivasi ulang", REQUEST_RENEWAL, 4 },
	{ "aktifkan kembali", REQUEST_RENEWAL, 4 },
	{ "diaktifkan lagi", REQUEST_RENEWAL, 4 },
	{ "expired", REQUEST_RENEWAL, 4 },
	{ "expire", REQUEST_RENEWAL, 3 },
	{ "ekspayer", REQUEST_RENEWAL, 4 },
	{ "kedaluwarsa", REQUEST_RENEWAL, 4 },
	{ "kadaluarsa", REQUEST_RENEWAL, 4 },
	{ "kadaluwarsa", REQUEST_RENEWAL, 4 },
	{ "kedaluarsa", REQUEST_RENEWAL, 4 },
	{ "habis masa", REQUEST_RENEWAL, 4 },
	{ "masa berlaku", REQUEST_RENEWAL, 2 },
	{ "tte mati", REQUEST_RENEWAL, 4 },
	{ "mau habis", REQUEST_RENEWAL, 3 },
	{ "akan berakhir", REQUEST_RENEWAL, 3 },
	{ "sudah habis", REQUEST_RENEWAL, 3 },
	{ "penerbitan", REQUEST_ISSUANCE, 6 },
	{ "diterbitkan", REQUEST_ISSUANCE, 4 },
	{ "pembuatan", REQUEST_ISSUANCE, 5 },
	{ "buatkan tte", REQUEST_ISSUANCE, 6 },
	{ "dibuatkan", REQUEST_ISSUANCE, 5 },
	{ "pendaftaran", REQUEST_ISSUANCE, 5 },
	{ "registrasi", REQUEST_ISSUANCE, 4 },
	{ "belum punya", REQUEST_ISSUANCE, 5 },
	{ "belum pernah", REQUEST_ISSUANCE, 5 },
	{ "belum memiliki", REQUEST_ISSUANCE, 5 },
	{ "tte baru", REQUEST_ISSUANCE, 4 },
	{ "pejabat baru", REQUEST_ISSUANCE, 3 },
	{ "baru dilantik", REQUEST_ISSUANCE, 2 },
	{ "new certificate", REQUEST_ISSUANCE, 5 },
	{ "pencabutan", REQUEST_REVOCATION, 9 },
	{ "dicabut", REQUEST_REVOCATION, 8 },
	{ "cabut tte", REQUEST_REVOCATION, 8 },
	{ "penghapusan", REQUEST_REVOCATION, 7 },
	{ "revoke", REQUEST_REVOCATION, 8 },
	{ "revocation", REQUEST_REVOCATION, 8 },
	{ "dinonaktifkan", REQUEST_REVOCATION, 7 },
	{ "nonaktifkan", REQUEST_REVOCATION, 7 },
	{ "dihapus", REQUEST_REVOCATION, 5 },
	{ "lupa passphrase", REQUEST_PASSPHRASE, 9 },
	{ "lupa pass", REQUEST_PASSPHRASE, 8 },
	{ "lupa pin", REQUEST_PASSPHRASE, 8 },
	{ "lupa kata sandi", REQUEST_PASSPHRASE, 8 },
	{ "lupa frasa", REQUEST_PASSPHRASE, 8 },
	{ "reset passphrase", REQUEST_PASSPHRASE, 9 },
	{ "reset", REQUEST_PASSPHRASE, 4 },
	{ "passphrase", REQUEST_PASSPHRASE, 4 },
	{ "passphare", REQUEST_PASSPHRASE, 4 },
	{ "pasphrase", REQUEST_PASSPHRASE, 4 },
	{ "pasprase", REQUEST_PASSPHRASE, 4 },
	{ "frasa sandi", REQUEST_PASSPHRASE, 4 },
	{ "forgot", REQUEST_PASSPHRASE, 5 },
	{ "ganti email", REQUEST_DATA_CHANGE, 8 },
	{ "perubahan email", REQUEST_DATA_CHANGE, 8 },
	{ "perubahan data", REQUEST_DATA_CHANGE, 8 },
	{ "ubah data", REQUEST_DATA_CHANGE, 7 },
	{ "perbaikan data", REQUEST_DATA_CHANGE, 7 },
	{ "perbaikan gelar", REQUEST_DATA_CHANGE, 8 },
	{ "ganti nomor", REQUEST_DATA_CHANGE, 8 },
	{ "ganti no", REQUEST_DATA_CHANGE, 7 },
	{ "ganti hp", REQUEST_DATA_CHANGE, 7 },
	{ "ganti jabatan", REQUEST_DATA_CHANGE, 7 },
	{ "pindah", REQUEST_DATA_CHANGE, 3 },
	{ "update data", REQUEST_DATA_CHANGE, 7 },
	{ "pemutakhiran data", REQUEST_DATA_CHANGE, 7 },
	{ "bagaimana cara", REQUEST_QUESTION, 5 },
	{ "gimana cara", REQUEST_QUESTION, 5 },
	{ "apa saja", REQUEST_QUESTION, 4 },
	{ "syarat", REQUEST_QUESTION, 4 },
	{ "apakah", REQUEST_QUESTION, 3 },
	{ "berapa lama", REQUEST_QUESTION, 6 },
	{ "mau tanya", REQUEST_QUESTION, 6 },
	{ "ingin bertanya", REQUEST_QUESTION, 6 },
	{ "izin bertanya", REQUEST_QUESTION, 6 },
	{ "menanyakan", REQUEST_QUESTION, 6 },
	{ "sampai di mana", REQUEST_QUESTION, 6 },
	{ "sampai mana", REQUEST_QUESTION, 6 },
	{ "sudah sampai", REQUEST_QUESTION, 5 },
	{ "tindak lanjut", REQUEST_QUESTION, 4 },
	{ "status permohonan", REQUEST_QUESTION, 7 },
	{ "tidak valid", REQUEST_QUESTION, 4 },
	{ "verifikasi dokumen", REQUEST_QUESTION, 5 },
	{ "cek keaslian", REQUEST_QUESTION, 5 },
	{ "kenapa", REQUEST_QUESTION, 3 },
	{ "mengapa", REQUEST_QUESTION, 3 },
	{ "barcode", REQUEST_QUESTION, 3 },
	{ "undangan", REQUEST_OTHER, 4 },
	{ "rapat", REQUEST_OTHER, 3 },
	{ "lamaran", REQUEST_OTHER, 7 },
	{ "penawaran", REQUEST_OTHER, 6 },
	{ "bimtek", REQUEST_OTHER, 6 },
	{ "bimbingan teknis", REQUEST_OTHER, 6 },
	{ "pinjaman", REQUEST_OTHER, 7 },
	{ "newsletter", REQUEST_OTHER, 6 },
	{ "unsubscribe", REQUEST_OTHER, 5 },
	{ "promo", REQUEST_OTHER, 5 },
	{ "invoice", REQUEST_OTHER, 5 },
	{ "ktp hilang", REQUEST_OTHER, 7 },
	{ "permohonan cuti", REQUEST_OTHER, 7 },
	{ "internet mati", REQUEST_OTHER, 6 },
};

/* A word close before that turns a clue off. */
static const char *const negations[] = { "bukan ", "belum ", "tidak perlu ", "tidak ", "tdk ", "tak ", "bkn ", "not " };
/* What is expired is not the certificate. */
static const char *const other_things[] = { "link", "tautan", "otp", "surat tugas", "ktp" };
/* The field's nouns: without one of them a mail is hardly for this office. */
static const char *const nouns[] = { "tte",         "sertifikat", "tanda tangan", "bsre",   "passphrase",
				     "e-sign",      "esign",      "srikandi",     "sertel", "digital signature",
				     "certificate", "signature",  "segel",        "frasa",  "pasphrase",
				     "tandatangan" };

static bool is_word_before(struct span s, size_t at)
{
	return at == 0 || !ascii_is_alpha(s.p[at - 1]);
}

static bool near_before(struct span s, size_t at, const char *const *words, size_t n, size_t reach)
{
	size_t from = at > reach ? at - reach : 0;
	struct span window = span_of(s.p + from, at - from);
	for (size_t i = 0; i < n; i++)
		if (span_find_nocase(window, 0, words[i]) < window.n)
			return true;
	return false;
}

struct tally {
	int score[REQUEST_AUTOMATIC + 1];
	const char *best[REQUEST_AUTOMATIC + 1];
	int best_weight[REQUEST_AUTOMATIC + 1];
};

static void tally(struct span s, int factor, struct tally *t)
{
	for (size_t i = 0; i < sizeof(clues) / sizeof(*clues); i++) {
		const struct clue *c = &clues[i];
		bool counted = false;
		for (size_t at = 0; !counted && (at = span_find_nocase(s, at, c->words)) < s.n; at++) {
			bool prefix_right = is_word_before(s, at) || strlen(c->words) > 7;
			bool off = near_before(s, at, negations, sizeof(negations) / sizeof(*negations), 14);
			if (c->kind == REQUEST_ISSUANCE && strncmp(c->words, "belum", 5) == 0)
				off = false;
			if (c->kind == REQUEST_RENEWAL && c->weight <= 4)
				off = off || near_before(s, at, other_things, sizeof(other_things) / sizeof(*other_things), 24);
			if (!prefix_right || off)
				continue;
			counted = true;
			t->score[c->kind] += c->weight * factor;
			if (c->weight * factor > t->best_weight[c->kind]) {
				t->best_weight[c->kind] = c->weight * factor;
				t->best[c->kind] = c->words;
			}
		}
	}
}

static bool any_of(struct span s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_find_nocase(s, 0, words[i]) < s.n)
			return true;
	return false;
}

static bool thanks(struct span s)
{
	static const char *const words[] = { "terima kasih", "terimakasih", "makasih",        "mksh",
					     "trims",        "thanks",      "thank you",      "sudah bisa",
					     "sdh bs",       "sudah dapat", "sudah berhasil", "alhamdulillah" };
	static const char *const asks[] = { "?", "mohon", "tolong", "minta", "belum", "tapi", "namun", "tetapi", "bagaimana" };
	return s.n > 0 && s.n < 240 && any_of(s, words, sizeof(words) / sizeof(*words)) &&
	       !any_of(s, asks, sizeof(asks) / sizeof(*asks));
}

static int settle(struct arena *a, struct request *out, enum request_kind kind, const char *rule, const char *words)
{
	out->kind = kind;
	out->kind_rule = rule;
	out->kind_words = arena_strdup(a, words ? words : "");
	return out->kind_words ? 0 : -ENOMEM;
}

int kind_judge(const struct message *m, size_t n_numbers, struct arena *a, struct request *out)
{
	struct span subject = span_str(m->subject), text = span_str(m->text);
	struct tally t = { 0 };
	out->thanks_only = n_numbers == 0 && m->n_attachments == 0 && thanks(text);
	out->early_end = text.n < 60 && span_starts_nocase(span_trim(text), "berhenti");
	if (m->nature != MAIL_HUMAN)
		return settle(a, out, REQUEST_AUTOMATIC, m->nature_rule, m->nature_words);
	tally(subject, 2, &t);
	tally(text, 1, &t);
	bool ours = any_of(subject, nouns, sizeof(nouns) / sizeof(*nouns)) || any_of(text, nouns, sizeof(nouns) / sizeof(*nouns));
	if (!ours && n_numbers == 0)
		for (int k = 0; k < REQUEST_OTHER; k++)
			t.score[k] /= 3;
	/* an expired certificate is renewed with a new passphrase: renewal wins over a forgotten one */
	if (t.score[REQUEST_RENEWAL] >= 8 && t.score[REQUEST_PASSPHRASE] > 0)
		t.score[REQUEST_PASSPHRASE] = t.score[REQUEST_PASSPHRASE] / 2;
	int best = -1;
	for (int k = 0; k <= REQUEST_OTHER; k++)
		if (t.score[k] > 0 && (best < 0 || t.score[k] > t.score[best]))
			best = k;
	if (best >= 0 && t.score[best] >= 3)
		return settle(a, out, (enum request_kind)best, "words", t.best[best]);
	if (n_numbers > 0 || (m->is_reply && text.n > 0))
		return settle(a, out, REQUEST_RENEWAL, "numbers-or-reply", "a NIK or NIP, or an answer, without other words");
	if (ours && m->n_attachments > 0)
		return settle(a, out, REQUEST_RENEWAL, "only-attachment", "the field's words and an attachment");
	if (ours)
		return settle(a, out, REQUEST_QUESTION, "field-words", "the field's words only");
	return settle(a, out, REQUEST_OTHER, "nothing", "no word of this office");
}
