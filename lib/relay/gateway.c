#include "relay/gateway.h"

#include "base/limits.h"
#include "base/text.h"
#include "sms/sms.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CONNECT_MS = 10 * 1000,
	REQUEST_BYTES = 64 * 1024,
	ANSWER_BYTES = 16 * 1024, /* of an answer that are looked at */
};

struct gateway {
	struct gateway_account account;
	struct multi multi;
	CURL *easy;
	struct curl_slist *headers;
	struct relay_job *job; /* NULL: free */
	struct buf url, body, answer;
};

static size_t on_answer(char *p, size_t size, size_t n, void *context)
{
	struct gateway *g = context;
	if (g->answer.n + size * n <= ANSWER_BYTES)
		buf_add(&g->answer, p, size * n);
	return size * n;
}

static bool says(const struct gateway *g, const char **texts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct span answer = buf_span(&g->answer);
		if (span_find_nocase(answer, 0, texts[i]) < answer.n)
			return true;
	}
	return false;
}

/* Nothing left here before the connection stood: then no message can have gone. */
static bool never_left(CURLcode c)
{
	switch ((int)c) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
		return true;
	default:
		return false;
	}
}

/* What the answer means.  A 2xx that says neither yes nor no is doubt: the message may be out. */
static enum relay_outcome outcome_of(const struct gateway *g, CURLcode c, long status)
{
	if (never_left(c))
		return RELAY_DOWN;
	if (c != CURLE_OK) {
		curl_off_t begun = 0; /* when the request began to leave; 0: it never did */
		(void)curl_easy_getinfo(g->easy, CURLINFO_PRETRANSFER_TIME_T, &begun);
		return begun == 0 ? RELAY_DOWN : RELAY_UNCERTAIN;
	}
	if (status == 401 || status == 403 || status == 404)
		return RELAY_DOWN; /* about the account or the address of the gateway */
	if (status == 408 || status == 429 || status >= 500)
		return RELAY_LATER;
	if (says(g, g->account.refused, g->account.n_refused) || status >= 400)
		return RELAY_REFUSED;
	if (status < 200 || status >= 300)
		return RELAY_DOWN;
	if (g->account.n_accepted == 0 || says(g, g->account.accepted, g->account.n_accepted))
		return RELAY_ACCEPTED;
	return RELAY_UNCERTAIN;
}

static void ended(void *slot, CURLcode c)
{
	struct gateway *g = slot;
	struct relay_job *job = g->job;
	long status = 0;
	(void)curl_easy_getinfo(g->easy, CURLINFO_RESPONSE_CODE, &status);
	struct relay_result res = { .outcome = outcome_of(g, c, status), .code = (int)status };
	/* the answer may quote the message: only the status is kept */
	if (c == CURLE_OK)
		(void)snprintf(res.text, sizeof(res.text), "HTTP %ld", status);
	else
		(void)snprintf(res.text, sizeof(res.text), "%s", curl_easy_strerror(c));
	g->job = NULL;
	buf_reset(&g->url);
	buf_reset(&g->body);
	buf_reset(&g->answer);
	if (job)
		g->multi.hooks.done(g->multi.hooks.context, job, &res);
}

static int set_fixed(struct gateway *g)
{
	CURL *e = g->easy;
	const struct gateway_account *a = &g->account;
	CURLcode c = curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	if (c == CURLE_OK && a->ca_file)
		c = curl_easy_setopt(e, CURLOPT_CAINFO, a->ca_file);
	if (c == CURLE_OK && a->ca_file)
		c = curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
	if (c == CURLE_OK)
		c = curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	(void)curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_answer);
	(void)curl_easy_setopt(e, CURLOPT_WRITEDATA, g);
	(void)curl_easy_setopt(e, CURLOPT_PRIVATE, g);
	(void)curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(e, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	(void)curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)a->timeout.ms);
	return c == CURLE_OK ? 0 : -ENOMEM;
}

int gateway_new(const struct gateway_account *account, const struct relay_hooks *hooks, struct gateway **out, struct error *err)
{
	struct gateway *g = calloc(1, sizeof(*g));
	if (!g)
		return error_set(err, -ENOMEM, "no memory");
	g->account = *account;
	g->url = g->body = BUF_INIT(REQUEST_BYTES);
	g->answer = BUF_INIT(ANSWER_BYTES);
	int r = multi_open(&g->multi, hooks, ended, 1);
	g->easy = r == 0 ? curl_easy_init() : NULL;
	if (!g->easy || set_fixed(g) < 0) {
		gateway_free(g);
		return error_set(err, -ENOMEM, "no memory");
	}
	*out = g;
	return 0;
}

