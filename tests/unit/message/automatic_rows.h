/* Mail that no person wrote, in the shapes of the programs that make it, and mail of persons that looks as if.  Texts are made
 * up. */
#ifndef SITANTE_TESTS_AUTOMATIC_ROWS_H
#define SITANTE_TESTS_AUTOMATIC_ROWS_H

#include "message/message.h"

#define OUR_ID "abcdefghijklmnopqrstuvwxyz234567@natunakab.go.id"
#define PROVEN(domain)                                                                                                           \
	"Received: from x by y with LMTP; Mon, 5 Jan 2026 09:12:56 +0700\n"                                                      \
	"Authentication-Results: mail.natunakab.go.id; dmarc=pass header.from=" domain "\n"                                      \
	"Received: from z by mail.natunakab.go.id with ESMTP; Mon, 5 Jan 2026 09:12:54 +0700\n"
#define TO_US "To: sitante@natunakab.go.id\nMessage-ID: <1@x.example>\nDate: Mon, 5 Jan 2026 09:12:00 +0700\n"
#define NULL_FROM(domain, from) "Return-Path: <>\n" PROVEN(domain) "From: " from "\n" TO_US
#define FROM_PERSON(local, domain) "Return-Path: <" local "@" domain ">\n" PROVEN(domain) "From: " local "@" domain "\n" TO_US
#define HUMAN_HEAD FROM_PERSON("budi", "gmail.example")
#define REPORT(kind) "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=" kind "; boundary=b\n"
#define DSN_PARTS(action, status)                                                                                                \
	"--b\nContent-Type: text/plain\n\nPesan tidak sampai.\n--b\nContent-Type: message/delivery-status\n\n"                   \
	"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; tujuan@opd.example\nAction: " action "\nStatus: " status "\n\n"       \
	"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <" OUR_ID ">\nSubject: x\n--b--\n"
#define RETURNED "Message-ID: <" OUR_ID ">\nSubject: [SITANTE-2026-0001] Tanda terima\n"

struct automatic_row {
	const char *name, *head, *body;
	enum mail_nature want;
	const char *status; /* of the first delivery; NULL: none */
	bool ours;          /* the returned Message-ID is found */
};

