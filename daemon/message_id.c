/* Stable ids of the kinds of log lines; their meaning stands in systemd/sitante.catalog.  A test holds names in the code, this
 * table and the catalog together.  An id is never given to another kind. */
#include "sink.h"

static const struct {
	const char *name, *id;
} ids[] = {
	{ "acknowledgement-held", "31a1df88acd49fbfab0d687a3d63c000" },
	{ "alarm", "38c64e0db3d95e19557d2ac689324c7d" },
	{ "alarm-command", "152146a0e407fbc66d118abff12c10f5" },
	{ "alarm-over", "2a137644dd79bdeae50c665117119047" },
	{ "bad-recipient", "a07951227d6746e703cbd55935c0fde9" },
	{ "baseline", "017a5ea096463914b4d25eb4bf556d60" },
	{ "configuration", "c43e24d22a6e6dbfdce8c6ffa5233f5f" },
	{ "dead-recipient", "f8e0175af8f9ddcce52fa8e4ce971f1d" },
	{ "destroyed", "1928daf62f8d3305c50d032cc4d11bb7" },
	{ "document", "77a4284241cc60a00cc921ccc6fd66af" },
	{ "examiner-died", "5c52ecdcb3f83228801de34bb42229f8" },
	{ "examiner-gone", "fe1613097e7a531a57e592d74c33d2ca" },
	{ "erased-again", "1e3686135eeecda37c616c0315e89d62" },
	{ "first-start", "5a4c47e781f271bf45e4172b008131c8" },
	{ "intake-again", "ccd04849566b46bdb94fbbfcda94b7b2" },
	{ "intake-no-room", "9ee4e9525cdb43a0beadf359190855f9" },
	{ "left-undone", "997cb210f62f6aa7ba764af353dc1ba2" },
	{ "loop", "f4b080ae7f45ad221a9997392a33c4bf" },
	{ "mail-handled", "c13955a39be02d0e1202d60aa5f6aa89" },
	{ "mail-held", "39aee6aede33e8a4eb99aea025ff3120" },
	{ "mail-not-given", "cdd98b200f42571e704585262e9323a1" },
	{ "mail-not-sent", "7b9c6d830f628bf71076cc90838f928e" },
	{ "mail-quarantined", "97055ca9e1551837db7baee763c3fc1c" },
	{ "mailbox-hangs", "77dae83b6f5baad35db3cb59854d4dc9" },
	{ "mailbox-open", "f5485bba81ed0327f17c9b1ec8d69555" },
	{ "mailbox-process", "c930a360d840d2370431e20220fee8b6" },
	{ "mailbox-protocol", "8883e17e1a7a0ad12454777e89cbc4e5" },
	{ "mailbox-trouble", "efe6be417de358d488b94434027b63b1" },
	{ "move-refused", "9819a410b293ced3d6288069df52965c" },
	{ "outbox-recovered", "66c6551ad4e8b3729426bf3086491a0e" },
	{ "reader-died", "033f5c5d86a43f73199425f21f925a71" },
	{ "reader-gone", "44c56166e0c987436797591be2e475ad" },
	{ "reconcile-unknown", "e6705d8abde46c348817d14fa5ecd5f8" },
	{ "reconciled", "90931479794b7a9bf9ac2d36320edcc0" },
	{ "relay", "08deca48a98f987a491e38b7e980022d" },
	{ "relay-again", "758338c93e40e9833842e7e216219b70" },
	{ "relay-down", "787cf43535f1f6990b2016adba4977ad" },
	{ "relay-hangs", "dfc28f6069b542aad04dd2d6b34e18dd" },
	{ "reload-refused", "28755b6e660e0c7d056346d3c28a07ca" },
	{ "reloaded", "cf47bf6b850846e1b7edd893a2b87761" },
	{ "retention-waits", "29bcc4fc4521c2f39068a83d50ae748e" },
	{ "sms-held", "5190a1c7b16003ac5ce9ceda6a2c2351" },
	{ "start", "1065cb5adb8bcc96358a2eb94e4ea127" },
	{ "started", "da15a50193bafb6ce53d63955cc0c786" },
	{ "store-again", "198966e6678793994f088196ed78855f" },
	{ "store-fault", "2a55bece1b0faf016def3f3866cb7f1a" },
	{ "store-restored", "693a9069955817d7c68c425852b74dc6" },
	{ "token-again", "1876c2415a15ed04d633e630c4dd9e03" },
	{ "token-later", "60c048cb4b2bc154e7e030bcfd8b560d" },
	{ "token-refused", "3a3f0fcc0efb6c9f89126656e2f52ae9" },
	{ "token-rotated", "6a102b52b00f30f48d7653e8e8d042ab" },
	{ "token-unkept", "3ff9bbc58b72d4d63f67d395fdfd54f4" },
	{ "tokens-guessed", "460df56d86066f7df84663f84d1fb0d3" },
};

const char *sink_message_id(const char *name)
{
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		if (str_eq(ids[i].name, name))
			return ids[i].id;
	return NULL;
}
