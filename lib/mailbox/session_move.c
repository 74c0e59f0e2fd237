/* Handled mails into the archive or the quarantine.  RFC 6851; RFC 4315 where the server has no MOVE. */
#include "mailbox/session_private.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>

static bool in_set(const struct mailimap_set *set, uint32_t uid)
{
	for (clistiter *i = set ? clist_begin(set->set_list) : NULL; i; i = clist_next(i)) {
		struct mailimap_set_item *it = clist_content(i);
		if (uid >= it->set_first && uid <= it->set_last)
			return true;
	}
	return false;
}

/* Which of uids are still in the folder? */
static int still_there(struct session *s, const uint32_t *uids, size_t n, bool *there, struct error *err)
{
	struct mailimap_fetch_att *atts[] = { mailimap_fetch_att_new_uid() };
	struct session_question q = { session_set_of(uids, n), atts, 1, SESSION_COMMAND_MS, SESSION_ANSWER_BYTES,
				      "looking for moved mail" };
	clist *list;
	int r = session_ask(s, &q, &list, err);
	for (size_t i = 0; i < n; i++)
		there[i] = false;
	for (clistiter *i = r == 0 && list ? clist_begin(list) : NULL; i; i = clist_next(i)) {
		struct session_item x = session_item_of(clist_content(i));
		for (size_t k = 0; k < n; k++)
			there[k] = there[k] || uids[k] == x.listed.uid;
	}
	if (list)
		mailimap_fetch_list_free(list);
	return r;
}

static int delete_copied(struct session *s, struct mailimap_set *set, struct error *err)
{
	struct mailimap_flag_list *flags = mailimap_flag_list_new_empty();
	struct mailimap_flag *deleted = mailimap_flag_new_deleted();
	if (!flags || !deleted || mailimap_flag_list_add(flags, deleted) != MAILIMAP_NO_ERROR)
		return error_set(err, -ENOMEM, "no memory");
	struct mailimap_store_att_flags *att = mailimap_store_att_flags_new_add_flags_silent(flags);
	session_look(s); /* at what came with the copying */
	session_budget(s, SESSION_COMMAND_MS, SESSION_ANSWER_BYTES);
	int r = att ? mailimap_uid_store(s->imap, set, att) : MAILIMAP_ERROR_MEMORY;
	session_look(s);
	if (att)
		mailimap_store_att_flags_free(att);
	if (r == MAILIMAP_NO_ERROR && s->has_uidplus) { /* never a plain EXPUNGE: others' marks are not ours */
		session_budget(s, SESSION_COMMAND_MS, SESSION_ANSWER_BYTES);
		r = mailimap_uid_expunge(s->imap, set);
	}
	return r == MAILIMAP_NO_ERROR || session_is_no(r) ? 0 : session_lost(s, err, "deleting copied mail", r);
}

static int move_or_copy(struct session *s, const char *folder, struct mailimap_set *set, struct mailimap_set **source, int *out_r,
			struct error *err)
{
	uint32_t uidvalidity = 0;
	struct mailimap_set *target = NULL;
	session_budget(s, SESSION_COMMAND_MS, SESSION_ANSWER_BYTES);
	int r = s->has_move ? mailimap_uidplus_uid_move(s->imap, set, folder, &uidvalidity, source, &target)
			    : mailimap_uidplus_uid_copy(s->imap, set, folder, &uidvalidity, source, &target);
	if (target)
		mailimap_set_free(target);
	*out_r = r;
	if (r == MAILIMAP_NO_ERROR && !s->has_move)
		return delete_copied(s, set, err);
	return r == MAILIMAP_NO_ERROR || session_is_no(r) ? 0 : session_lost(s, err, "moving", r);
}

const char *session_place(const struct session *s, enum mailbox_place place)
{
	return place == MAILBOX_QUARANTINE ? s->quarantine : place == MAILBOX_ARCHIVE ? s->archive : s->folder;
}

int session_move(struct session *s, enum mailbox_place target, const uint32_t *uids, size_t n, bool *done, char why[200],
		 struct error *err)
{
	const char *folder = session_place(s, target);
	struct mailimap_set *set = session_set_of(uids, n), *source = NULL;
	int answer = 0;
	why[0] = '\0';
	int r = set ? move_or_copy(s, folder, set, &source, &answer, err) : error_set(err, -ENOMEM, "no memory");
	if (r == 0 && session_is_no(answer)) {
		/* the folder may be gone: made again, tried once more */
		r = session_folder_make(s, folder, err) == 0 ? move_or_copy(s, folder, set, &source, &answer, err) : 0;
		if (r == 0 && session_is_no(answer)) {
			AUTO_BUF clean = BUF_INIT(1000);
			text_escape(&clean, span_str(session_words(s)), 180);
			(void)snprintf(why, 200, "%s", buf_cstr(&clean));
		}
	}
	session_look(s);
	bool some_open = false;
	for (size_t i = 0; i < n; i++) {
		done[i] = r == 0 && !session_is_no(answer) && (in_set(source, uids[i]) || !s->has_move);
		some_open = some_open || !done[i];
	}
	if (r == 0 && some_open && !session_is_no(answer)) {
		bool there[500];
		r = n <= 500 ? still_there(s, uids, n, there, err) : 0;
		for (size_t i = 0; r == 0 && i < n; i++)
			done[i] = !there[i]; /* not in the folder any more: nothing is left to move */
	}
	if (source)
		mailimap_set_free(source);
	if (set)
		mailimap_set_free(set);
	return r;
}
