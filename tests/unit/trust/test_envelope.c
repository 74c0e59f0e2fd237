/* T21: no byte makes an envelope address into a command: the relay refuses what is no address before libcurl sees it. */
#include "../unit.h"

#include "message/message.h"
#include "relay/relay.h"

#include <errno.h>

static void done(void *context, const struct relay_job *job, const struct relay_result *result)
{
	(void)context, (void)job, (void)result;
	fail_msg("nothing was to be sent");
}

static ssize_t read_nothing(void *source, char *p, size_t n)
{
	(void)source, (void)p, (void)n;
	return 0;
}

static int rewind_nothing(void *source)
{
	(void)source;
	return 0;
}

static struct relay *relay;

static int submit(const char *from, const char *to)
{
	struct relay_job job = {
		.id = 1, .envelope_from = from, .recipient = to, .read = read_nothing, .rewind = rewind_nothing
	};
	return relay_submit(relay, &job);
}

static void T21_every_byte_at_every_place(void **state)
{
	(void)state;
	for (int c = 1; c < 256; c++)
		for (size_t at = 0; at < 19; at++) {
			char address[] = "budi@natunakab.go.id";
			address[at] = (char)c;
			if (mail_address_valid(address))
				continue; /* another address: no harm */
			assert_int_equal(submit("", address), -EINVAL);
			assert_int_equal(submit(address, "budi@natunakab.go.id"), -EINVAL);
		}
}

static void T21_commands_and_long_ones(void **state)
{
	static const char *const bad[] = { "a@b.id>\r\nRCPT TO:<e@x.id",
					   "a@b.id\nDATA",
					   "a@b.id> NOTIFY=NEVER",
					   "a b@c.id",
					   "<a@b.id>",
					   "a@b.id,c@d.id",
					   "\xc3\xa9@b.id",
					   "a@[127.0.0.1]",
					   "\"a b\"@c.id",
					   "" };
	char big[400];
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(submit("", bad[i]), -EINVAL);
	memset(big, 'a', sizeof(big) - 1);
	memcpy(big + 60, "@", 1);
	big[sizeof(big) - 1] = '\0';
	assert_int_equal(submit("", big), -EINVAL);
	assert_int_equal(submit("", NULL), -EINVAL);
}

static int open_relay(void **state)
{
	static const struct relay_account account = {
		.host = "127.0.0.1", .port = 9, .security = RELAY_PLAINTEXT, .connections = 1
	};
	struct error err = { 0 };
	(void)state;
	return relay_new(&account, done, NULL, &relay, &err);
}

static int close_relay(void **state)
{
	(void)state;
	relay_free(relay);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(T21_every_byte_at_every_place),
					    cmocka_unit_test(T21_commands_and_long_ones) };
	ADD_TESTS(tests)
	return _cmocka_run_group_tests("trust: envelope", suite, n_suite, open_relay, close_relay);
}
