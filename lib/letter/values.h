/* Makers of values: each gives plain text for its key, or NULL where there is nothing to say. */
#ifndef SITANTE_LETTER_VALUES_H
#define SITANTE_LETTER_VALUES_H

struct values;
typedef const char *value_maker(struct values *v);

value_maker value_agency, value_mailbox_name, value_mailbox_address, value_number, value_kind, value_certificate;
value_maker value_received_at, value_deadline, value_held_until, value_missing, value_secret, value_confirmation_life;
value_maker value_requester_name, value_recipient_name;
value_maker value_sender, value_sender_proof, value_reply_to_differs, value_subject, value_quoted, value_quoted_cut;
value_maker value_evidence, value_attachments, value_dangerous, value_unreadable, value_remarks;
value_maker value_state, value_requester, value_assigned, value_applicants, value_opened_at;

#endif
