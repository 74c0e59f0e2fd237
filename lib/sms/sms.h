/* Short messages (pesan singkat, SOP step 2): how long one is, what a gateway is asked, and who wrote one.
 *
 * Pure.  Numbers are E.164 ("+6281234567890").  3GPP TS 23.038 (alphabet), TS 23.040 (parts).
 */
#ifndef SITANTE_SMS_SMS_H
#define SITANTE_SMS_SMS_H

#include "base/buf.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

struct sms_size {
	bool wide;    /* UCS-2: some character is not in the GSM 7-bit alphabet */
	size_t units; /* septets, or UTF-16 units where wide */
	size_t parts; /* 1 up to 160 septets or 70 units, then 153 or 67 each; 0 for an empty text */
};

/* text: UTF-8, checked. */
struct sms_size sms_measure(const char *text);

/* An Indonesian mobile number, the only kind that is sent to: fixed lines, short codes and other countries are not. */
bool sms_number_is_mobile(const char *e164);

/* --- what the gateway is asked ------------------------------------------------------------------ */

enum sms_context { SMS_IN_URL, SMS_IN_FORM, SMS_IN_JSON, SMS_IN_HEADER };

struct sms_values {
	const char *to;   /* E.164 */
	const char *text; /* UTF-8 */
	const char *reference;
	const char *user, *password; /* NULL: "" */
};

/* Adds the template with {to} (digits without +), {to_plus}, {to_local} (08...), {text}, {coding} (Kannel's: 0 for GSM,
 * 2 for UCS-2), {wide} (true, false), {reference}, {user}, {password}, each escaped for where it stands.  Other braces
 * stay as they are.  A value that cannot stand in a header (control characters) is left out. */
void sms_expand(const char *template, enum sms_context c, const struct sms_values *v, struct buf *out);
/* Does the template hold {name}? */
bool sms_template_has(const char *template, const char *name);

/* --- what the gateway sends in as mail ------------------------------------------------------------ */

/* Finds the sender's number and the message by a pattern such as "SMS dari {number}": the words must stand at the start of
 * the subject or of a line of the text, the number behind them; the message is the text without that line.
 * 0; 1: the pattern is not there, or no number of a telephone stands behind it. */
int sms_incoming(const char *pattern, const char *subject, const char *text, struct buf *number, struct buf *message) MUST_USE;
/* The pattern has words and exactly one {number}. */
bool sms_pattern_valid(const char *pattern);

#endif
