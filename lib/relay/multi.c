#include "relay/multi.h"

#include <errno.h>

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *sock)
{
	struct multi *m = context;
	(void)easy;
	(void)sock;
	int events = what == CURL_POLL_REMOVE ? 4 : (what & CURL_POLL_IN ? 1 : 0) | (what & CURL_POLL_OUT ? 2 : 0);
	return m->hooks.watch(m->hooks.loop, fd, events, NULL) < 0 ? -1 : 0;
}

static int on_timer(CURLM *curl, long ms, void *context)
{
	struct multi *m = context;
	(void)curl;
	m->hooks.timer(m->hooks.loop, ms);
	return 0;
}

int multi_open(struct multi *m, const struct relay_hooks *hooks, void (*ended)(void *slot, CURLcode c), size_t connections)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	*m = (struct multi){ .curl = curl_multi_init(), .hooks = *hooks, .ended = ended };
	if (!m->curl)
		return -ENOMEM;
	(void)curl_multi_setopt(m->curl, CURLMOPT_SOCKETFUNCTION, on_socket);
	(void)curl_multi_setopt(m->curl, CURLMOPT_SOCKETDATA, m);
	(void)curl_multi_setopt(m->curl, CURLMOPT_TIMERFUNCTION, on_timer);
	(void)curl_multi_setopt(m->curl, CURLMOPT_TIMERDATA, m);
	(void)curl_multi_setopt(m->curl, CURLMOPT_MAXCONNECTS, (long)connections);
	return 0;
}

void multi_close(struct multi *m)
{
	if (m->curl)
		(void)curl_multi_cleanup(m->curl);
	m->curl = NULL;
}

static void collect(struct multi *m)
{
	CURLMsg *msg;
	int left;
	while ((msg = curl_multi_info_read(m->curl, &left))) {
		char *slot = NULL;
		CURL *easy = msg->easy_handle;
		CURLcode c = msg->data.result;
		if (msg->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &slot);
		(void)curl_multi_remove_handle(m->curl, easy); /* msg is gone now */
		m->ended(slot, c);
	}
}

void multi_socket_ready(struct multi *m, int fd, int events)
{
	int running;
	(void)curl_multi_socket_action(m->curl, fd, (events & 1 ? CURL_CSELECT_IN : 0) | (events & 2 ? CURL_CSELECT_OUT : 0),
				       &running);
	collect(m);
}

void multi_timer_fired(struct multi *m)
{
	int running;
	(void)curl_multi_socket_action(m->curl, CURL_SOCKET_TIMEOUT, 0, &running);
	collect(m);
}
