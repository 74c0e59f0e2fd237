#include "relay/fetch.h"

#include "base/buf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_MS = 10 * 1000, TOTAL_MS = 30 * 1000, HEADER_BYTES = 64 * 1024 };

struct fetch {
	struct multi multi;
	CURL *easy;
	bool busy;
	fetch_done_fn *done;
	void *context;
	struct buf answer;
	size_t header_bytes;
};

static size_t on_answer(char *p, size_t size, size_t n, void *context)
{
	struct fetch *f = context;
	buf_add(&f->answer, p, size * n);
	return buf_status(&f->answer) == 0 ? size * n : 0;
}

static size_t on_header(char *p, size_t size, size_t n, void *context)
{
	struct fetch *f = context;
	(void)p;
	f->header_bytes += size * n;
	return f->header_bytes <= HEADER_BYTES ? size * n : 0;
}

static int set_request(struct fetch *f, const struct fetch_request *r)
{
	CURL *e = f->easy;
	curl_easy_reset(e);
	CURLcode c = curl_easy_setopt(e, CURLOPT_URL, r->url);
	if (c == CURLE_OK)
		c = curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "https");
	if (c == CURLE_OK && r->ca_file)
		c = curl_easy_setopt(e, CURLOPT_CAINFO, r->ca_file);
	if (c == CURLE_OK && r->ca_file) /* these and no others */
		c = curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
	if (c == CURLE_OK)
		c = curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (c == CURLE_OK)
		c = curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE, (long)r->form.n);
	if (c == CURLE_OK)
		c = curl_easy_setopt(e, CURLOPT_POSTFIELDS, r->form.p);
	(void)curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_answer);
	(void)curl_easy_setopt(e, CURLOPT_WRITEDATA, f);
	(void)curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
	(void)curl_easy_setopt(e, CURLOPT_HEADERDATA, f);
	(void)curl_easy_setopt(e, CURLOPT_PRIVATE, f);
	(void)curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
	(void)curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L); /* asked once an hour: no connection is kept */
	(void)curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(e, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	(void)curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)TOTAL_MS);
	f->header_bytes = 0;
	return c == CURLE_OK ? 0 : -ENOMEM;
}

static void ended(void *slot, CURLcode c)
{
	struct fetch *f = slot;
	struct fetch_answer a = { .words = "" };
	curl_off_t retry = 0;
	(void)curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &a.status);
	(void)curl_easy_getinfo(f->easy, CURLINFO_RETRY_AFTER, &retry);
	a.retry_s = retry;
	a.body = buf_span(&f->answer);
	if (c == CURLE_WRITE_ERROR)
		a.words = "the answer is too long";
	else if (c != CURLE_OK)
		a.words = curl_easy_strerror(c);
	if (c != CURLE_OK)
		a.status = 0;
	f->busy = false;
	f->done(f->context, &a);
	if (f->answer.p)
		explicit_bzero(f->answer.p, f->answer.n);
	buf_reset(&f->answer);
}

int fetch_new(const struct relay_hooks *hooks, fetch_done_fn *done, void *context, struct fetch **out)
{
	struct fetch *f = calloc(1, sizeof(*f));
	if (!f)
		return -ENOMEM;
	*f = (struct fetch){ .done = done, .context = context, .answer = BUF_INIT(LIMIT_TOKEN_ANSWER_BYTES) };
	int r = multi_open(&f->multi, hooks, ended, 1);
	f->easy = r == 0 ? curl_easy_init() : NULL;
	if (!f->easy) {
		fetch_free(f);
		return -ENOMEM;
	}
	*out = f;
	return 0;
}

void fetch_free(struct fetch *f)
{
	if (!f)
		return;
	if (f->easy && f->busy)
		(void)curl_multi_remove_handle(f->multi.curl, f->easy);
	if (f->easy)
		curl_easy_cleanup(f->easy);
	multi_close(&f->multi);
	buf_done(&f->answer);
	free(f);
}

int fetch_begin(struct fetch *f, const struct fetch_request *request)
{
	if (f->busy)
		return -EBUSY;
	if (set_request(f, request) < 0 || curl_multi_add_handle(f->multi.curl, f->easy) != CURLM_OK)
		return -ENOMEM;
	f->busy = true;
	return 0;
}

void fetch_socket_ready(struct fetch *f, int fd, int events)
{
	multi_socket_ready(&f->multi, fd, events);
}

void fetch_timer_fired(struct fetch *f)
{
	multi_timer_fired(&f->multi);
}

int fetch_now(const struct fetch_request *request, fetch_done_fn *done, void *context)
{
	struct fetch f = { .done = done, .context = context, .answer = BUF_INIT(LIMIT_TOKEN_ANSWER_BYTES) };
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	f.easy = curl_easy_init();
	int r = f.easy ? set_request(&f, request) : -ENOMEM;
	if (r == 0)
		ended(&f, curl_easy_perform(f.easy));
	curl_easy_cleanup(f.easy);
	buf_done(&f.answer);
	return r;
}
