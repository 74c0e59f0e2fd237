/* Authentication-Results of any bytes, above the border: a pass needs the words of one; a fail of our own server beside it
 * takes it away; below the border, or from a server that is not ours, the same bytes never pass. */
#include "fuzz.h"

#include "message/header.h"
#include "message/proof.h"

#include <stdlib.h>

static enum mail_proof judge(const char *id, struct span before, struct span field, const char *after)
{
	static const char *own[] = { "sitante@natunakab.go.id" };
	const char *ids[] = { id };
	struct message_policy policy = { .own_addresses = own, .n_own_addresses = 1, .authserv_ids = ids, .n_authserv_ids = 1 };
	struct mail_address from = { .spec = "satu@natunakab.go.id" };
	struct message m = { .from = &from, .n_from = 1, .n_from_fields = 1 };
	struct header h = { 0 };
	AUTO_BUF raw = BUF_INIT(256 * 1024);
	struct arena *a = arena_new(64 * 1024 * 1024);
	buf_add_span(&raw, before);
	buf_add_str(&raw, "Authentication-Results: ");
	for (size_t i = 0; i < field.n; i++) /* one field, folded where it has line ends */
		if (field.p[i] == '\n')
			buf_add_str(&raw, "\n ");
		else
			buf_add_char(&raw, (char)field.p[i]);
	buf_add_str(&raw, after);
	if (!a || buf_status(&raw) != 0 || header_scan(buf_span(&raw), a, &h) != 0 ||
	    proof_judge(&h, &policy, false, a, &m) != 0 || !m.proof_reason)
		abort();
	arena_free(a);
	return m.proof;
}

static bool holds(struct span s, const char *words)
{
	return span_find_nocase(s, 0, words) < s.n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char border[] = "\nReceived: from x by y with ESMTP; z\n\n";
	static const char refused[] = "\nAuthentication-Results: mail.natunakab.go.id; dmarc=fail "
				      "header.from=natunakab.go.id\nReceived: from x by y with ESMTP; z\n\n";
	struct span field = span_of(data, size < 8000 ? size : 8000), none = span_of("", 0);
	enum mail_proof p = judge("mail.natunakab.go.id", none, field, border);
	if (p == MAIL_PROOF_PASS && !(holds(field, "mail.natunakab.go.id") && holds(field, "dmarc") && holds(field, "pass") &&
				      holds(field, "header.from") && holds(field, "natunakab.go.id")))
		abort();
	if (judge("mail.natunakab.go.id", none, field, refused) != MAIL_PROOF_FAIL)
		abort();
	if (judge("mail.natunakab.go.id", span_str(border + 1), field, "\n\n") != MAIL_PROOF_NONE)
		abort();
	if (!holds(field, "mx.contoh.example") && judge("mx.contoh.example", none, field, border) != MAIL_PROOF_NONE)
		abort();
	return 0;
}