static const struct automatic_row automatic_rows[] = {
	/* bounces with structure */
	{ "postfix",
	  NULL_FROM("opd.example", "MAILER-DAEMON@opd.example (Mail Delivery System)") "Subject: Undelivered Mail Returned to "
										       "Sender\nAuto-Submitted: "
										       "auto-replied\n" REPORT("delivery-status"),
	  DSN_PARTS("failed", "5.1.1"), MAIL_BOUNCE, "5.1.1", true },
	{ "postfix_delay",
	  NULL_FROM("opd.example", "MAILER-DAEMON@opd.example (Mail Delivery System)") "Subject: Delayed Mail (still being "
										       "retried)\nAuto-Submitted: "
										       "auto-replied\n" REPORT("delivery-status"),
	  DSN_PARTS("delayed", "4.4.1"), MAIL_DELAY, "4.4.1", true },
	{ "postfix_relayed",
	  NULL_FROM("opd.example",
		    "MAILER-DAEMON@opd.example") "Subject: Successful Mail Delivery Report\n" REPORT("delivery-status"),
	  DSN_PARTS("relayed", "2.0.0"), MAIL_DELAY, "2.0.0", true },
	{ "sendmail",
	  NULL_FROM("opd.example",
		    "Mail Delivery Subsystem <MAILER-DAEMON@opd.example>") "Subject: Returned mail: see transcript for "
									   "details\nAuto-Submitted: auto-generated "
									   "(failure)\n" REPORT("delivery-status"),
	  DSN_PARTS("failed", "5.2.2"), MAIL_BOUNCE, "5.2.2", true },
	{ "sendmail_warning",
	  NULL_FROM("opd.example",
		    "Mail Delivery Subsystem <MAILER-DAEMON@opd.example>") "Subject: Warning: could not send message for past 4 "
									   "hours\n" REPORT("delivery-status"),
	  DSN_PARTS("delayed", "4.7.1"), MAIL_DELAY, "4.7.1", true },
	{ "exchange_2016",
	  NULL_FROM("opd.example",
		    "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@opd.example>") "Subject: "
													 "Undeliverable: Tanda "
													 "terima\nX-MS-Exchange-"
													 "Message-Is-Ndr:"
													 "\n" REPORT("delivery-"
														     "status"),
	  DSN_PARTS("failed", "5.1.10"), MAIL_BOUNCE, "5.1.10", true },
	{ "office_365",
	  NULL_FROM("opd.example",
		    "postmaster@opd.example") "Subject: Tidak terkirim: Tanda terima\nAuto-Submitted: "
					      "auto-replied\nX-MS-Exchange-Message-Is-Ndr:\n" REPORT("delivery-status"),
	  DSN_PARTS("failed", "5.7.129"), MAIL_BOUNCE, "5.7.129", true },
	{ "gmail",
	  NULL_FROM("googlemail.example",
		    "Mail Delivery Subsystem <mailer-daemon@googlemail.example>") "Subject: Delivery Status Notification "
										  "(Failure)\nX-Failed-Recipients: "
										  "tujuan@opd.example\n" REPORT(
											  "delivery-status"),
	  DSN_PARTS("failed", "5.2.1 (disabled)"), MAIL_BOUNCE, "5.2.1", true },
	{ "zimbra",
	  NULL_FROM("opd.example",
		    "MAILER-DAEMON@zimbra.opd.example (Mail Delivery System)") "Subject: Undelivered Mail Returned to "
									       "Sender\n" REPORT("delivery-status"),
	  DSN_PARTS("failed", "5.0.0"), MAIL_BOUNCE, "5.0.0", true },
	{ "opensmtpd",
	  NULL_FROM("opd.example", "Mailer Daemon <MAILER-DAEMON@opd.example>") "Subject: Delivery status notification: "
										"error\n" REPORT("delivery-status"),
	  DSN_PARTS("failed", "5.1.1"), MAIL_BOUNCE, "5.1.1", true },
	{ "courier",
	  NULL_FROM("opd.example", "\"Courier mail server at opd.example\" <@>") "Subject: NOTICE: mail delivery "
										 "status.\n" REPORT("delivery-status"),
	  DSN_PARTS("failed", "5.0.0"), MAIL_BOUNCE, "5.0.0", true },
	{ "global_status",
	  NULL_FROM("opd.example",
		    "MAILER-DAEMON@opd.example") "Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n",
	  "--b\nContent-Type: message/global-delivery-status\n\nFinal-Recipient: utf-8; tujuan@opd.example\nAction: "
	  "failed\nStatus: 5.6.7\n\n--b--\n",
	  MAIL_BOUNCE, "5.6.7", false },
	{ "parts_in_wrong_order", NULL_FROM("opd.example", "robot@opd.example") "Subject: x\n" REPORT("delivery-status"),
	  "--b\nContent-Type: message/rfc822\n\n" RETURNED
	  "\nisi\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; "
	  "tujuan@opd.example\nAction: failed\nStatus: 5.4.4\n--b\n\nteks\n--b--\n",
	  MAIL_BOUNCE, "5.4.4", true },
	{ "status_only_in_the_diagnostic",
	  NULL_FROM("opd.example", "MAILER-DAEMON@opd.example") "Subject: Undeliverable\n" REPORT("delivery-status"),
	  "--b\n\nx\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; "
	  "tujuan@opd.example\nAction: failed\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n--b--\n",
	  MAIL_BOUNCE, "5.1.1", false },
	{ "header_returned_in_base64",
	  NULL_FROM("opd.example", "MAILER-DAEMON@opd.example") "Subject: Undeliverable\n" REPORT("delivery-status"),
	  "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; "
	  "t@opd.example\nAction: failed\nStatus: 5.1.1\n--b\nContent-Type: text/rfc822-headers\nContent-Transfer-Encoding: "
	  "base64\n\nTWVzc2FnZS1JRDogPGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6MjM0NTY3QG5hdHVuYWthYi5nby5pZD4K\n--b--\n",
	  MAIL_BOUNCE, "5.1.1", true },
	{ "report_without_a_kind",
	  FROM_PERSON("mail.delivery.system", "opd.example") "Subject: Delivery status notification\nMIME-Version: "
							     "1.0\nContent-Type: multipart/report; boundary=b\n",
	  "--b\n\nDelivery to the following recipients failed permanently:\n * tujuan@opd.example\nRCPT: 553 5.3.0 "
	  "<tujuan@opd.example>... No such user\n--b--\n",
	  MAIL_BOUNCE, "5.3.0", false },
	/* bounces without structure */
	{ "qmail", NULL_FROM("opd.example", "MAILER-DAEMON@opd.example") "Subject: failure notice\n",
	  "Hi. This is the qmail-send program at opd.example.\nI'm afraid I wasn't able to deliver your message to the following "
	  "addresses.\n\n<tujuan@opd.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy "
	  "of the message.\n\n" RETURNED,
	  MAIL_BOUNCE, "5.1.1", true },
	{ "exim",
	  NULL_FROM("opd.example",
		    "Mail Delivery System <Mailer-Daemon@opd.example>") "Subject: Mail delivery failed: returning message to "
									"sender\nX-Failed-Recipients: "
									"tujuan@opd.example\nAuto-Submitted: auto-replied\n",
	  "A message that you sent could not be delivered to one or more of its recipients.\n\n  tujuan@opd.example\n    host "
	  "mx.opd.example [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<tujuan@opd.example>:\n    550 No "
	  "such user here\n\n------ This is a copy of your message, including all the headers. ------\n\n" RETURNED,
	  MAIL_BOUNCE, "5.1.1", true },
	{ "exim_delay",
	  NULL_FROM("opd.example",
		    "Mail Delivery System <Mailer-Daemon@opd.example>") "Subject: Warning: message 1abc-000 delayed 24 hours\n",
	  "A message that you sent has not yet been delivered to one or more of its recipients after more than 24 hours.\nNo "
	  "action is required on your part. Delivery attempts will continue.\n\nMessage-ID: <" OUR_ID ">\n",
	  MAIL_DELAY, NULL, true },
	{ "exim_without_a_field",
	  NULL_FROM(
		  "opd.example",
		  "Mail Delivery System <postmaster@opd.example>") "Subject: Mail delivery failed: returning message to sender\n",
	  "This message was created automatically by mail delivery software.\n  tujuan@opd.example\n    Mailbox is full / quota "
	  "exceeded\n\n------ This is a copy of the message\n" RETURNED,
	  MAIL_BOUNCE, "5.2.2", true },
	{ "dragonfly",
	  "Return-Path: <>\n" PROVEN("opd.example") "From: MAILER-DAEMON <>\n" TO_US "Subject: Mail delivery failed\n",
	  "This is the DragonFly Mail Agent at opd.example.\n\nThere was an error delivering your mail to "
	  "<tujuan@opd.example>.\n\nmx did not like our RCPT TO:\n550 5.1.1 <tujuan@opd.example>: unknown\n\nMessage headers "
	  "follow.\n\n" RETURNED,
	  MAIL_BOUNCE, "5.1.1", true },
	{ "dragonfly_without_return_path", PROVEN("opd.example") "From: MAILER-DAEMON\n" TO_US "Subject: Mail delivery failed\n",
	  "550 5.1.1 <tujuan@opd.example>: unknown\n", MAIL_BOUNCE, "5.1.1", false },
	{ "yahoo", NULL_FROM("yahoo.example", "MAILER-DAEMON@yahoo.example") "Subject: Failure Notice\n",
	  "Sorry, we were unable to deliver your message to the following address.\n\n<tujuan@yahoo.example>:\n554: delivery "
	  "error: dd This user doesn't have a yahoo account - 554 5.1.1 x\n\n--- Below this line is a copy of the "
	  "message.\n" RETURNED,
	  MAIL_BOUNCE, "5.1.1", true },
	{ "mdaemon", FROM_PERSON("MDaemon", "opd.example") "Subject: Warning: message undeliverable\n",
	  "The following message could not be delivered.\nRCPT To:<tujuan@opd.example>\n550 5.1.1 user unknown\n", MAIL_DELAY,
	  "5.1.1", false },
	{ "interscan", FROM_PERSON("postmaster", "opd.example") "Subject: Pesan\n",
	  "Sent <<< RCPT TO:<tujuan@opd.example>\nReceived >>> 550 5.1.1 <tujuan@opd.example>... user unknown\n", MAIL_BOUNCE,
	  "5.1.1", false },
	{ "imail", NULL_FROM("opd.example", "Postmaster <postmaster@opd.example>") "Subject: Undeliverable Mail\n",
	  "Unknown user: tujuan@opd.example\n\nOriginal message follows.\n\n" RETURNED, MAIL_BOUNCE, "5.1.1", true },
	{ "domino",
	  NULL_FROM("opd.example",
		    "Postmaster@opd.example") "Subject: DELIVERY FAILURE: User tujuan not listed in Domino Directory\n",
	  "Your message was not delivered to: tujuan@opd.example because: user not found\n", MAIL_BOUNCE, "5.1.1", false },
	{ "indonesian_panel",
	  NULL_FROM("opd.example", "Sistem Surat <surat@opd.example>") "Subject: Tidak dapat dikirim: Tanda terima\n",
	  "Surat Anda kepada tujuan@opd.example tidak dapat dikirim: kotak surat penuh.\n", MAIL_BOUNCE, "5.2.2", false },
	{ "null_sender_and_words", NULL_FROM("opd.example", "gerbang@opd.example") "Subject: Laporan\n",
	  "Delivery to the following recipient failed permanently: tujuan@opd.example\n550 5.1.1 unknown user\n", MAIL_BOUNCE,
	  "5.1.1", false },
	{ "phone_gateway", FROM_PERSON("post_master", "pesan.example") "Subject: Re:Tanda terima\n",
	  "Error: Invalid user address\n\nError message below:\n550 - Requested action not taken: no such user here\n",
	  MAIL_BOUNCE, "5.1.1", false },
	{ "failed_recipients_alone",
	  FROM_PERSON("gerbang", "opd.example") "Subject: Info\nX-Failed-Recipients: tujuan@opd.example\n", "x\n", MAIL_BOUNCE,
	  NULL, false },
	{ "lines_end_in_cr", "CR", "", MAIL_BOUNCE, "5.1.1", false },
	/* absence notices */
	{ "outlook_ooo",
	  NULL_FROM("opd.example", "budi@opd.example") "Subject: Automatic reply: Tanda terima\nX-Auto-Response-Suppress: "
						       "All\nX-MS-Exchange-Inbox-Rules-Loop: budi@opd.example\n",
	  "Saya sedang cuti.\n", MAIL_AUTOMATIC, NULL, false },
	{ "outlook_ooo_indonesian",
	  FROM_PERSON("budi", "opd.example") "Subject: Balasan otomatis: Tanda terima\nAuto-Submitted: "
					     "auto-generated\nX-Auto-Response-Suppress: All\n",
	  "Saya di luar kantor.\n", MAIL_AUTOMATIC, NULL, false },
	{ "gmail_vacation",
	  FROM_PERSON("budi", "gmail.example") "Subject: Sedang dinas luar Re: Tanda terima\nPrecedence: bulk\nAuto-Submitted: "
					       "auto-replied\nX-Autoreply: yes\n",
	  "Saya kembali Senin.\n", MAIL_AUTOMATIC, NULL, false },
	{ "zimbra_vacation",
	  NULL_FROM("opd.example", "budi@opd.example") "Subject: Re: Tanda terima\nAuto-Submitted: auto-replied (zimbra; "
						       "vacation)\nPrecedence: bulk\n",
	  "Cuti.\n", MAIL_AUTOMATIC, NULL, false },
	{ "roundcube_sieve",
	  NULL_FROM("opd.example", "budi@opd.example") "Subject: Auto: Tanda terima\nAuto-Submitted: auto-replied (vacation)\n",
	  "Cuti.\n", MAIL_AUTOMATIC, NULL, false },
	{ "icloud", FROM_PERSON("budi", "icloud.example") "Subject: Out of office\nX-Apple-Action: VACATION/0\n", "x\n",
	  MAIL_AUTOMATIC, NULL, false },
	{ "cpanel", FROM_PERSON("budi", "opd.example") "Subject: Cuti\nX-Autorespond: Tanda terima\nPrecedence: auto_reply\n",
	  "x\n", MAIL_AUTOMATIC, NULL, false },
	{ "yahoo_vacation",
	  FROM_PERSON(
		  "budi",
		  "yahoo.example") "Subject: Yahoo! Auto Response\nX-Yahoo-Newman-Property: x\nAuto-Submitted: auto-replied\n",
	  "x\n", MAIL_AUTOMATIC, NULL, false },
	{ "unix_vacation",
	  FROM_PERSON("budi", "opd.example") "Subject: away from my mail\nPrecedence: junk\nAuto-Submitted:\n auto-replied\n",
	  "x\n", MAIL_AUTOMATIC, NULL, false },
	{ "german", NULL_FROM("opd.example", "hans@opd.example") "Subject: Abwesenheitsnotiz: x\n", "Ich bin nicht da.\n",
	  MAIL_AUTOMATIC, NULL, false },
	{ "commented_word",
	  FROM_PERSON("budi", "opd.example") "Subject: x\nAuto-Submitted: (by a rule) auto-replied; owner-email=\"x@y\"\n", "x\n",
	  MAIL_AUTOMATIC, NULL, false },
	{ "unknown_word", FROM_PERSON("budi", "opd.example") "Subject: x\nAuto-Submitted: auto-xyz\n", "x\n", MAIL_AUTOMATIC,
	  NULL, false },
	{ "word_that_begins_like_no", FROM_PERSON("budi", "opd.example") "Subject: x\nAuto-Submitted: notified\n", "x\n",
	  MAIL_AUTOMATIC, NULL, false },
	{ "delivered_to_autoresponder",
	  FROM_PERSON("budi", "opd.example") "Subject: x\nDelivered-To: autoresponder@opd.example\n", "x\n", MAIL_AUTOMATIC, NULL,
	  false },
	/* receipts, complaints, calendar */
	{ "mdn_thunderbird",
	  FROM_PERSON("budi", "opd.example") "Subject: Return Receipt (displayed)\n" REPORT("disposition-notification"),
	  "--b\n\nDibaca.\n--b\nContent-Type: message/disposition-notification\n\nDisposition: manual-action/MDN-sent-manually; "
	  "displayed\n--b--\n",
	  MAIL_RECEIPT, NULL, false },
	{ "mdn_exchange_deleted", FROM_PERSON("budi", "opd.example") "Subject: Not read: x\n" REPORT("disposition-notification"),
	  "--b\n\nx\n--b\nContent-Type: message/disposition-notification\n\nDisposition: "
	  "automatic-action/MDN-sent-automatically; deleted\n--b--\n",
	  MAIL_RECEIPT, NULL, false },
	{ "arf", FROM_PERSON("fbl", "isp.example") "Subject: FW: x\n" REPORT("feedback-report"),
	  "--b\n\nx\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n--b--\n", MAIL_COMPLAINT, NULL, false },
	{ "hotmail_complaint", FROM_PERSON("staff", "hotmail.com") "Subject: complaint about message from 192.0.2.1\n", "x\n",
	  MAIL_COMPLAINT, NULL, false },
	/* help desks and services */
	{ "otrs",
	  FROM_PERSON("bantuan", "isp.example") "Subject: [Ticket#2026] RE: x\nX-OTRS-Loop: yes\nPrecedence: "
						"bulk\nAuto-Submitted: auto-replied\n",
	  "x\n", MAIL_AUTOMATIC, NULL, false },
	{ "rt",
	  FROM_PERSON("rt", "isp.example") "Subject: [isp #1] AutoReply: x\nX-RT-Loop-Prevention: isp\nAuto-Submitted: "
					   "auto-replied\nPrecedence: bulk\n",
	  "x\n", MAIL_AUTOMATIC, NULL, false },
	{ "zendesk",
	  FROM_PERSON("support", "isp.example") "Subject: [Request received] x\nAuto-Submitted: "
						"auto-generated\nX-Auto-Response-Suppress: All\nX-Mailer: Zendesk Mailer\n",
	  "x\n", MAIL_AUTOMATIC, NULL, false },
	{ "freshdesk", FROM_PERSON("support", "isp.example") "Subject: Ticket Received - x\nAuto-Submitted: auto-replied\n",
	  "x\n", MAIL_AUTOMATIC, NULL, false },
	{ "osticket",
	  FROM_PERSON("tiket", "isp.example") "Subject: Ticket Confirmation\nAuto-Submitted: auto-replied\nX-Autoreply: yes\n",
	  "x\n", MAIL_AUTOMATIC, NULL, false },
	{ "noreply", FROM_PERSON("no-reply", "layanan.example") "Subject: Akun Anda\n", "x\n", MAIL_AUTOMATIC, NULL, false },
	{ "noreply_tagged", FROM_PERSON("noreply+a=b", "layanan.example") "Subject: Akun\n", "x\n", MAIL_AUTOMATIC, NULL, false },
	{ "challenge",
	  FROM_PERSON("budi",
		      "penjaga.example") "Subject: Please confirm your message\nAuto-Submitted: auto-replied\nX-Loop: penjaga\n",
	  "Klik di sini.\n", MAIL_AUTOMATIC, NULL, false },
	{ "web_form", FROM_PERSON("root", "web.example") "Subject: Formulir\nX-Autogenerated: Mirror\n", "x\n", MAIL_AUTOMATIC,
	  NULL, false },
	{ "cron", FROM_PERSON("root", "server.example") "Subject: Cron <root@server> backup\nX-Cron-Env: <SHELL=/bin/sh>\n",
	  "x\n", MAIL_AUTOMATIC, NULL, false },
	{ "ses_notice", FROM_PERSON("pemberitahuan", "awan.example") "Subject: x\nX-Amazon-Mail-Relay-Type: notification\n",
	  "x\n", MAIL_AUTOMATIC, NULL, false },
	/* lists and bulk */
	{ "mailman",
	  FROM_PERSON("budi", "gmail.example") "Subject: [verifikator] x\nList-Id: <verifikator.opd.example>\nPrecedence: list\n",
	  "x\n", MAIL_LIST, NULL, false },
	{ "google_group",
	  FROM_PERSON("budi",
		      "gmail.example") "Subject: x\nMailing-list: list x@groups.example\nList-Post: <mailto:x@groups.example>\n",
	  "x\n", MAIL_LIST, NULL, false },
	{ "newsletter", FROM_PERSON("kabar", "vendor.example") "Subject: Promo\nList-Unsubscribe: <mailto:out@vendor.example>\n",
	  "x\n", MAIL_LIST, NULL, false },
	{ "list_id_empty", FROM_PERSON("budi", "gmail.example") "Subject: x\nList-Id:\n", "x\n", MAIL_LIST, NULL, false },
	{ "list_owner", FROM_PERSON("budi", "gmail.example") "Subject: x\nList-Owner: <mailto:a@b.example>\n", "x\n", MAIL_LIST,
	  NULL, false },
	{ "list_help", FROM_PERSON("budi", "gmail.example") "Subject: x\nList-Help: <mailto:a@b.example>\n", "x\n", MAIL_LIST,
	  NULL, false },
	{ "list_archive", FROM_PERSON("budi", "gmail.example") "Subject: x\nList-Archive: <https://b.example>\n", "x\n",
	  MAIL_LIST, NULL, false },
	{ "list_subscribe", FROM_PERSON("budi", "gmail.example") "Subject: x\nList-Subscribe: <mailto:a@b.example>\n", "x\n",
	  MAIL_LIST, NULL, false },
	{ "fml", FROM_PERSON("budi", "gmail.example") "Subject: x\nX-ML-Name: warga\nX-MLServer: fml\n", "x\n", MAIL_LIST, NULL,
	  false },
	{ "majordomo", FROM_PERSON("majordomo", "opd.example") "Subject: Majordomo results\n", "x\n", MAIL_AUTOMATIC, NULL,
	  false },
	{ "own_mail", FROM_PERSON("sitante", "natunakab.go.id") "Subject: x\n", "x\n", MAIL_OWN, NULL, false },
};