void gateway_free(struct gateway *g)
{
	if (!g)
		return;
	if (g->easy && g->job)
		(void)curl_multi_remove_handle(g->multi.curl, g->easy);
	if (g->easy)
		curl_easy_cleanup(g->easy);
	curl_slist_free_all(g->headers);
	multi_close(&g->multi);
	buf_done(&g->url);
	buf_done(&g->body);
	buf_done(&g->answer);
	free(g);
}

size_t gateway_room(const struct gateway *g)
{
	return g && !g->job ? 1 : 0;
}

static int header_add(struct gateway *g, const char *line)
{
	struct curl_slist *longer = curl_slist_append(g->headers, line);
	if (!longer)
		return -ENOMEM;
	g->headers = longer;
	return 0;
}

static int headers_set(struct gateway *g, const struct sms_values *v)
{
	AUTO_BUF line = BUF_INIT(REQUEST_BYTES);
	int r = 0;
	curl_slist_free_all(g->headers);
	g->headers = NULL;
	if (g->account.body) {
		buf_addf(&line, "Content-Type: %s", g->account.content_type);
		r = header_add(g, buf_cstr(&line));
	}
	for (size_t i = 0; r == 0 && i < g->account.n_headers; i++) {
		buf_reset(&line);
		sms_expand(g->account.headers[i], SMS_IN_HEADER, v, &line);
		r = buf_status(&line);
		if (r == 0)
			r = header_add(g, buf_cstr(&line));
	}
	return r;
}

static int request_set(struct gateway *g, const struct sms_values *v)
{
	const struct gateway_account *a = &g->account;
	bool json = a->content_type && strstr(a->content_type, "json");
	sms_expand(a->url, SMS_IN_URL, v, &g->url);
	if (a->body)
		sms_expand(a->body, json ? SMS_IN_JSON : SMS_IN_FORM, v, &g->body);
	if (buf_status(&g->url) < 0 || buf_status(&g->body) < 0)
		return -ENOMEM;
	int r = headers_set(g, v);
	if (r < 0)
		return r;
	CURLcode c = curl_easy_setopt(g->easy, CURLOPT_URL, buf_cstr(&g->url));
	if (c == CURLE_OK)
		c = curl_easy_setopt(g->easy, CURLOPT_HTTPHEADER, g->headers);
	if (c == CURLE_OK && a->body) {
		(void)curl_easy_setopt(g->easy, CURLOPT_POST, 1L);
		(void)curl_easy_setopt(g->easy, CURLOPT_POSTFIELDSIZE, (long)g->body.n);
		c = curl_easy_setopt(g->easy, CURLOPT_POSTFIELDS, buf_cstr(&g->body)); /* lives until the end */
	}
	return c == CURLE_OK ? 0 : -ENOMEM;
}

static int text_take(struct relay_job *job, struct buf *text)
{
	char piece[1024];
	ssize_t n;
	while ((n = job->read(job->source, piece, sizeof(piece))) > 0)
		buf_add(text, piece, (size_t)n);
	return n < 0 || buf_status(text) < 0 ? -EIO : 0;
}

int gateway_submit(struct gateway *g, struct relay_job *job)
{
	AUTO_BUF text = BUF_INIT(LIMIT_SMS_BYTES);
	if (gateway_room(g) == 0)
		return -EBUSY;
	if (!sms_number_is_mobile(job->recipient))
		return -EINVAL;
	int r = text_take(job, &text);
	if (r < 0)
		return r;
	struct sms_values v = { .to = job->recipient,
				.text = buf_cstr(&text),
				.reference = job->reference ? job->reference : "",
				.user = g->account.user,
				.password = g->account.password };
	r = request_set(g, &v);
	if (r < 0)
		return r;
	g->job = job;
	if (curl_multi_add_handle(g->multi.curl, g->easy) != CURLM_OK) {
		g->job = NULL;
		return -ENOMEM;
	}
	return 0;
}

void gateway_socket_ready(struct gateway *g, int fd, int events)
{
	multi_socket_ready(&g->multi, fd, events);
}

void gateway_timer_fired(struct gateway *g)
{
	if (g)
		multi_timer_fired(&g->multi);
}
