#include "port/mailbox.h"

WORD_TABLE(
	mailbox_trouble,
	mailbox_trouble, [MAILBOX_TROUBLE_NETWORK] = "network", [MAILBOX_TROUBLE_TLS] = "tls", [MAILBOX_TROUBLE_AUTH] = "log-in",
	[MAILBOX_TROUBLE_FOLDER] = "folder", [MAILBOX_TROUBLE_PROTOCOL] = "protocol", [MAILBOX_TROUBLE_DISK] = "disk")
WORD_TABLE(mailbox_place,
	   mailbox_place, [MAILBOX_INBOX] = "inbox", [MAILBOX_ARCHIVE] = "archive", [MAILBOX_QUARANTINE] = "quarantine")