struct human_row {
	const char *name, *head, *body;
	bool may_answer;
};

#define FORWARDED                                                                                                                \
	"---------- Forwarded message ---------\nFrom: Mail Delivery System <MAILER-DAEMON@opd.example>\nSubject: Undelivered "  \
	"Mail Returned to Sender\n\n<tujuan@opd.example>: 550 5.1.1 user unknown\n"
#define QUOTED_OOO                                                                                                               \
	"\n\nPada Sen, 5 Jan 2026 pukul 09.00 Dina <dina@x.example> menulis:\n> Automatic reply: saya sedang cuti\n> "           \
	"Auto-Submitted: auto-replied\n"

static const struct human_row human_rows[] = {
	{ "plain", HUMAN_HEAD "Subject: Perpanjangan\n", "Mohon TTE diperpanjang.\n", true },
	{ "auto_submitted_no", HUMAN_HEAD "Subject: x\nAuto-Submitted: no\n", "x\n", true },
	{ "auto_submitted_No", HUMAN_HEAD "Subject: x\nAuto-Submitted: No\n", "x\n", true },
	{ "auto_submitted_no_manual", HUMAN_HEAD "Subject: x\nAuto-Submitted: no (manual)\n", "x\n", true },
	{ "auto_submitted_no_parameter", HUMAN_HEAD "Subject: x\nAuto-Submitted: no; x=y\n", "x\n", true },
	{ "auto_submitted_comment_no", HUMAN_HEAD "Subject: x\nAuto-Submitted: (auto-replied) no\n", "x\n", true },
	{ "precedence_first_class", HUMAN_HEAD "Subject: x\nPrecedence: first-class\n", "x\n", true },
	{ "precedence_special_delivery", HUMAN_HEAD "Subject: x\nPrecedence: special-delivery\n", "x\n", true },
	{ "precedence_normal", HUMAN_HEAD "Subject: x\nPrecedence: normal\n", "x\n", true },
	{ "precedence_bulk_only_withholds", HUMAN_HEAD "Subject: x\nPrecedence: bulk\n", "x\n", false },
	{ "suppress_dr", HUMAN_HEAD "Subject: x\nX-Auto-Response-Suppress: DR, RN, NRN\n", "x\n", true },
	{ "suppress_none", HUMAN_HEAD "Subject: x\nX-Auto-Response-Suppress: None\n", "x\n", true },
	{ "suppress_all_only_withholds", HUMAN_HEAD "Subject: x\nX-Auto-Response-Suppress: All\n", "x\n", false },
	{ "suppress_oof_only_withholds", HUMAN_HEAD "Subject: x\nX-Auto-Response-Suppress: oof, AutoReply\n", "x\n", false },
	{ "autoreply_no", HUMAN_HEAD "Subject: x\nX-Autoreply: no\n", "x\n", true },
	{ "loop_false", HUMAN_HEAD "Subject: x\nX-Loop: false\n", "x\n", true },
	{ "unsubscribe_in_the_body", HUMAN_HEAD "Subject: x\n", "List-Unsubscribe: <mailto:a@b>\nPrecedence: list\n", true },
	{ "auto_words_in_the_body", HUMAN_HEAD "Subject: x\n", "Auto-Submitted: auto-replied\n", true },
	{ "subject_automatic_inside", HUMAN_HEAD "Subject: Mohon balasan otomatis dimatikan\n", "x\n", true },
	{ "subject_leave_inside", HUMAN_HEAD "Subject: Cuti dan TTE\n", "Pejabatnya sedang cuti, mohon dibantu.\n", true },
	{ "subject_automatic_at_the_start_only_withholds", HUMAN_HEAD "Subject: Automatic reply tidak jalan\n", "x\n", false },
	{ "subject_re_automatic", HUMAN_HEAD "Subject: Re: Automatic reply: Tanda terima\n", "Baik, terima kasih.\n", true },
	{ "quotes_an_absence_notice", HUMAN_HEAD "Subject: Re: x\n", "Bu Dina ternyata cuti." QUOTED_OOO, true },
	{ "forwards_a_bounce", HUMAN_HEAD "Subject: Fwd: Undelivered Mail Returned to Sender\n",
	  "Kenapa email saya kembali?\n\n" FORWARDED, true },
	{ "forwards_a_bounce_as_fw", HUMAN_HEAD "Subject: FW: Tidak terkirim: Permohonan\n", "Mohon dibantu.\n\n" FORWARDED,
	  true },
	{ "pastes_a_bounce", HUMAN_HEAD "Subject: Email kembali\n",
	  "Dapat pesan ini:\n550 5.1.1 <a@b.example>: user unknown\nMail could not be delivered.\n", true },
	{ "asks_about_undeliverable", HUMAN_HEAD "Subject: Undeliverable email ke BSrE, mohon petunjuk\n",
	  "Surat saya could not be delivered, kenapa ya?\n", false },
	{ "undelivered_in_the_quote", HUMAN_HEAD "Subject: Re: x\n",
	  "Sudah saya kirim lagi.\n\nOn Mon, Jan 5, 2026 at 9:00 A <a@b.example> wrote:\n> Undelivered Mail Returned to "
	  "Sender\n> 550 5.1.1 user unknown\n",
	  true },
	{ "bounce_attached", HUMAN_HEAD "Subject: Surat kembali\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n",
	  "--b\n\nIni buktinya.\n--b\nContent-Type: message/rfc822\n\nFrom: MAILER-DAEMON@x.example\nSubject: Undelivered\n\n550 "
	  "5.1.1 unknown user\n--b--\n",
	  true },
	{ "person_named_like_a_daemon", FROM_PERSON("daemonirawan", "gmail.example") "Subject: x\n", "x\n", true },
	{ "norepley", FROM_PERSON("norepley", "gmail.example") "Subject: x\n", "x\n", true },
	{ "noreplyanto", FROM_PERSON("noreplyanto", "gmail.example") "Subject: x\n", "x\n", true },
	{ "owner", FROM_PERSON("owner", "toko.example") "Subject: x\n", "x\n", true },
	{ "request", FROM_PERSON("request", "toko.example") "Subject: x\n", "x\n", true },
	{ "rooty", FROM_PERSON("rooty", "gmail.example") "Subject: x\n", "x\n", true },
	{ "bouncer", FROM_PERSON("bouncer", "gmail.example") "Subject: x\n", "x\n", true },
	{ "postmaster_writes", FROM_PERSON("postmaster", "opd.example") "Subject: Perpanjangan TTE admin surat\n",
	  "Mohon TTE saya diperpanjang.\n", true },
	{ "postmaster_answers_about_a_bounce", FROM_PERSON("postmaster", "opd.example") "Subject: Re: Undelivered mail kemarin\n",
	  "Kotak suratnya sudah kami perbesar, silakan kirim lagi.\n", true },
	{ "postmaster_explains_a_code", FROM_PERSON("postmaster", "opd.example") "Subject: Penjelasan\n",
	  "Server kami menjawab 550 5.7.1 karena SPF. Sudah diperbaiki.\n", true },
	{ "admin", FROM_PERSON("admin", "opd.example") "Subject: x\n", "x\n", true },
	{ "info", FROM_PERSON("info", "opd.example") "Subject: x\n", "x\n", true },
	{ "name_is_mail_delivery",
	  "Return-Path: <budi@gmail.example>\n" PROVEN("gmail.example") "From: \"Bagian Pengiriman\" <budi@gmail.example>\n" TO_US
									"Subject: x\n",
	  "x\n", true },
	{ "own_address_as_name",
	  "Return-Path: <budi@gmail.example>\n" PROVEN(
		  "gmail.example") "From: \"sitante@natunakab.go.id\" <budi@gmail.example>\n" TO_US "Subject: x\n",
	  "x\n", true },
	{ "reply_to_differs", HUMAN_HEAD "Reply-To: lain@y.example\nSubject: x\n", "x\n", true },
	{ "read_receipt_wanted",
	  HUMAN_HEAD "Subject: x\nDisposition-Notification-To: budi@gmail.example\nReturn-Receipt-To: budi@gmail.example\n",
	  "x\n", true },
	{ "invitation", HUMAN_HEAD "Subject: Rapat\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n",
	  "--b\n\nMohon hadir.\n--b\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n--b--\n", true },
	{ "calendar_answer_only_withholds",
	  HUMAN_HEAD "Subject: Diterima: Rapat\nMIME-Version: 1.0\nContent-Type: text/calendar; method=REPLY\n",
	  "BEGIN:VCALENDAR\n", false },
	{ "exchange_human",
	  HUMAN_HEAD "Subject: x\nX-MS-Exchange-Organization-AuthAs: Internal\nX-MS-Has-Attach: "
		     "yes\nX-MS-TNEF-Correlator:\nX-MS-Exchange-CrossTenant-Id: 1\nThread-Topic: x\n",
	  "x\n", true },
	{ "spam_score", HUMAN_HEAD "Subject: x\nX-Spam-Status: No, score=-1\nX-Spam-Flag: NO\n", "x\n", true },
	{ "mailer_named", HUMAN_HEAD "Subject: x\nX-Mailer: iPhone Mail (21A)\nX-Priority: 1\n", "x\n", true },
	{ "scanner_note", HUMAN_HEAD "Subject: x\nX-Virus-Scanned: amavisd-new at x\n", "x\n", true },
	{ "rt_user", HUMAN_HEAD "Subject: [isp #1] Balasan teknisi\nRT-Originator: a@b.example\nRT-Ticket: isp #1\n", "x\n",
	  true },
	{ "feedback_id", HUMAN_HEAD "Subject: x\nFeedback-ID: 1.x:y:AmazonSES\nX-SES-Outgoing: 2026\n", "x\n", true },
	{ "delivery_word_in_subject", HUMAN_HEAD "Subject: Jadwal delivery token baru\n", "x\n", true },
	{ "vacation_inside", HUMAN_HEAD "Subject: Izin vacation kepala dinas\n", "x\n", true },
	{ "cron_like_subject", HUMAN_HEAD "Subject: Cron job TTE gagal\n", "x\n", true },
	{ "full_mailbox_story", HUMAN_HEAD "Subject: Kotak surat penuh\n",
	  "Email saya penuh, quota exceeded katanya. Balas ke nomor HP saja.\n", true },
	{ "six_digits_like_codes", HUMAN_HEAD "Subject: x\n", "Kode pos 550 123, telepon 450-1234, pasal 5.1.1 surat edaran.\n",
	  true },
	{ "received_many", HUMAN_HEAD "Subject: x\nReceived: a\nReceived: b\nReceived: c\n", "x\n", true },
	{ "bcc_only_withholds",
	  "Return-Path: <budi@gmail.example>\n" PROVEN(
		  "gmail.example") "From: budi@gmail.example\nTo: undisclosed-recipients:;\nSubject: x\n",
	  "x\n", false },
	{ "cc_is_enough",
	  "Return-Path: <budi@gmail.example>\n" PROVEN(
		  "gmail.example") "From: budi@gmail.example\nTo: a@b.example\nCc: sitante@natunakab.go.id\nSubject: x\n",
	  "x\n", true },
	{ "other_return_path_proven",
	  "Return-Path: <bounce@esp.example>\n" PROVEN("gmail.example") "From: budi@gmail.example\n" TO_US "Subject: x\n", "x\n",
	  false },
	{ "two_subjects_only_withhold", HUMAN_HEAD "Subject: x\nSubject: y\n", "x\n", false },
	{ "two_message_ids_only_withhold", HUMAN_HEAD "Subject: x\nMessage-ID: <2@x.example>\n", "x\n", false },
	{ "two_dates_only_withhold", HUMAN_HEAD "Subject: x\nDate: Tue, 6 Jan 2026 09:12:00 +0700\n", "x\n", false },
};

#endif
